// Address spaces: attachments, and a few pages of each space in place of all. Pages 0 to 3 lie in
// one 2 MiB stretch, page 4 in the next, both in one of 1 GiB.

#include <tests/model/rules.hpp>

#include <algorithm>

namespace model {

namespace {

bool sensible(abi::Protection protection) {
    return protection == abi::Protection::none || protection == abi::Protection::read ||
           protection == abi::Protection::read_write || protection == abi::Protection::read_execute;
}

bool allows(RightsMask ceiling, abi::Protection protection) {
    return abi::covers(ceiling, abi::MemoryRights::read) &&
           (!abi::writable(protection) || abi::covers(ceiling, abi::MemoryRights::write)) &&
           (!abi::executable(protection) || abi::covers(ceiling, abi::MemoryRights::execute));
}

Error why_not(abi::Protection protection) {
    return abi::writable(protection) && abi::executable(protection) ? Error::write_and_execute
                                                                    : Error::bad_argument;
}

} // namespace

std::uint32_t Rules::tables(Id space) const {
    auto const& pages = state_.pages[state_.objects[space].area];
    bool const first = std::any_of(pages.begin(), pages.begin() + 4,
                                   [](Page const& page) { return !page.empty(); });
    bool const second = !pages[4].empty();
    return first || second ? 2u + first + second : 0;
}

void Rules::settle_tables(Id space, std::uint32_t before) {
    auto const now = tables(space);
    auto& home = at(at(space).home);
    home.used += (now - before) * costs_.table;
}

Result<Word> Rules::attach(Id space, Cap memory, Word number) {
    if (number == 0)
        number = 1;
    else if (in(space, static_cast<std::uint8_t>(number)))
        return std::unexpected(Error::already_bound);
    while (in(space, static_cast<std::uint8_t>(number))) number++;
    auto& home = at(at(space).home);
    if (!at(space).bits) home.used += costs_.directory; // kept as long as the space
    at(space).bits = 1;
    home.used += costs_.attachment;
    auto const from = cap(memory);
    add(from.object, space, static_cast<std::uint8_t>(number), from.rights, from.data, memory);
    return number;
}

Result<Word> Rules::map(Id space, Word number, Word first, Word offset, Word count,
                        abi::Protection protection, abi::RunOperation operation) {
    if (!sensible(protection)) return std::unexpected(why_not(protection));
    if (operation > abi::RunOperation::replace) return std::unexpected(Error::bad_argument);
    auto const attachment = in(space, static_cast<std::uint8_t>(number));
    if (!number || !attachment) return std::unexpected(Error::not_attached);
    if (!derivable(attachment)) return std::unexpected(Error::revoked);
    if (!allows(cap(attachment).rights, protection)) return std::unexpected(Error::no_rights);
    auto const pages = cap(attachment).data >> 32;
    if (offset > pages || count > pages - offset) return std::unexpected(Error::out_of_range);
    auto const before = tables(space);
    auto& area = state_.pages[at(space).area];
    auto const fresh = operation == abi::RunOperation::map_fresh;
    for (; done_ < count; done_++) {
        auto& page = area[first + done_];
        if (page.guard || (fresh && !page.empty())) break;
        page = {static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(offset + done_),
                protection, false};
    }
    settle_tables(space, before);
    if (done_ < count) return std::unexpected(Error::already_mapped);
    return done_;
}

void Rules::unmap(Id space, Word first, Word count) {
    auto const before = tables(space);
    for (auto& page : std::span{state_.pages[at(space).area]}.subspan(first, count))
        if (!page.guard) page = {};
    settle_tables(space, before);
}

Done Rules::protect(Id space, Word first, Word count, abi::Protection protection) {
    if (!sensible(protection)) return std::unexpected(why_not(protection));
    for (auto& page : std::span{state_.pages[at(space).area]}.subspan(first, count)) {
        if (page.attachment) {
            if (!allows(cap(in(space, page.attachment)).rights, protection))
                return std::unexpected(Error::no_rights);
            page.protection = protection;
        }
        done_++;
    }
    return {};
}

/// Both spaces have the same Memory under the same number, and the copy's ceiling is no lower.
Done Rules::copy(Id to, Id from, Word first, Word count, bool write_protect) {
    auto const before = tables(to);
    Done result;
    for (; done_ < count; done_++) {
        auto& source = state_.pages[at(from).area][first + done_];
        auto& target = state_.pages[at(to).area][first + done_];
        if (!source.attachment) continue;
        auto const theirs = in(from, source.attachment), ours = in(to, source.attachment);
        if (!ours || cap(ours).object != cap(theirs).object || cap(ours).data != cap(theirs).data)
            result = std::unexpected(Error::not_attached);
        else if (cap(theirs).rights & ~cap(ours).rights)
            result = std::unexpected(Error::no_rights);
        else if (!target.empty())
            result = std::unexpected(Error::already_mapped);
        if (!result) break;
        if (write_protect && abi::writable(source.protection))
            source.protection = abi::Protection::read;
        target = source;
    }
    settle_tables(to, before);
    return result;
}

Done Rules::guard(Id space, Word first, Word count, bool set) {
    auto const before = tables(space);
    Done result;
    for (auto& page : std::span{state_.pages[at(space).area]}.subspan(first, count)) {
        if (page.attachment) {
            result = std::unexpected(Error::already_mapped);
            break;
        }
        page.guard = set;
        done_++;
    }
    settle_tables(space, before);
    return result;
}

void Rules::forget_attachment(Id space, std::uint8_t number) {
    auto const before = tables(space);
    for (auto& page : state_.pages[at(space).area])
        if (page.attachment == number) page = {};
    settle_tables(space, before);
}

} // namespace model
