#pragma once
// The handlers of the system calls that this half of the server serves; those of files are declared
// in servers/linux/fs. Each is one call of Linux by that name.

#include <servers/linux/call.hpp>

namespace personality::calls {

// processes
Outcome fork(Call& call);
Outcome vfork(Call& call);
Outcome clone(Call& call);
Outcome clone3(Call& call);
Outcome execve(Call& call);
Outcome execveat(Call& call);
Outcome exit(Call& call);
Outcome exit_group(Call& call);
Outcome wait4(Call& call);
Outcome waitid(Call& call);
Outcome unshare(Call& call);
Outcome setns(Call& call);
Outcome pidfd_open(Call& call);
Outcome pidfd_send_signal(Call& call);
Outcome pidfd_getfd(Call& call);

// numbers, groups, users
Outcome getpid(Call& call);
Outcome gettid(Call& call);
Outcome getppid(Call& call);
Outcome getuid(Call& call);
Outcome geteuid(Call& call);
Outcome getgid(Call& call);
Outcome getegid(Call& call);
Outcome getpgrp(Call& call);
Outcome getpgid(Call& call);
Outcome getsid(Call& call);
Outcome setpgid(Call& call);
Outcome setsid(Call& call);
Outcome getresuid(Call& call);
Outcome getresgid(Call& call);
Outcome setresuid(Call& call);
Outcome setresgid(Call& call);
Outcome setreuid(Call& call);
Outcome setregid(Call& call);
Outcome setuid(Call& call);
Outcome setgid(Call& call);
Outcome setfsuid(Call& call);
Outcome setfsgid(Call& call);
Outcome getgroups(Call& call);
Outcome setgroups(Call& call);
Outcome capget(Call& call);
Outcome capset(Call& call);

// signals
Outcome rt_sigaction(Call& call);
Outcome rt_sigprocmask(Call& call);
Outcome rt_sigpending(Call& call);
Outcome rt_sigsuspend(Call& call);
Outcome pause(Call& call);
Outcome rt_sigtimedwait(Call& call);
Outcome rt_sigreturn(Call& call);
Outcome sigaltstack(Call& call);
Outcome kill(Call& call);
Outcome tkill(Call& call);
Outcome tgkill(Call& call);
Outcome rt_sigqueueinfo(Call& call);
Outcome rt_tgsigqueueinfo(Call& call);

// time
Outcome clock_gettime(Call& call);
Outcome clock_settime(Call& call);
Outcome clock_getres(Call& call);
Outcome gettimeofday(Call& call);
Outcome time(Call& call);
Outcome nanosleep(Call& call);
Outcome clock_nanosleep(Call& call);
Outcome restart_syscall(Call& call);
Outcome alarm(Call& call);
Outcome setitimer(Call& call);
Outcome getitimer(Call& call);
Outcome settimeofday(Call& call);
Outcome timer_create(Call& call);
Outcome timer_settime(Call& call);
Outcome timer_gettime(Call& call);
Outcome timer_getoverrun(Call& call);
Outcome timer_delete(Call& call);
Outcome adjtimex(Call& call);
Outcome clock_adjtime(Call& call);

// futexes
Outcome futex(Call& call);
/// What restart_syscall goes on with.
Outcome futex_again(Call& call);
Outcome futex_waitv(Call& call);
Outcome set_robust_list(Call& call);
Outcome get_robust_list(Call& call);
Outcome set_tid_address(Call& call);

// memory
Outcome mmap(Call& call);
Outcome munmap(Call& call);
Outcome mprotect(Call& call);
Outcome mremap(Call& call);
Outcome madvise(Call& call);
Outcome brk(Call& call);
Outcome msync(Call& call);
Outcome mlock(Call& call);
Outcome mlock2(Call& call);
Outcome munlock(Call& call);
Outcome membarrier(Call& call);
Outcome shmget(Call& call);
Outcome shmat(Call& call);
Outcome shmdt(Call& call);
Outcome shmctl(Call& call);
Outcome mlockall(Call& call);
Outcome munlockall(Call& call);
Outcome mincore(Call& call);

// the system as a whole
Outcome uname(Call& call);
Outcome sethostname(Call& call);
Outcome setdomainname(Call& call);
Outcome sysinfo(Call& call);
Outcome getrandom(Call& call);
Outcome arch_prctl(Call& call);
Outcome prctl(Call& call);
Outcome prlimit64(Call& call);
Outcome getrlimit(Call& call);
Outcome setrlimit(Call& call);
Outcome getrusage(Call& call);
Outcome times(Call& call);
Outcome sched_yield(Call& call);
Outcome sched_getaffinity(Call& call);
Outcome sched_setaffinity(Call& call);
Outcome sched_setscheduler(Call& call);
Outcome sched_setparam(Call& call);
Outcome sched_rr_get_interval(Call& call);
Outcome sched_setattr(Call& call);
Outcome sched_getattr(Call& call);
Outcome sched_getscheduler(Call& call);
Outcome sched_getparam(Call& call);
Outcome sched_get_priority_max(Call& call);
Outcome sched_get_priority_min(Call& call);
Outcome getcpu(Call& call);
Outcome getpriority(Call& call);
Outcome setpriority(Call& call);
Outcome ioprio_set(Call& call);
Outcome ioprio_get(Call& call);
Outcome set_personality(Call& call);
Outcome reboot(Call& call);
Outcome syslog(Call& call);

} // namespace personality::calls
