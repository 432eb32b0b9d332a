/* The first instruction of a native program. The registers are as the program's maker left them:
 * the runtime knows what they say, brings itself up and then starts the C library. */
__asm__(
".text \n"
".global " START " \n"
START ": \n"
"	xor %ebp,%ebp \n"
"	and $-16,%rsp \n"
"	call __skerry_start \n"
"	ud2 \n"
);
