#pragma once
// The calls of Linux that musl makes and that mean something here. One line each, and one `handle`
// overload in the file of its family, with the arguments that Linux gives it.

#include <runtime/libc/call.hpp>

#include <sys/syscall.h>

#include <cstddef>
#include <ctime>

struct iovec;

namespace runtime::libc {

// memory.cpp
using Mmap = Call<SYS_mmap>;
using Munmap = Call<SYS_munmap>;
using Mprotect = Call<SYS_mprotect>;
using Mremap = Call<SYS_mremap>;
using Madvise = Call<SYS_madvise>;
using Brk = Call<SYS_brk>;
long handle(Mmap, void* address, std::size_t bytes, int protection, int flags, int file,
            long offset);
long handle(Munmap, void* address, std::size_t bytes);
long handle(Mprotect, void* address, std::size_t bytes, int protection);
long handle(Mremap, void* address, std::size_t old_bytes, std::size_t bytes, int flags);
long handle(Madvise, void* address, std::size_t bytes, int advice);
long handle(Brk);

// output.cpp
using Read = Call<SYS_read>;
using Write = Call<SYS_write>;
using Writev = Call<SYS_writev>;
using Ioctl = Call<SYS_ioctl>;
using Close = Call<SYS_close>;
long handle(Read, int file, void* bytes, std::size_t count);
long handle(Write, int file, char const* bytes, std::size_t count);
long handle(Writev, int file, iovec const* pieces, int count);
long handle(Ioctl, int file, unsigned long request);
long handle(Close, int file);

// time.cpp
using ClockGettime = Call<SYS_clock_gettime>;
using ClockGetres = Call<SYS_clock_getres>;
using ClockNanosleep = Call<SYS_clock_nanosleep>;
using Nanosleep = Call<SYS_nanosleep>;
long handle(ClockGettime, int clock, timespec* time);
long handle(ClockGetres, int clock, timespec* resolution);
long handle(ClockNanosleep, int clock, int flags, timespec const* time);
long handle(Nanosleep, timespec const* time);

// threads.cpp
using Futex = Call<SYS_futex>;
using SetTidAddress = Call<SYS_set_tid_address>;
using Gettid = Call<SYS_gettid>;
using SchedYield = Call<SYS_sched_yield>;
using Exit = Call<SYS_exit>;
long handle(Futex, int* address, int operation, int value, timespec const* timeout, int* other);
long handle(SetTidAddress, int* address);
long handle(Gettid);
long handle(SchedYield);
long handle(Exit);

// process.cpp
using ExitGroup = Call<SYS_exit_group>;
using Getpid = Call<SYS_getpid>;
using Tkill = Call<SYS_tkill>;
using RtSigprocmask = Call<SYS_rt_sigprocmask>;
using RtSigaction = Call<SYS_rt_sigaction>;
long handle(ExitGroup, int code);
long handle(Getpid);
long handle(Tkill, int thread, int signal);
long handle(RtSigprocmask, int how, void const* set, void* old, std::size_t bytes);
long handle(RtSigaction, int signal, void const* action, void* old, std::size_t bytes);

// The most frequent first: they are tried in this order.
using Calls =
    CallList<Futex, ClockGettime, Mmap, Munmap, Madvise, Mremap, Mprotect, Brk, Writev, Write, Read,
             Ioctl, Close, ClockNanosleep, Nanosleep, ClockGetres, SchedYield, Gettid,
             SetTidAddress, Exit, RtSigprocmask, RtSigaction, Getpid, Tkill, ExitGroup>;

} // namespace runtime::libc
