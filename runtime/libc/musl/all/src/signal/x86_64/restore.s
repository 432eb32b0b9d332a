/* No signal is ever delivered to a native program, so nothing returns from one. */
.text
.global __restore_rt
.hidden __restore_rt
.type __restore_rt,@function
__restore_rt:
	ud2
.size __restore_rt,.-__restore_rt
.section .note.GNU-stack,"",@progbits
