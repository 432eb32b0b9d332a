// Descriptors 0, 1 and 2: nothing to read, and the log.

#include <runtime/libc/calls.hpp>
#include <runtime/log.hpp>

#include <sys/ioctl.h>
#include <sys/uio.h>

#include <array>
#include <cstring>
#include <string_view>

namespace runtime::libc {

namespace {

bool standard(int file) { return file >= 0 && file <= 2; }
bool writable(int file) { return file == 1 || file == 2; }

} // namespace

long handle(Read, int file, void*, std::size_t) { return file == 0 ? 0 : -EBADF; }

long handle(Write, int file, char const* bytes, std::size_t count) {
    if (!writable(file)) return -EBADF;
    log_text({bytes, count});
    return static_cast<long>(count);
}

long handle(Writev, int file, iovec const* pieces, int count) {
    if (!writable(file)) return -EBADF;
    // stdio writes its buffer and the rest as two pieces; together they are the line.
    std::array<char, 512> line;
    std::size_t filled = 0;
    long done = 0;
    for (int i = 0; i < count; ++i) {
        std::string_view const piece{static_cast<char const*>(pieces[i].iov_base),
                                     pieces[i].iov_len};
        done += static_cast<long>(piece.size());
        if (piece.size() > line.size() - filled) {
            if (filled > 0) log_text({line.data(), filled});
            filled = 0;
        }
        if (piece.size() > line.size()) {
            log_text(piece);
        } else if (!piece.empty()) {
            std::memcpy(line.data() + filled, piece.data(), piece.size());
            filled += piece.size();
        }
    }
    if (filled > 0) log_text({line.data(), filled});
    return done;
}

/// stdio asks for a window to learn whether to write line by line, which is what a log wants.
long handle(Ioctl, int file, unsigned long request) {
    if (!standard(file)) return -EBADF;
    return request == TIOCGWINSZ ? 0 : -ENOTTY;
}

long handle(Close, int file) { return standard(file) ? 0 : -EBADF; }

} // namespace runtime::libc
