/* memmove: memcpy's own copy unless a long block moves upwards onto itself; then the same from the
 * end backwards, by eight bytes (see memcpy.s). */
.text
.global memmove
.type memmove,@function
.hidden __memcpy_fwd
memmove:
	mov %rdi,%rax
	cmp $32,%rdx
	jbe __memcpy_fwd
	sub %rsi,%rax
	cmp %rdx,%rax
	jae __memcpy_fwd
	mov %rdi,%rax
	mov (%rsi),%r9
	mov -8(%rsi,%rdx),%r8
	lea (%rdi,%rdx),%ecx
	and $7,%ecx             /* bytes down to the last multiple of eight in the destination */
	mov %rdx,%r10
	sub %rcx,%r10
	lea -8(%rdi,%r10),%rdi
	lea -8(%rsi,%r10),%rsi
	mov %r10,%rcx
	shr $3,%rcx
	std
	rep movsq
	cld
	mov %r8,-8(%rax,%rdx)
	mov %r9,(%rax)
	ret
.size memmove,.-memmove
.section .note.GNU-stack,"",@progbits
