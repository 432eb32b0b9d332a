/* A native program is not copied: vfork fails with ENOSYS. */
.text
.global vfork
.type vfork,@function
vfork:
	mov $-38,%rdi
	.hidden __syscall_ret
	jmp __syscall_ret
.size vfork,.-vfork
.section .note.GNU-stack,"",@progbits
