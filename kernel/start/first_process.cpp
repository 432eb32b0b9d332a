#include <kernel/start/first_process.hpp>

#include <kernel/call/dispatch.hpp>
#include <kernel/cap/derivation.hpp>
#include <kernel/log/check.hpp>
#include <kernel/log/log.hpp>
#include <kernel/object/make.hpp>
#include <kernel/object/objects.hpp>
#include <kernel/root.hpp>
#include <kernel/sched/schedule.hpp>
#include <kernel/trace/trace.hpp>

#include <abi/boot_archive.hpp>

#include <cstring>

extern "C" [[noreturn]] void start_user_mode(kernel::Thread* thread);

namespace kernel {

namespace {

constexpr std::uint8_t highest_priority = 255;

/// What is made here is made once, of memory that is there: a failure means that the machine, or
/// what it was given to start with, will not do.
template <class T> T demand(base::Result<T> result, std::string_view what) {
    if (!result) log("making the first process: {}: {}", what, abi::name(result.error()));
    check(result.has_value(), "the first process can be made");
    return std::move(*result);
}

class FirstProcess {
public:
    FirstProcess(BootDescription const& boot, Untyped& memory);

    /// All memory there is, as capabilities: an Untyped, a Memory or a Reserved for each range.
    void give_memory(BootDescription const& boot);
    void load(BootModule const& module);
    Thread& thread() { return thread_; }

private:
    Untyped& memory_;
    CapPool& pool_;
    AddressSpace& space_;
    Process& process_;
    Thread& thread_;
    SchedContext& context_;
    abi::BootInfo* info_ = nullptr;
    Slot* program_ = nullptr; ///< Memory: where the first boot archive lies

    Slot& put(std::uint16_t number, Object& object, abi::RightsMask rights = abi::all_rights,
              std::uint64_t data = 0);
    /// Memory over pages of ours, for ever, and its capability.
    Slot& put_memory(std::uint16_t number, base::Phys start, std::uint64_t pages,
                     abi::RightsMask rights);
    /// The place for the capability of the next region, which `info_` tells of from now on.
    std::uint16_t next_region(abi::RegionType type, base::Phys start, std::uint64_t bytes);
    Slot& give(MemoryRange const& range);
    std::byte* take(unsigned size_log2) { return demand(memory_.take(size_log2), "memory"); }
    void map(Slot& memory, std::uint64_t offset, abi::Word address, std::uint64_t pages,
             abi::Protection protection);
    /// Pages of ours that it sees at this address, and their capability.
    Slot& show(std::uint16_t number, void const* pages, std::uint64_t bytes, abi::Word address,
               abi::Protection protection);
};

Slot& FirstProcess::put(std::uint16_t number, Object& object, abi::RightsMask rights,
                        std::uint64_t data) {
    auto* const slot = pool_.slot(number);
    check(slot && slot->empty(), "the first pool has room for its capabilities");
    derivation::fill(*slot, object, rights, data, nullptr);
    return *slot;
}

Slot& FirstProcess::put_memory(std::uint16_t number, base::Phys start, std::uint64_t pages,
                               abi::RightsMask rights) {
    auto* const object = demand(
        make<Memory>(memory_, start, pages, abi::Cache::write_back, false, nullptr), "memory");
    return put(number, *object, rights, Slot::extent(0, pages));
}

void FirstProcess::map(Slot& memory, std::uint64_t offset, abi::Word address, std::uint64_t pages,
                       abi::Protection protection) {
    auto const number =
        demand(space_.attach(static_cast<Memory&>(*memory.object), memory, 0), "attachment");
    auto const mapped =
        space_.map({number, {address}, offset, pages, protection, abi::RunOperation::map_fresh});
    check(mapped.has_value(), "the first process can be mapped");
}

FirstProcess::FirstProcess(BootDescription const& boot, Untyped& memory)
    : memory_(memory), pool_(*demand(make<CapPool>(memory), "pool")),
      space_(*demand(make<AddressSpace>(memory), "space")),
      process_(*demand(make<Process>(memory), "process")),
      thread_(*demand(make<Thread>(memory), "thread")),
      context_(*demand(make<SchedContext>(memory), "context")) {
    namespace at = abi::boot_slot;
    check(pool_.grow() && space_.initialise(), "the first pool and space can be made");
    auto& pool_slot = put(at::pool, pool_);
    put(at::process, process_);
    auto& space_slot = put(at::space, space_);
    put(at::thread, thread_, abi::all_rights, highest_priority);
    put(at::context, context_);
    put(at::control, *demand(make<Control>(memory), "control"));
    put(at::io_ports, *demand(make<IoPorts>(memory), "ports"), abi::all_rights,
        Slot::extent(0, 0x10000));

    constexpr auto read = abi::Protection::read, read_write = abi::Protection::read_write;
    show(at::clock, boot.clock_page, abi::page_bytes, abi::boot_clock_address, read);
    auto* const message = take(size_log2<abi::MessagePage>);
    auto& message_slot = show(at::message_page, message, abi::message_page_bytes,
                              abi::boot_message_page_address, read_write);
    constexpr unsigned info_log2 = size_log2<abi::BootInfo>;
    static_assert(info_log2 >= 12);
    info_ = new (take(info_log2)) abi::BootInfo{boot.loader.info};
    info_->magic = abi::boot_info_magic;
    info_->version = abi::boot_info_version;
    info_->bytes = sizeof *info_;
    info_->processors = root().processor_count;
    show(at::boot_info, info_, std::uint64_t{1} << info_log2, abi::boot_info_address, read);
    constexpr auto bottom = abi::boot_stack_top - abi::boot_stack_bytes;
    auto* const stack = take(size_log2<std::byte[abi::boot_stack_bytes]>);
    show(at::stack, stack, abi::boot_stack_bytes, bottom, read_write);
    unsigned budget = ~0u;
    std::uint64_t done = 0;
    check(space_.guard({bottom - abi::page_bytes}, 1, true, budget, done).has_value(),
          "a guard fits");

    derivation::derive(process_.pool_slot, pool_slot, abi::all_rights, 0);
    derivation::derive(process_.space_slot, space_slot, abi::all_rights, 0);
    process_.state = abi::ProcessState::running;
    process_.first = true;
    std::string_view{"supervisor"}.copy(process_.name, sizeof process_.name - 1);

    process_.join(thread_);
    derivation::derive(thread_.message_slot, message_slot, message_slot.rights, message_slot.data);
    thread_.message_page = reinterpret_cast<abi::MessagePage*>(message);
    thread_.priority = highest_priority;
    context_.configure(0, 0);
    thread_.bind_context(&context_);
    trace::introduce(thread_);
    trace::name(process_);
}

Slot& FirstProcess::show(std::uint16_t number, void const* pages, std::uint64_t bytes,
                         abi::Word address, abi::Protection protection) {
    auto const count = bytes / abi::page_bytes;
    auto const read = abi::MemoryRights::read;
    auto& slot = put_memory(
        number, arch::to_physical(pages), count,
        abi::mask(abi::writable(protection) ? abi::rights(read, abi::MemoryRights::write) : read));
    map(slot, 0, address, count, protection);
    return slot;
}

void FirstProcess::load(BootModule const& module) {
    namespace archive = abi::archive;
    archive::Header header;
    check(module.bytes >= sizeof header, "the boot archive is whole");
    std::memcpy(&header, arch::to_virtual(module.begin), sizeof header);
    check(header.magic == archive::magic && header.version == archive::version &&
              header.bytes <= module.bytes,
          "the first module is a boot archive of this version");
    check(header.init_entry != 0 && header.init_entry < abi::user_end &&
              header.init_segments <= archive::max_init_segments,
          "the boot archive has a first program");

    check(program_, "the boot module is a region");
    auto const region_start = static_cast<Memory&>(*program_->object).start_of(*program_);
    for (std::uint32_t i = 0; i < header.init_segments; i++) {
        auto const& segment = header.init[i];
        auto const offset = module.begin - region_start + segment.offset;
        check(base::aligned(offset | segment.address | segment.bytes, abi::page_bytes) &&
                  segment.offset <= header.bytes && segment.bytes <= header.bytes - segment.offset,
              "the first program's segments lie in the archive");
        map(*program_, offset / abi::page_bytes, segment.address, segment.bytes / abi::page_bytes,
            static_cast<abi::Protection>(segment.protection));
    }
    thread_.frame.rip = header.init_entry;
    thread_.frame.rsp = abi::boot_stack_top;
}

std::uint16_t FirstProcess::next_region(abi::RegionType type, base::Phys start,
                                        std::uint64_t bytes) {
    static_assert(MemoryMap::most_ranges + abi::max_processors <= abi::max_boot_regions);
    auto const number = static_cast<std::uint16_t>(abi::boot_slot::first_region + info_->regions);
    auto const address = pool_.slot(number)->address(number);
    info_->region[info_->regions++] = {type, address, start.raw, bytes};
    return number;
}

Slot& FirstProcess::give(MemoryRange const& range) {
    using Type = abi::RegionType;
    auto const start = range.begin;
    auto const bytes = range.bytes();
    auto const untyped = [&](Type type, bool device) -> Slot& {
        auto* const object =
            start == memory_.base()
                ? &memory_
                : demand(make<Untyped>(memory_, start, bytes, device, false, nullptr), "untyped");
        return put(next_region(type, start, bytes), *object, abi::all_rights, highest_priority);
    };
    auto const memory = [&](Type type, abi::RightsMask rights) -> Slot& {
        return put_memory(next_region(type, start, bytes), start, bytes / abi::page_bytes, rights);
    };
    switch (range.use) {
    case MemoryUse::usable: return untyped(Type::untyped, false);
    case MemoryUse::device:
    case MemoryUse::firmware_reserved: return untyped(Type::device, true);
    case MemoryUse::module: return memory(Type::module, abi::all_rights);
    case MemoryUse::firmware: return memory(Type::firmware, abi::mask(abi::MemoryRights::read));
    case MemoryUse::kernel: break;
    }
    return put(next_region(Type::reserved, start, bytes),
               *demand(make<Reserved>(memory_, start, bytes), "reserved"));
}

void FirstProcess::give_memory(BootDescription const& boot) {
    auto const archive = boot.loader.modules[0].begin;
    for (auto const& range : boot.memory.ranges()) {
        auto& slot = give(range);
        if (range.begin <= archive && archive < range.end) program_ = &slot;
    }
    for (auto const* processor : root().running()) {
        auto const start = arch::to_physical(processor->trace);
        constexpr auto bytes = sizeof(abi::TraceRing);
        put_memory(next_region(abi::RegionType::trace, start, bytes), start,
                   bytes / abi::page_bytes, abi::mask(abi::MemoryRights::read));
        log("trace of processor {} at {:x}", processor->number, start);
    }
}

} // namespace

void start_first_process(BootDescription& boot) {
    // What is left of the heap is free memory, but for a page: the first Untyped lies there.
    auto const kept = boot.heap.unused() + abi::page_bytes;
    check(boot.memory.assign(kept, boot.heap.end(), MemoryUse::usable), "the map has room for it");
    auto const largest = boot.memory.largest(MemoryUse::usable);
    check(largest.bytes() > 0, "there is memory for the first process");
    auto& memory = boot.heap.make<Untyped>(largest.begin, largest.bytes(), false, false, nullptr);

    FirstProcess first{boot, memory};
    first.give_memory(boot);
    first.load(boot.loader.modules[0]);

    first.thread().run();
    this_processor().slice_end = arch::now_ns() + schedule::slice_ns;
    auto* const next = leave_kernel();
    schedule::arm_timer();
    start_user_mode(next);
}

} // namespace kernel
