#include <runtime/boot_memory.hpp>
#include <runtime/environment.hpp>
#include <runtime/message_page.hpp>
#include <runtime/slots.hpp>

#include <cstdint>

namespace runtime {

namespace {

constinit Environment own;
/// The first process's, which nobody watches.
constinit protocols::StatusPage unwatched{};

template <class T> T* at(abi::Word address) { return reinterpret_cast<T*>(address); }

Environment from_start_page(protocols::StartPage const& page) {
    return {
        .start = &page,
        .objects = {protocols::start_slot::objects, 1},
        .pool_memory = {protocols::start_slot::objects, 1},
        .events = {protocols::start_slot::events, 1},
        .endpoint = {protocols::start_slot::endpoint, 1},
        .log_control = {protocols::start_slot::log, 1},
        .first_free_slot = page.first_free_slot,
        .slots = page.slots,
        .message_page = at<abi::MessagePage>(protocols::message_page_address),
        .clock = at<abi::ClockPage const>(protocols::clock_page_address),
        .status = at<protocols::StatusPage>(protocols::status_page_address),
        .log_ring = {at<std::byte>(protocols::log_ring_address), page.log_bytes},
        .heap = {at<std::byte>(page.heap_address), page.heap_bytes},
    };
}

Environment from_boot_info(abi::BootInfo const& info) {
    return {
        .boot = &info,
        .objects = {}, // made below, like the heap
        .pool_memory = {},
        .events = {},
        .endpoint = {},
        .log_control = {abi::boot_slot::control, 1},
        .first_free_slot = abi::boot_slot::first_region + info.regions,
        .slots = abi::pool_segment_slots,
        .message_page = at<abi::MessagePage>(abi::boot_message_page_address),
        .clock = at<abi::ClockPage const>(abi::boot_clock_address),
        .status = &unwatched,
        .log_ring = {},
        .heap = {},
    };
}

} // namespace

thread_local constinit abi::MessagePage* detail::thread_message_page = nullptr;

Environment const& environment() { return own; }

void read_environment() {
    static_assert(abi::boot_info_address == protocols::start_page_address);
    auto const magic = *at<std::uint64_t const>(protocols::start_page_address);
    if (magic == abi::boot_info_magic) {
        own = from_boot_info(*at<abi::BootInfo const>(abi::boot_info_address));
        detail::begin_slots(own.first_free_slot, own.slots);
        auto const memory = detail::take_boot_memory(*own.boot);
        own.objects = memory.objects;
        own.pool_memory = memory.source;
        own.heap = memory.heap;
    } else if (magic == protocols::start_magic) {
        own = from_start_page(*at<protocols::StartPage const>(protocols::start_page_address));
        detail::begin_slots(own.first_free_slot, own.slots);
    } else {
        __builtin_trap(); // not started by anybody we know
    }
}

} // namespace runtime
