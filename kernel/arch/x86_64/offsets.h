// Where entry.S finds things; object/thread.hpp and sched/processor.hpp assert that they are there.
#pragma once
#define FRAME_OFFSET 48
#define FRAME_BYTES 176
#define FRAME_END (FRAME_OFFSET + FRAME_BYTES)
#define FRAME_VECTOR 120
#define FRAME_RIP 136
#define FRAME_RFLAGS 152
#define FRAME_RSP 160
#define PROCESSOR_CURRENT 8
#define PROCESSOR_USER_RSP 16
#define PROCESSOR_STACK 24
#define VECTOR_SYSCALL 256
