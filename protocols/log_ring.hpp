#pragma once
// The log ring of a service: what it prints, kept by the supervisor, so that the last words of the
// dead can be read. One process writes, at the moment; any number read, and none can stop the
// writer: old text is overwritten.
//
//     | LogHead (64 bytes) | text: byte p of everything ever written lies at p % capacity |
//
// Memory of zeroes is an empty ring. A successor goes on where its predecessor stopped. A writer
// moves `intended` before it writes the bytes and `written` after, so a reader can tell which bytes
// may have changed under its hands.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace protocols {

struct alignas(64) LogHead {
    std::atomic<std::uint64_t> written;  ///< bytes ever written
    std::atomic<std::uint64_t> intended; ///< at least `written`; more while a write is under way
};
static_assert(sizeof(LogHead) == 64);

/// Appends text. One writer at a time: threads of a process share a lock, or a LogWriter each
/// under the same lock.
class LogWriter {
public:
    LogWriter() = default;
    /// `ring` is the whole memory, head included, aligned to 64 bytes.
    explicit LogWriter(std::span<std::byte> ring) {
        if (ring.size() <= sizeof(LogHead)) return;
        head_ = reinterpret_cast<LogHead*>(ring.data());
        data_ = ring.subspan(sizeof(LogHead));
    }

    void write(std::string_view text) {
        if (data_.empty()) return;
        auto const begin = head_->written.load(std::memory_order_relaxed);
        auto const end = begin + text.size();
        // What would be overwritten by the text itself is not written at all.
        auto const kept = std::min(text.size(), data_.size());
        text = text.substr(text.size() - kept);

        head_->intended.store(end, std::memory_order_relaxed);
        // Partner: the fence in LogReader::read. A reader that sees a new byte sees `intended`.
        std::atomic_thread_fence(std::memory_order_release);
        auto const at = static_cast<std::size_t>((end - kept) % data_.size());
        auto const first = std::min(kept, data_.size() - at);
        std::memcpy(data_.data() + at, text.data(), first);
        std::memcpy(data_.data(), text.data() + first, kept - first);
        head_->written.store(end, std::memory_order_release);
    }

private:
    LogHead* head_ = nullptr;
    std::span<std::byte> data_;
};

/// Reads a ring that somebody may be writing, and who may lie: what it says is only text.
class LogReader {
public:
    LogReader() = default;
    explicit LogReader(std::span<std::byte const> ring) {
        if (ring.size() <= sizeof(LogHead)) return;
        head_ = reinterpret_cast<LogHead const*>(ring.data());
        data_ = ring.subspan(sizeof(LogHead));
    }

    /// The position of the oldest byte that is still there, and the one past the newest.
    std::uint64_t begin() const {
        auto const last = end();
        return last > data_.size() ? last - data_.size() : 0;
    }
    std::uint64_t end() const { return head_ ? head_->written.load(std::memory_order_acquire) : 0; }

    struct Piece {
        std::uint64_t position; ///< of the first byte; later than asked for if those were gone
        std::size_t bytes;
    };
    /// Copies what was written from `position` on, as much as there is room for in `into`.
    Piece read(std::uint64_t position, std::span<char> into) const {
        auto const last = end();
        position = std::clamp(position, begin(), last);
        auto const bytes =
            std::min({into.size(), static_cast<std::size_t>(last - position), data_.size()});
        if (bytes == 0) return {position, 0};
        auto const at = static_cast<std::size_t>(position % data_.size());
        auto const first = std::min(bytes, data_.size() - at);
        std::memcpy(into.data(), data_.data() + at, first);
        std::memcpy(into.data() + first, data_.data(), bytes - first);

        std::atomic_thread_fence(std::memory_order_acquire);
        auto const intended = head_->intended.load(std::memory_order_relaxed);
        auto const safe = intended > data_.size() ? intended - data_.size() : 0;
        if (safe <= position) return {position, bytes};
        if (safe >= position + bytes) return {position + bytes, 0};
        auto const spoiled = static_cast<std::size_t>(safe - position);
        std::memmove(into.data(), into.data() + spoiled, bytes - spoiled);
        return {safe, bytes - spoiled};
    }

    /// The newest bytes that fit.
    Piece read_last(std::span<char> into) const {
        auto const last = end();
        return read(last > into.size() ? last - into.size() : 0, into);
    }

private:
    LogHead const* head_ = nullptr;
    std::span<std::byte const> data_;
};

} // namespace protocols
