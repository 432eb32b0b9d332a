/* int __clone(int (*f)(void *), void *stack, int flags, void *arg, int *parent_tid, void *tls,
 *             int *child_tid): the runtime starts the thread. */
.text
.global __clone
.hidden __clone
.type __clone,@function
__clone:
	jmp __skerry_clone
.size __clone,.-__clone
.section .note.GNU-stack,"",@progbits
