/* int __set_thread_area(void *pointer): sets FS base; 0 says that threads can be used. */
.text
.global __set_thread_area
.hidden __set_thread_area
.type __set_thread_area,@function
__set_thread_area:
	jmp __skerry_set_thread_area
.size __set_thread_area,.-__set_thread_area
.section .note.GNU-stack,"",@progbits
