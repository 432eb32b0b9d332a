#include <servers/linux/user_buffer.hpp>

#include <algorithm>

namespace personality {

namespace {

struct IoVector { // struct iovec
    UserAddress base;
    std::uint64_t bytes;
};

} // namespace

UserBuffer UserBuffer::plain(UserMemory& memory, UserAddress address, std::size_t bytes) {
    UserBuffer buffer;
    buffer.memory_ = &memory;
    buffer.address_ = address;
    buffer.piece_ = buffer.remaining_ = std::min(bytes, max_bytes);
    return buffer;
}

Result<UserBuffer> UserBuffer::vectors(UserMemory& memory, UserAddress vectors, std::size_t count) {
    if (count > max_vectors) return fail(Errno::inval);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < count; i++) {
        auto const vector = TRY(memory.load<IoVector>(vectors + i * sizeof(IoVector)));
        if (vector.bytes > static_cast<std::uint64_t>(INT64_MAX) - total) return fail(Errno::inval);
        total += vector.bytes;
    }
    UserBuffer buffer;
    buffer.memory_ = &memory;
    buffer.vectors_ = vectors;
    buffer.vectors_left_ = count;
    buffer.remaining_ = std::min<std::uint64_t>(total, max_bytes);
    return buffer;
}

UserBuffer UserBuffer::internal(std::span<std::byte> bytes) {
    UserBuffer buffer;
    buffer.internal_ = bytes.data();
    buffer.piece_ = buffer.remaining_ = bytes.size();
    return buffer;
}

UserBuffer UserBuffer::internal(std::span<std::byte const> bytes) {
    return internal(std::span(const_cast<std::byte*>(bytes.data()), bytes.size()));
}

/// Make the current piece one that has bytes. A program may change its vectors meanwhile: then it
/// moves other bytes, but never more than `remaining`.
Result<> UserBuffer::settle() {
    while (piece_ == 0 && remaining_ != 0) {
        if (vectors_left_ == 0) {
            remaining_ = 0;
            break;
        }
        auto const vector = TRY(memory_->load<IoVector>(vectors_));
        vectors_ += sizeof(IoVector);
        vectors_left_--;
        address_ = vector.base;
        piece_ = std::min<std::uint64_t>(vector.bytes, remaining_);
    }
    return {};
}

Result<std::span<std::byte>> UserBuffer::next_writable(std::size_t most) {
    TRY(settle());
    std::size_t const bytes = std::min({piece_, remaining_, most});
    if (bytes == 0) return std::span<std::byte>{};
    if (memory_ == nullptr) return std::span(internal_, bytes);
    return memory_->writable(address_, bytes);
}

Result<std::span<std::byte const>> UserBuffer::next_readable(std::size_t most) {
    TRY(settle());
    std::size_t const bytes = std::min({piece_, remaining_, most});
    if (bytes == 0) return std::span<std::byte const>{};
    if (memory_ == nullptr) return std::span<std::byte const>(internal_, bytes);
    return memory_->readable(address_, bytes);
}

Result<> UserBuffer::skip(std::uint64_t bytes) {
    while (bytes > 0) {
        auto const piece = TRY(next_readable(bytes));
        if (piece.empty()) break;
        advance(piece.size());
        bytes -= piece.size();
    }
    return {};
}

void UserBuffer::advance(std::size_t bytes) {
    if (memory_ == nullptr)
        internal_ += bytes;
    else
        address_ += bytes;
    piece_ -= bytes;
    remaining_ -= bytes;
    moved_ += bytes;
}

Result<std::size_t> UserBuffer::copy_out(std::span<std::byte const> from) {
    std::size_t done = 0;
    while (done < from.size()) {
        auto const piece = next_writable(from.size() - done);
        if (!piece && moved_ == 0) return fail(piece.error());
        if (!piece || piece->empty()) break;
        std::memcpy(piece->data(), from.data() + done, piece->size());
        advance(piece->size());
        done += piece->size();
    }
    return done;
}

Result<std::size_t> UserBuffer::copy_in(std::span<std::byte> to) {
    std::size_t done = 0;
    while (done < to.size()) {
        auto const piece = next_readable(to.size() - done);
        if (!piece && moved_ == 0) return fail(piece.error());
        if (!piece || piece->empty()) break;
        std::memcpy(to.data() + done, piece->data(), piece->size());
        advance(piece->size());
        done += piece->size();
    }
    return done;
}

Result<std::size_t> UserBuffer::fill(std::byte value, std::size_t bytes) {
    std::size_t done = 0;
    while (done < bytes) {
        auto const piece = next_writable(bytes - done);
        if (!piece && moved_ == 0) return fail(piece.error());
        if (!piece || piece->empty()) break;
        std::memset(piece->data(), static_cast<int>(value), piece->size());
        advance(piece->size());
        done += piece->size();
    }
    return done;
}

} // namespace personality
