/* _Noreturn void __unmapself(void *base, size_t size): ends the thread and frees its stack. */
.text
.global __unmapself
.hidden __unmapself
.type __unmapself,@function
__unmapself:
	jmp __skerry_unmapself
.size __unmapself,.-__unmapself
.section .note.GNU-stack,"",@progbits
