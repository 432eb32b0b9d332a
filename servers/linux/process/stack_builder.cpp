#include <servers/linux/process/stack_builder.hpp>

#include <base/address.hpp>

#include <algorithm>
#include <cstring>

namespace personality {

namespace {

constexpr std::size_t most_strings = 0x4'0000;
constexpr std::size_t longest_string = 32 * page_bytes; // MAX_ARG_STRLEN

/// Bytes of a string, its zero left out.
Result<std::size_t> length(UserMemory& memory, UserAddress text) {
    std::size_t bytes = 0;
    while (bytes < longest_string) {
        auto const piece = TRY(memory.readable(text + bytes, longest_string - bytes));
        if (auto const* end = std::memchr(piece.data(), 0, piece.size()))
            return bytes +
                   static_cast<std::size_t>(static_cast<std::byte const*>(end) - piece.data());
        bytes += piece.size();
    }
    return fail(Errno::toobig);
}

} // namespace

Result<> StringList::count() {
    if (memory_ == nullptr || pointers_ == 0) return {};
    for (user_count_ = 0; user_count_ < most_strings; user_count_++) {
        if (TRY(memory_->load<UserAddress>(pointers_ + user_count_ * 8)) == 0) return {};
    }
    return fail(Errno::toobig);
}

void StringList::replace_first(std::span<std::string_view const> with) {
    // What an interpreter of an interpreter replaces is among `with` already.
    if (interpreters_.empty()) {
        if (!own_.empty())
            own_ = own_.subspan(1);
        else if (user_count_ > 0)
            skipped_ = 1;
    }
    interpreters_ = with;
}

Result<> StackBuilder::make_room(std::uint64_t bytes) {
    if (at_ - bottom_ < bytes) return fail(Errno::toobig);
    at_ -= bytes;
    return {};
}

Result<UserAddress> StackBuilder::push_bytes(std::span<std::byte const> bytes) {
    TRY(make_room(bytes.size()));
    TRY(space_.copy_out(at_, bytes));
    return at_;
}

Result<UserAddress> StackBuilder::push(std::string_view text) {
    TRY(make_room(text.size() + 1));
    TRY(space_.copy_out(at_, std::as_bytes(std::span(text.data(), text.size()))));
    TRY(space_.store(at_ + text.size(), char{0}));
    return at_;
}

Result<> StackBuilder::push_from(UserMemory& memory, UserAddress text) {
    std::size_t const bytes = TRY(length(memory, text));
    TRY(make_room(bytes + 1));
    for (std::size_t done = 0; done < bytes;) {
        auto const piece = TRY(memory.readable(text + done, bytes - done));
        TRY(space_.copy_out(at_ + done, piece));
        done += piece.size();
    }
    // Another thread may have changed the string meanwhile: a zero inside only makes it shorter,
    // and is put right by the count of zeros below.
    return space_.store(at_ + bytes, char{0});
}

Result<UserAddress> StackBuilder::push(StringList const& strings) {
    for (std::size_t i = strings.user_count_; i-- > strings.skipped_;) {
        auto const text =
            TRY(strings.memory_->load<UserAddress>(strings.pointers_ + i * sizeof(UserAddress)));
        TRY(push_from(*strings.memory_, text));
    }
    for (auto own : {strings.own_, strings.interpreters_})
        for (std::size_t i = own.size(); i-- > 0;) TRY(push(own[i]));
    return at_;
}

Result<UserAddress> StackBuilder::write_pointers(UserAddress to, UserAddress string,
                                                 std::size_t count) {
    for (std::size_t i = 0; i < count; i++, to += 8) {
        TRY(space_.store(to, string));
        string += TRY(length(space_, string)) + 1;
    }
    TRY(space_.store<std::uint64_t>(to, 0));
    return to + 8;
}

Result<UserAddress> StackBuilder::finish(UserAddress arguments, std::size_t argument_count,
                                         UserAddress environment, std::size_t environment_count,
                                         std::span<AuxiliaryEntry const> vector) {
    std::uint64_t const words = 1 + argument_count + 1 + environment_count + 1;
    std::uint64_t const bytes = words * 8 + vector.size_bytes();
    UserAddress const sp = base::align_down(at_ - bytes, 16);
    TRY(make_room(at_ - sp));
    TRY(space_.store<std::uint64_t>(sp, argument_count));
    UserAddress at = TRY(write_pointers(sp + 8, arguments, argument_count));
    at = TRY(write_pointers(at, environment, environment_count));
    TRY(space_.copy_out(at, std::as_bytes(vector)));
    return sp;
}

} // namespace personality
