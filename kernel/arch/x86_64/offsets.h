// Where entry.S finds things; object/thread.hpp and sched/processor.hpp assert that they are there.
#pragma once
#define FRAME_OFFSET 48
#define FRAME_BYTES 176
#define FRAME_END (FRAME_OFFSET + FRAME_BYTES)
#define FRAME_VECTOR 120
#define FRAME_RIP 136
#define FRAME_RFLAGS 152
#define FRAME_RSP 160
#define THREAD_FOREIGN 285
#define THREAD_FS_BASE 312
#define PROCESSOR_CURRENT 8
#define PROCESSOR_USER_RSP 16
#define PROCESSOR_STACK 24
#define PROCESSOR_USER_TABLES 64
#define PROCESSOR_ENTRY_END 144
#define PROCESSOR_GATE 8448
#define VECTOR_SYSCALL 256
#define CALL_ENDPOINT_CALL 0x80000060
#define CALL_REPLY_RECEIVE 0x80000063
