#pragma once
// The framed channel on the second serial line, which carries one command's arguments, standard
// streams and wait status between `./skerry run -- COMMAND` and the system. This is the only
// description of the format; tools/skerry/channel.py is its twin on the host.
//
//     frame:  | kind: 1 byte | length: 2 bytes, little-endian, at most 4096 | payload |
//
// A session, host on the left:
//
//     hello(magic)             <-     ready; whatever came on the line before the magic is not ours
//     start_record(bytes) ...  ->     the start record in pieces, then
//     start()                  ->     run it; from now on
//                              <-     start_failed(errno), and nothing more, or
//     input(bytes) ...         <-     credit(bytes): input may be sent up to the sum of all credits
//     input_end()              ->     end of file, once
//     window(..), signal(..)   ->     at any time; a window before the start is the console's, for
//                                     whoever sits there and wants no command
//                              <-     output(bytes), error_output(bytes) ...
//                              <-     exited(status): the last frame; all output has gone before it
//
// A guest's end that begins anew in the middle (it was killed and started again) sends
// restart_filler zero bytes before its hello: whatever frame its predecessor left half sent ends in
// them, and the rest are no frame. To the host the command has ended there.
//
// The line itself loses nothing (the emulator holds bytes back while the receiver's FIFO is full),
// so there is no checksum. Output needs no credit: the host always reads.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace command_channel {

inline constexpr std::size_t header_size = 3;
inline constexpr std::size_t max_payload = 4096;
inline constexpr std::size_t restart_filler = header_size + max_payload;

/// The payload of `hello`; its last byte is the version of the format.
inline constexpr std::array<std::uint8_t, 8> magic{'S', 'k', 'e', 'r', 'r', 'y', 0xc5, 1};

/// The start record as a whole is at most this long.
inline constexpr std::size_t max_start_record = 256 * 1024;

enum class Kind : std::uint8_t {
    // host to guest
    start_record = 0x01, ///< the next piece of the start record
    start = 0x02,        ///< empty: the record is complete, run it
    input = 0x03,        ///< bytes of standard input, within the credit granted
    input_end = 0x04,    ///< empty: end of standard input
    window = 0x05,       ///< rows, columns: 2 bytes each
    signal = 0x06,       ///< 1 byte: Linux signal number, for the command's process group

    // guest to host
    hello = 0x81,        ///< magic
    output = 0x82,       ///< bytes of standard output
    error_output = 0x83, ///< bytes of standard error
    exited = 0x84,       ///< 1 byte Ending, 1 byte exit code or signal number
    start_failed = 0x85, ///< 2 bytes: Linux errno
    credit = 0x86,       ///< 4 bytes: how many more bytes of input may be sent
};

enum class Ending : std::uint8_t { code = 0, signal = 1 };

/// One frame; the payload lies in the decoder and is valid until its next push.
struct Frame {
    Kind kind{};
    std::span<std::uint8_t const> payload;
};

using Header = std::array<std::uint8_t, header_size>;

/// The three bytes that go before a payload of `length` bytes, which is at most max_payload.
[[nodiscard]] constexpr Header header(Kind kind, std::size_t length) {
    return {static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(length & 0xff),
            static_cast<std::uint8_t>(length >> 8)};
}

/// Little-endian numbers as payloads have them.
[[nodiscard]] constexpr std::array<std::uint8_t, 2> two_bytes(std::uint16_t n) {
    return {static_cast<std::uint8_t>(n & 0xff), static_cast<std::uint8_t>(n >> 8)};
}

[[nodiscard]] constexpr std::array<std::uint8_t, 4> four_bytes(std::uint32_t n) {
    return {static_cast<std::uint8_t>(n & 0xff), static_cast<std::uint8_t>(n >> 8 & 0xff),
            static_cast<std::uint8_t>(n >> 16 & 0xff), static_cast<std::uint8_t>(n >> 24)};
}

/// The first `size` bytes of a payload (at most 4) as a number, if it has that many.
[[nodiscard]] constexpr std::optional<std::uint32_t> number(std::span<std::uint8_t const> bytes,
                                                            std::size_t size) {
    if (bytes.size() < size) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | bytes[i];
    return value;
}

/// Puts frames together from the bytes of the line. A length beyond the limit breaks it for good,
/// since nothing tells where the next frame begins: `broken()` then, and every push is ignored.
class Decoder {
public:
    [[nodiscard]] constexpr std::optional<Frame> push(std::uint8_t byte) {
        if (broken_) return std::nullopt;
        if (filled_ < header_size) {
            header_[filled_++] = byte;
            if (filled_ < header_size) return std::nullopt;
            length_ = static_cast<std::size_t>(header_[1] | header_[2] << 8);
            broken_ = length_ > max_payload;
            return length_ == 0 ? finished() : std::nullopt;
        }
        payload_[filled_++ - header_size] = byte;
        return filled_ == header_size + length_ ? finished() : std::nullopt;
    }

    [[nodiscard]] constexpr bool broken() const { return broken_; }

private:
    constexpr std::optional<Frame> finished() {
        filled_ = 0;
        return Frame{static_cast<Kind>(header_[0]), std::span(payload_).first(length_)};
    }

    std::array<std::uint8_t, header_size> header_{};
    std::array<std::uint8_t, max_payload> payload_{};
    std::size_t filled_ = 0; ///< bytes of the current frame, header included
    std::size_t length_ = 0;
    bool broken_ = false;
};

/// What to run. On the line:
///
///     2 bytes rows | 2 bytes columns | 1 byte terminals | 2 bytes argc | 2 bytes envc |
///     cwd | argc strings | envc strings, each ending in a zero byte
class StartRecord {
public:
    /// Checks the whole record once: every count is met, every string ends, nothing is left over,
    /// and there is a program to run. The bytes must outlive the record.
    [[nodiscard]] static constexpr std::optional<StartRecord>
    read(std::span<std::uint8_t const> bytes) {
        if (bytes.size() < fixed_size) return std::nullopt;
        StartRecord record;
        record.bytes_ = bytes;
        std::size_t strings = 0;
        for (auto byte : bytes.subspan(fixed_size)) strings += byte == 0;
        bool const whole = bytes.size() > fixed_size && bytes.back() == 0;
        bool const counted = strings == std::size_t{1} + record.argc() + record.envc();
        if (!whole || !counted || record.argc() == 0) return std::nullopt;
        return record;
    }

    [[nodiscard]] constexpr std::uint16_t rows() const { return word(0); }
    [[nodiscard]] constexpr std::uint16_t columns() const { return word(2); }
    /// Whether descriptor 0, 1 or 2 is to be a terminal.
    [[nodiscard]] constexpr bool terminal(unsigned fd) const { return bytes_[4] >> fd & 1; }
    [[nodiscard]] constexpr std::uint16_t argc() const { return word(5); }
    [[nodiscard]] constexpr std::uint16_t envc() const { return word(7); }
    /// The working directory; empty for the system's own choice.
    [[nodiscard]] constexpr std::string_view cwd() const { return string(0); }

    /// Hands every argument, in order, to `use(std::string_view)`; each ends in a zero byte.
    constexpr void arguments(auto&& use) const { strings(1, argc(), use); }
    constexpr void environment(auto&& use) const { strings(std::size_t{1} + argc(), envc(), use); }

private:
    static constexpr std::size_t fixed_size = 9;

    [[nodiscard]] constexpr std::uint16_t word(std::size_t at) const {
        return static_cast<std::uint16_t>(bytes_[at] | bytes_[at + 1] << 8);
    }

    [[nodiscard]] constexpr std::size_t end_of_string(std::size_t at) const {
        while (bytes_[at] != 0) ++at;
        return at;
    }

    [[nodiscard]] constexpr std::string_view string_at(std::size_t at) const {
        return {reinterpret_cast<char const*>(bytes_.data()) + at, end_of_string(at) - at};
    }

    [[nodiscard]] constexpr std::size_t string_start(std::size_t index) const {
        std::size_t at = fixed_size;
        while (index-- > 0) at = end_of_string(at) + 1;
        return at;
    }

    [[nodiscard]] constexpr std::string_view string(std::size_t index) const {
        return string_at(string_start(index));
    }

    constexpr void strings(std::size_t first, std::size_t count, auto&& use) const {
        for (std::size_t at = string_start(first); count > 0; --count) {
            use(string_at(at));
            at = end_of_string(at) + 1;
        }
    }

    std::span<std::uint8_t const> bytes_;
};

} // namespace command_channel
