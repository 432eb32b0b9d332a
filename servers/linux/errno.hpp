#pragma once
// Linux error numbers (include/uapi/asm-generic/errno*.h), named as there without the E, and
// Result<T> on top of them. The last group never reaches a program: it says how an interrupted call
// is restarted (include/linux/errno.h).

#include <base/result.hpp>

#include <cstdint>
#include <expected>

namespace personality {

enum class Errno : std::int32_t {
    perm = 1,
    noent = 2,
    srch = 3,
    intr = 4,
    io = 5,
    nxio = 6,
    toobig = 7,
    noexec = 8,
    badf = 9,
    child = 10,
    again = 11,
    nomem = 12,
    acces = 13,
    fault = 14,
    notblk = 15,
    busy = 16,
    exist = 17,
    xdev = 18,
    nodev = 19,
    notdir = 20,
    isdir = 21,
    inval = 22,
    nfile = 23,
    mfile = 24,
    notty = 25,
    txtbsy = 26,
    fbig = 27,
    nospc = 28,
    spipe = 29,
    rofs = 30,
    mlink = 31,
    pipe = 32,
    dom = 33,
    range = 34,
    deadlk = 35,
    nametoolong = 36,
    nolck = 37,
    nosys = 38,
    notempty = 39,
    loop = 40,
    nodata = 61,
    time = 62,
    proto = 71,
    overflow = 75,
    libbad = 80,
    ilseq = 84,
    users = 87,
    notsock = 88,
    destaddrreq = 89,
    msgsize = 90,
    prototype = 91,
    noprotoopt = 92,
    protonosupport = 93,
    socktnosupport = 94,
    opnotsupp = 95,
    pfnosupport = 96,
    afnosupport = 97,
    addrinuse = 98,
    addrnotavail = 99,
    netdown = 100,
    netunreach = 101,
    connaborted = 103,
    connreset = 104,
    nobufs = 105,
    isconn = 106,
    notconn = 107,
    toomanyrefs = 109,
    timedout = 110,
    connrefused = 111,
    hostunreach = 113,
    already = 114,
    inprogress = 115,
    stale = 116,
    canceled = 125,
    ownerdead = 130,
    notrecoverable = 131,

    restart_sys = 512,     ///< restarted if no handler runs or it has SA_RESTART; otherwise EINTR
    restart_no_intr = 513, ///< always restarted
    restart_no_hand = 514, ///< restarted if no handler runs; otherwise EINTR
    restart_block = 516,   ///< as before, but through restart_syscall, with what time is left
};

template <class T = void> using Result = std::expected<T, Errno>;

constexpr std::unexpected<Errno> fail(Errno error) { return std::unexpected(error); }

} // namespace personality

namespace base {
/// So that TRY, the one macro of the house, serves this Result as well.
constexpr std::unexpected<personality::Errno> fail(personality::Errno error) {
    return std::unexpected(error);
}
} // namespace base
