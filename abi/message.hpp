#pragma once
// Messages: eight words in registers, more in the message page, and the tag that describes them.
//
//   word       0    1    2    3    4   5   6    7
//   register   RDI  RSI  RDX  R10  R8  R9  R12  R13      tag RBX, badge (received) R14
//
// Into the kernel RAX carries the call number and the target's address, RBX the tag, R14 the
// address of the Reply object and R15 the deadline, where a call has them. Back to the caller RAX
// carries the error. A foreign call arrives with the number (RAX) as word 6 and the stack pointer
// as word 7.

#include <abi/capability.hpp>

#include <cstddef>
#include <cstdint>

namespace abi {

constexpr std::uint32_t register_words = 8;
constexpr std::uint32_t message_words = 64;
constexpr std::uint32_t message_caps = 4;
constexpr std::size_t message_page_bytes = 4096;

/// What a received message is.
enum class MessageKind : std::uint8_t {
    /// Sent by call or send.
    message = 0,
    /// A system call of a foreign thread: words 0 to 5 are its arguments, word 6 its number, word 7
    /// its stack pointer.
    foreign_call = 1,
    /// Word 0: the address, word 1: FaultAccess bits, word 2: instruction pointer, word 3: stack
    /// pointer.
    page_fault = 2,
    /// Word 0: the vector, word 1: its error code, word 2: instruction pointer, word 3: stack
    /// pointer.
    exception = 3,
    /// The thread was kicked while it ran; word 2: instruction pointer, word 3: stack pointer.
    kicked = 4,
    /// No message, but signals of the bound Notification: word 0 holds the bits.
    notification = 5,
    /// The time that the thread runs on is used up. Word 0: when some comes back (monotonic ns),
    /// word 1: ns used on it so far, word 2: instruction pointer, word 3: stack pointer. After the
    /// answer the thread goes on, once there is time.
    timeout = 6,
};

/// How a keeper answers a foreign call, a fault, an exception, a kick or a timeout.
enum class ReplyKind : std::uint8_t {
    /// A message for a caller; the result (word 0) for a foreign call; for a fault or exception:
    /// go on at the same instruction.
    result = 0,
    /// The foreign call is made once more.
    restart = 1,
    /// The thread goes on with the RegisterFile of the replier's message page, sanitised.
    registers = 2,
};

/// The tag of a message. On the way in `kind` is a ReplyKind (replies only), on the way out a
/// MessageKind.
struct MessageTag {
    Word raw = 0;

    /// A tag with none of these bits set, and at most eight words, takes the fast path.
    static constexpr Word slow_mask = ~Word{0xf'ffff};

    static constexpr Word flag_yield = Word{1} << 27; ///< who is answered lets his equals run first
    static constexpr Word flag_wait_for_server = Word{1} << 28; ///< queue although nobody serves
    static constexpr Word flag_deadline = Word{1} << 29;        ///< R15 holds a deadline, in ns
    static constexpr Word flag_mapping = Word{1} << 30; ///< words 1 to 4 map up to 512 pages first
    static constexpr Word flag_clear_kick = Word{1} << 31; ///< forget a kick that is latched

    constexpr MessageTag() = default;
    constexpr explicit MessageTag(Word bits) : raw(bits) {}
    constexpr MessageTag(std::uint16_t label, std::uint32_t words, std::uint32_t caps = 0)
        : raw(label | static_cast<Word>(words & 0x7f) << 16 | static_cast<Word>(caps & 7) << 24) {}

    constexpr std::uint16_t label() const { return static_cast<std::uint16_t>(raw); }
    constexpr std::uint32_t words() const { return static_cast<std::uint32_t>(raw >> 16) & 0x7f; }
    constexpr std::uint32_t caps() const { return static_cast<std::uint32_t>(raw >> 24) & 7; }
    constexpr MessageKind kind() const { return static_cast<MessageKind>(raw >> 32 & 0xff); }
    constexpr ReplyKind reply_kind() const { return static_cast<ReplyKind>(raw >> 32 & 0xff); }
    constexpr bool has(Word flag) const { return (raw & flag) != 0; }
    constexpr MessageTag with(Word flag) const { return MessageTag{raw | flag}; }
    constexpr MessageTag with(MessageKind kind) const {
        return MessageTag{(raw & ~(Word{0xff} << 32)) | static_cast<Word>(kind) << 32};
    }
    constexpr MessageTag with(ReplyKind kind) const {
        return MessageTag{(raw & ~(Word{0xff} << 32)) | static_cast<Word>(kind) << 32};
    }
    constexpr bool operator==(MessageTag const&) const = default;
};

/// Why a page fault happened (word 1 of its message).
namespace fault_access {
constexpr Word present = 1;  ///< the page is mapped, but not for this
constexpr Word write = 2;    ///< a write; otherwise a read or a fetch
constexpr Word execute = 16; ///< an instruction fetch
constexpr Word guard = 256;  ///< the address lies in a guard range
} // namespace fault_access

/// The registers of a thread, as read, written, and carried by a `registers` reply. `rflags` is
/// sanitised (interrupts on, IOPL 0, no NT, VM, RF); `rip` and `rsp` must be user addresses,
/// `fs_base` and `gs_base` canonical. The extended state is in XSAVE's standard form for x87, SSE
/// and AVX (Intel SDM volume 1, section 13.4) and is valid if `has_extended` is set; its reserved
/// bits are cleared, an invalid header makes the call fail with bad_argument.
struct RegisterFile {
    Word rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    Word r8, r9, r10, r11, r12, r13, r14, r15;
    Word rip, rflags, fs_base, gs_base;
    Word has_extended;
    Word reserved[3];
};
constexpr std::size_t extended_state_bytes = 832;

/// One step of space_apply. `pages` counts 4 KiB pages.
struct Run {
    /// Page-aligned virtual address in bits 12 to 63; the RunOperation in bits 0 to 3 and the
    /// Protection in bits 4 to 6.
    Word address_and_operation;
    std::uint32_t offset_pages; ///< where in the attachment the run begins (map, replace)
    std::uint32_t pages;
};

constexpr std::uint32_t runs_per_call = 128;

/// The message page: memory that a thread shares with the kernel. The kernel reads and writes it
/// through its own mapping; it never follows a pointer that a user made.
struct MessagePage {
    /// Words 8 to 63 of long messages, each at its own index (the first eight travel in registers).
    Word words[message_words];
    /// Addresses of the capabilities to send, in the sender's pool.
    std::uint32_t sent_caps[message_caps];
    /// Addresses of the capabilities that were received, in the receiver's pool.
    std::uint32_t received_caps[message_caps];
    std::byte reserved[0x400 - message_words * 8 - message_caps * 8];
    union {
        Run runs[runs_per_call];
        struct {
            RegisterFile registers;
            std::byte extended_state[extended_state_bytes];
        };
        Word entries[384];
        char text[3072];
    };
};
static_assert(sizeof(MessagePage) == message_page_bytes);
static_assert(offsetof(MessagePage, runs) == 0x400);

} // namespace abi
