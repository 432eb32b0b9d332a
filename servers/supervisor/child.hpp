#pragma once
// A process under construction: its pool is filled from the supervisor's, its space is mapped, and
// its start page is written as both go on.

#include <protocols/start_page.hpp>
#include <runtime/handle.hpp>
#include <servers/supervisor/service.hpp>

#include <string_view>

namespace supervisor {

class Child {
public:
    /// The service's pool and space are there and empty; `page` is where its start page will be
    /// seen.
    Child(Service& service, protocols::StartPage& page)
        : service_(service), page_(page), pool_(service.incarnation.pool.view()),
          space_(service.incarnation.space.view()) {}

    // ---- capabilities: into a slot that is known to all, or the next free one ----
    base::Result<> copy_to(std::uint16_t slot, abi::CapAddress source,
                           abi::RightsMask rights = abi::all_rights);
    base::Result<abi::CapAddress> copy(abi::CapAddress source,
                                       abi::RightsMask rights = abi::all_rights);
    base::Result<abi::CapAddress> mint(abi::CapAddress source, abi::RightsMask rights,
                                       abi::Word first, abi::Word second = 0);
    base::Result<> mint_to(std::uint16_t slot, abi::CapAddress source, abi::RightsMask rights,
                           abi::Word first, abi::Word second = 0);

    // ---- memory: all of it, or part of it ----
    base::Result<abi::Word> attach(runtime::Memory memory) { return space_.attach(memory); }
    base::Result<> map(abi::Word attachment, std::uint64_t address, std::uint64_t page,
                       std::uint64_t pages, abi::Protection protection);
    base::Result<> map_whole(runtime::Memory memory, std::uint64_t address, std::uint64_t bytes,
                             abi::Protection protection);
    base::Result<> guard(std::uint64_t address) {
        TRY(space_.guard(address, 1, true));
        return {};
    }

    /// Addresses for session memory, each piece at a boundary of 2 MiB.
    std::uint64_t next_session_address(std::uint64_t bytes);

    // ---- the start page ----
    base::Result<> add(protocols::Session const& session);
    base::Result<> add(protocols::Resource const& resource);
    /// Call when everything else is in place. `boot_words`: the command line of the boot.
    void finish_page(std::string_view boot_words);

    Service& service() { return service_; }
    protocols::StartPage& page() { return page_; }

private:
    Service& service_;
    protocols::StartPage& page_;
    runtime::CapPool pool_;
    runtime::AddressSpace space_;
    std::uint16_t next_slot_ = protocols::start_slot::message + 1;
    std::uint64_t next_address_ = protocols::session_base;

    void write_arguments(std::string_view boot_words);
};

} // namespace supervisor
