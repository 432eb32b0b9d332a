/* memcpy, in general registers only. Up to 32 bytes: every load before the first store, so that
 * memmove may come here whatever overlaps. Longer: `rep movsq` with an aligned destination (ten
 * times `rep movsb` in an emulator); the first and the last eight bytes are loaded before it and
 * stored after it, which also keeps a forward overlapping copy right. */
.text
.global memcpy
.type memcpy,@function
.global __memcpy_fwd
.hidden __memcpy_fwd
.type __memcpy_fwd,@function
memcpy:
__memcpy_fwd:
	mov %rdi,%rax
	cmp $32,%rdx
	ja 5f
	cmp $16,%rdx
	ja 4f
	cmp $8,%edx
	jae 3f
	cmp $4,%edx
	jae 2f
	cmp $2,%edx
	jb 1f
	movzwl (%rsi),%ecx
	movzbl -1(%rsi,%rdx),%r8d
	mov %cx,(%rdi)
	mov %r8b,-1(%rdi,%rdx)
	ret
1:	test %edx,%edx
	jz 6f
	movzbl (%rsi),%ecx
	mov %cl,(%rdi)
6:	ret
2:	mov (%rsi),%ecx
	mov -4(%rsi,%rdx),%r8d
	mov %ecx,(%rdi)
	mov %r8d,-4(%rdi,%rdx)
	ret
3:	mov (%rsi),%rcx
	mov -8(%rsi,%rdx),%r8
	mov %rcx,(%rdi)
	mov %r8,-8(%rdi,%rdx)
	ret
4:	mov (%rsi),%rcx
	mov 8(%rsi),%r8
	mov -16(%rsi,%rdx),%r9
	mov -8(%rsi,%rdx),%r10
	mov %rcx,(%rdi)
	mov %r8,8(%rdi)
	mov %r9,-16(%rdi,%rdx)
	mov %r10,-8(%rdi,%rdx)
	ret
5:	mov (%rsi),%r9
	mov -8(%rsi,%rdx),%r8
	mov %edi,%ecx
	neg %ecx
	and $7,%ecx             /* bytes up to the destination's next multiple of eight */
	add %rcx,%rdi
	add %rcx,%rsi
	mov %rdx,%r10
	sub %rcx,%r10
	mov %r10,%rcx
	shr $3,%rcx
	rep movsq
	mov %r9,(%rax)
	mov %r8,-8(%rax,%rdx)
	ret
.size memcpy,.-memcpy
.section .note.GNU-stack,"",@progbits
