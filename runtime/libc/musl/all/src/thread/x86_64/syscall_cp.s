/* long __syscall_cp_asm(volatile void *cancel, long n, long a, ..., long f): a call that is a
 * cancellation point. Cancellation is seen before the call only: no signals arrive in the middle,
 * since native programs have none. The labels stay because musl's handler names them. */
.text
.global __cp_begin
.hidden __cp_begin
.global __cp_end
.hidden __cp_end
.global __cp_cancel
.hidden __cp_cancel
.hidden __cancel
.global __syscall_cp_asm
.hidden __syscall_cp_asm
.type __syscall_cp_asm,@function
__syscall_cp_asm:
__cp_begin:
	mov (%rdi),%eax
	test %eax,%eax
	jnz __cp_cancel
	mov %rsi,%rdi
	mov %rdx,%rsi
	mov %rcx,%rdx
	mov %r8,%rcx
	mov %r9,%r8
	mov 8(%rsp),%r9
	push 16(%rsp)           /* the seventh argument; also aligns the stack */
	call __skerry_syscall
	add $8,%rsp
__cp_end:
	ret
__cp_cancel:
	jmp __cancel
.size __syscall_cp_asm,.-__syscall_cp_asm
.section .note.GNU-stack,"",@progbits
