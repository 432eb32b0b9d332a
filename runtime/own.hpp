#pragma once
// The capabilities that every native process has at the same address, the first one included.

#include <abi/boot.hpp>
#include <protocols/start_page.hpp>

namespace runtime {

constexpr abi::CapAddress own_pool{protocols::start_slot::pool, 1};
constexpr abi::CapAddress own_process{protocols::start_slot::process, 1};
constexpr abi::CapAddress own_space{protocols::start_slot::space, 1};
constexpr abi::CapAddress first_thread{protocols::start_slot::thread, 1};
constexpr abi::CapAddress first_context{protocols::start_slot::context, 1};

static_assert(own_pool.slot() == abi::boot_slot::pool);
static_assert(own_process.slot() == abi::boot_slot::process);
static_assert(own_space.slot() == abi::boot_slot::space);
static_assert(first_thread.slot() == abi::boot_slot::thread);
static_assert(first_context.slot() == abi::boot_slot::context);

} // namespace runtime
