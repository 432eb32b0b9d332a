#pragma once
// The handlers of the system calls on files. Each is one call of Linux by that name.

#include <servers/linux/call.hpp>

namespace personality::calls {

// opening, closing (calls_open.cpp)
Outcome open(Call& call);
Outcome openat(Call& call);
Outcome openat2(Call& call);
Outcome creat(Call& call);
Outcome close(Call& call);
Outcome close_range(Call& call);

// moving bytes (calls_transfer.cpp, calls_copy.cpp)
Outcome read(Call& call);
Outcome write(Call& call);
Outcome readv(Call& call);
Outcome writev(Call& call);
Outcome pread64(Call& call);
Outcome pwrite64(Call& call);
Outcome preadv(Call& call);
Outcome pwritev(Call& call);
Outcome preadv2(Call& call);
Outcome pwritev2(Call& call);
Outcome lseek(Call& call);
Outcome sendfile(Call& call);
Outcome copy_file_range(Call& call);
Outcome splice(Call& call); ///< calls_splice.cpp
Outcome tee(Call& call);
Outcome vmsplice(Call& call);

// descriptors (calls_descriptor.cpp, calls_lock.cpp)
Outcome dup(Call& call);
Outcome dup2(Call& call);
Outcome dup3(Call& call);
Outcome fcntl(Call& call);
Outcome ioctl(Call& call);
Outcome pipe(Call& call);
Outcome pipe2(Call& call);
Outcome flock(Call& call);

// folders (calls_folder.cpp)
Outcome getdents(Call& call);
Outcome getdents64(Call& call);
Outcome getcwd(Call& call);
Outcome chdir(Call& call);
Outcome fchdir(Call& call);
Outcome chroot(Call& call);

// names (calls_name.cpp)
Outcome mkdir(Call& call);
Outcome mkdirat(Call& call);
Outcome rmdir(Call& call);
Outcome unlink(Call& call);
Outcome unlinkat(Call& call);
Outcome rename(Call& call);
Outcome renameat(Call& call);
Outcome renameat2(Call& call);
Outcome link(Call& call);
Outcome linkat(Call& call);
Outcome symlink(Call& call);
Outcome symlinkat(Call& call);
Outcome readlink(Call& call);
Outcome readlinkat(Call& call);
Outcome mknod(Call& call);
Outcome mknodat(Call& call);

// attributes (calls_attribute.cpp, calls_time_stamp.cpp)
Outcome access(Call& call);
Outcome faccessat(Call& call);
Outcome faccessat2(Call& call);
Outcome chmod(Call& call);
Outcome fchmod(Call& call);
Outcome fchmodat(Call& call);
Outcome fchmodat2(Call& call);
Outcome chown(Call& call);
Outcome lchown(Call& call);
Outcome fchown(Call& call);
Outcome fchownat(Call& call);
Outcome umask(Call& call);
Outcome utimensat(Call& call);
Outcome utime(Call& call);
Outcome utimes(Call& call);
Outcome futimesat(Call& call);

// what is told of files (calls_stat.cpp)
Outcome stat(Call& call);
Outcome lstat(Call& call);
Outcome fstat(Call& call);
Outcome newfstatat(Call& call);
Outcome statx(Call& call);
Outcome statfs(Call& call);
Outcome fstatfs(Call& call);

// sizes and safety (calls_size.cpp)
Outcome truncate(Call& call);
Outcome ftruncate(Call& call);
Outcome fallocate(Call& call);
Outcome fadvise64(Call& call);
Outcome readahead(Call& call);
Outcome sync(Call& call);
Outcome syncfs(Call& call);
Outcome fsync(Call& call);
Outcome fdatasync(Call& call);
Outcome sync_file_range(Call& call);

// handles of files: no volume gives any (calls_attribute_extended.cpp)
Outcome name_to_handle_at(Call& call);
Outcome open_by_handle_at(Call& call);

// extended attributes: there are none (calls_attribute_extended.cpp)
Outcome get_attribute(Call& call);      ///< getxattr, lgetxattr
Outcome get_attribute_of(Call& call);   ///< fgetxattr
Outcome set_attribute(Call& call);      ///< setxattr, lsetxattr, removexattr, lremovexattr
Outcome set_attribute_of(Call& call);   ///< fsetxattr, fremovexattr
Outcome list_attributes(Call& call);    ///< listxattr, llistxattr
Outcome list_attributes_of(Call& call); ///< flistxattr

// waiting (calls_poll.cpp, calls_select.cpp, calls_event.cpp)
Outcome poll(Call& call);
Outcome ppoll(Call& call);
Outcome select(Call& call);
Outcome pselect6(Call& call);
/// What restart_syscall goes on with after poll: the same arguments, the deadline as it was
/// (Task::restart_progress[0]).
Outcome poll_again(Call& call);
Outcome eventfd(Call& call);
Outcome eventfd2(Call& call);
Outcome memfd_create(Call& call);

// sockets (calls_socket.cpp, calls_message.cpp, calls_socket_option.cpp)
Outcome socket(Call& call);
Outcome socketpair(Call& call);
Outcome bind(Call& call);
Outcome connect(Call& call);
Outcome listen(Call& call);
Outcome accept(Call& call);
Outcome accept4(Call& call);
Outcome shutdown(Call& call);
Outcome getsockname(Call& call);
Outcome getpeername(Call& call);
Outcome sendto(Call& call);
Outcome recvfrom(Call& call);
Outcome sendmsg(Call& call);
Outcome recvmsg(Call& call);
Outcome sendmmsg(Call& call);
Outcome recvmmsg(Call& call);
Outcome getsockopt(Call& call);
Outcome setsockopt(Call& call);

// epoll (calls_epoll.cpp)
Outcome epoll_create(Call& call);
Outcome epoll_create1(Call& call);
Outcome epoll_ctl(Call& call);
Outcome epoll_wait(Call& call);
Outcome epoll_pwait(Call& call);
Outcome epoll_pwait2(Call& call);

// signals and timers as files (calls_signal_file.cpp, calls_timer_file.cpp)
Outcome signalfd(Call& call);
Outcome signalfd4(Call& call);
Outcome timerfd_create(Call& call);
Outcome timerfd_settime(Call& call);
Outcome timerfd_gettime(Call& call);

// inotify (calls_notify.cpp)
Outcome inotify_init(Call& call);
Outcome inotify_init1(Call& call);
Outcome inotify_add_watch(Call& call);
Outcome inotify_rm_watch(Call& call);

// mounts (calls_mount.cpp)
Outcome mount(Call& call);
Outcome umount2(Call& call);

// terminals (terminal/calls_terminal.cpp)
Outcome vhangup(Call& call);

} // namespace personality::calls
