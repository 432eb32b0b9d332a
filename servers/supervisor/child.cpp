#include <servers/supervisor/child.hpp>

#include <base/address.hpp>
#include <protocols/text_builder.hpp>

namespace supervisor {

base::Result<> Child::copy_to(std::uint16_t slot, abi::CapAddress source, abi::RightsMask rights) {
    TRY(pool_.copy(slot, source, rights));
    return {};
}

base::Result<abi::CapAddress> Child::copy(abi::CapAddress source, abi::RightsMask rights) {
    return pool_.copy(next_slot_++, source, rights);
}

base::Result<abi::CapAddress> Child::mint(abi::CapAddress source, abi::RightsMask rights,
                                          abi::Word first, abi::Word second) {
    return pool_.mint(next_slot_++, source, rights, first, second);
}

base::Result<> Child::mint_to(std::uint16_t slot, abi::CapAddress source, abi::RightsMask rights,
                              abi::Word first, abi::Word second) {
    TRY(pool_.mint(slot, source, rights, first, second));
    return {};
}

base::Result<> Child::map(abi::Word attachment, std::uint64_t address, std::uint64_t page,
                          std::uint64_t pages, abi::Protection protection) {
    auto const done = space_.map(attachment, address, page, pages, protection);
    if (done.error != abi::Error::ok) return base::fail(done.error);
    return {};
}

base::Result<> Child::map_whole(runtime::Memory memory, std::uint64_t address, std::uint64_t bytes,
                                abi::Protection protection) {
    auto const attachment = TRY(attach(memory));
    return map(attachment, address, 0, bytes / abi::page_bytes, protection);
}

std::uint64_t Child::next_session_address(std::uint64_t bytes) {
    auto const address = next_address_;
    next_address_ += base::align_up(bytes, abi::large_page_bytes);
    return address;
}

base::Result<> Child::add(protocols::Session const& session) {
    if (page_.sessions == protocols::max_sessions) return base::fail(abi::Error::out_of_range);
    page_.session[page_.sessions++] = session;
    return {};
}

base::Result<> Child::add(protocols::Resource const& resource) {
    if (page_.resources == protocols::max_resources) return base::fail(abi::Error::out_of_range);
    page_.resource[page_.resources++] = resource;
    return {};
}

void Child::write_arguments(std::string_view boot_words) {
    auto const& entry = *service_.entry;
    protocols::TextBuilder text(page_.arguments);
    text.put({entry.arguments, entry.argument_bytes});
    if ((entry.flags & protocols::manifest::service_flags::boot_words) != 0) {
        if (text.length() > 0) text.put(' ');
        text.put(boot_words);
    }
    page_.argument_bytes = static_cast<std::uint32_t>(text.length());
}

void Child::finish_page(std::string_view boot_words) {
    auto const& entry = *service_.entry;
    page_.version = protocols::start_version;
    page_.incarnation = service_.row.incarnation;
    page_.name = entry.name;
    page_.heap_address = protocols::heap_base;
    page_.heap_bytes = service_.plan->heap_bytes();
    page_.log_bytes = entry.log_bytes;
    page_.first_free_slot = next_slot_;
    page_.slots = abi::pool_segment_slots;
    write_arguments(boot_words);
    page_.processors = runtime::environment().boot->processors;
    page_.has_predecessor = service_.has_predecessor;
    page_.predecessor = service_.predecessor;
    page_.magic = protocols::start_magic;
}

} // namespace supervisor
