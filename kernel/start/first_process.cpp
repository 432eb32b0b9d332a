#include <kernel/start/first_process.hpp>

#include <kernel/call/dispatch.hpp>
#include <kernel/cap/derivation.hpp>
#include <kernel/log/check.hpp>
#include <kernel/log/log.hpp>
#include <kernel/object/make.hpp>
#include <kernel/object/objects.hpp>
#include <kernel/root.hpp>
#include <kernel/sched/schedule.hpp>
#include <kernel/start/regions.hpp>
#include <kernel/trace/trace.hpp>

#include <abi/boot.hpp>
#include <abi/boot_archive.hpp>

#include <algorithm>
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
    FirstProcess(BootDescription& boot, Untyped& memory);

    void describe(BootDescription const& boot, Regions const& regions);
    void load(BootDescription const& boot);
    Thread& thread() { return thread_; }
    CapPool& pool() { return pool_; }

private:
    Untyped& memory_;
    CapPool& pool_;
    AddressSpace& space_;
    Process& process_;
    Thread& thread_;
    SchedContext& context_;
    abi::BootInfo* info_ = nullptr;

    Slot& put(std::uint16_t number, Object& object, abi::RightsMask rights = abi::all_rights,
              std::uint64_t data = 0);
    /// Memory over pages of ours, for ever, and its capability.
    Slot& put_memory(std::uint16_t number, base::Phys start, std::uint64_t pages,
                     abi::RightsMask rights);
    std::byte* take(unsigned size_log2) { return demand(memory_.take(size_log2), "memory"); }
    void map(Slot& memory, std::uint64_t offset, abi::Word address, std::uint64_t pages,
             abi::Protection protection);
    void map_stack();
    void add_trace(abi::TraceRing const& ring);
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

FirstProcess::FirstProcess(BootDescription& boot, Untyped& memory)
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

    auto const read_only = abi::mask(abi::MemoryRights::read);
    auto const read_write =
        abi::mask(abi::rights(abi::MemoryRights::read, abi::MemoryRights::write));
    map(put_memory(at::clock, boot.clock_page_address, 1, read_only), 0, abi::boot_clock_address, 1,
        abi::Protection::read);
    auto* const message = take(12);
    auto& message_slot = put_memory(at::message_page, arch::to_physical(message), 1, read_write);
    map(message_slot, 0, abi::boot_message_page_address, 1, abi::Protection::read_write);
    constexpr unsigned info_log2 = size_log2<abi::BootInfo>;
    static_assert(info_log2 >= 12);
    auto* const info = take(info_log2);
    info_ = new (info) abi::BootInfo{};
    map(put_memory(at::boot_info, arch::to_physical(info), 1 << (info_log2 - 12), read_only), 0,
        abi::boot_info_address, 1 << (info_log2 - 12), abi::Protection::read);
    map_stack();

    derivation::derive(process_.pool_slot, pool_slot, abi::all_rights, 0);
    derivation::derive(process_.space_slot, space_slot, abi::all_rights, 0);
    process_.state = abi::ProcessState::running;
    process_.first = true;
    std::string_view{"supervisor"}.copy(process_.name, sizeof process_.name - 1);

    thread_.process = &process_;
    thread_.space = &space_;
    process_.threads.push_back(thread_);
    derivation::derive(thread_.message_slot, message_slot, read_write, message_slot.data);
    thread_.message_page = reinterpret_cast<abi::MessagePage*>(message);
    thread_.priority = highest_priority;
    context_.configure(0, 0);
    thread_.bind_context(&context_);
    trace::introduce(thread_);
    trace::name(process_);
}

void FirstProcess::map_stack() {
    constexpr auto pages = abi::boot_stack_bytes / abi::page_bytes;
    constexpr auto bottom = abi::boot_stack_top - abi::boot_stack_bytes;
    auto* const stack = take(size_log2<std::byte[abi::boot_stack_bytes]>);
    map(put_memory(abi::boot_slot::stack, arch::to_physical(stack), pages,
                   abi::mask(abi::rights(abi::MemoryRights::read, abi::MemoryRights::write))),
        0, bottom, pages, abi::Protection::read_write);
    unsigned budget = ~0u;
    std::uint64_t done = 0;
    auto const guarded = space_.guard({bottom - abi::page_bytes}, 1, true, budget, done);
    check(guarded.has_value(), "a guard fits");
}

void FirstProcess::load(BootDescription const& boot) {
    namespace archive = abi::archive;
    check(!boot.loader.modules.empty(), "a boot archive was given (QEMU: -initrd)");
    auto const module = boot.loader.modules.all()[0];
    archive::Header header;
    check(module.bytes >= sizeof header, "the boot archive is whole");
    std::memcpy(&header, arch::to_virtual(module.begin), sizeof header);
    check(header.magic == archive::magic && header.version == archive::version &&
              header.bytes <= module.bytes,
          "the first module is a boot archive of this version");
    check(header.init_entry != 0 && header.init_entry < abi::user_end &&
              header.init_segments <= archive::max_init_segments,
          "the boot archive has a first program");

    auto& slot = *pool_.slot(static_cast<std::uint16_t>(abi::boot_slot::first_region +
                                                        Regions::of_module(*info_, module.begin)));
    auto const region_start = static_cast<Memory&>(*slot.object).start_of(slot);
    for (std::uint32_t i = 0; i < header.init_segments; i++) {
        auto const& segment = header.init[i];
        auto const offset = module.begin - region_start + segment.offset;
        check(base::aligned(offset | segment.address | segment.bytes, abi::page_bytes) &&
                  segment.offset <= header.bytes && segment.bytes <= header.bytes - segment.offset,
              "the first program's segments lie in the archive");
        map(slot, offset / abi::page_bytes, segment.address, segment.bytes / abi::page_bytes,
            static_cast<abi::Protection>(segment.protection));
        info_->init_pages += segment.bytes / abi::page_bytes;
    }
    thread_.frame.rip = header.init_entry;
    thread_.frame.rsp = abi::boot_stack_top;
}

void FirstProcess::describe(BootDescription const& boot, Regions const& regions) {
    auto& info = *info_;
    info.magic = abi::boot_info_magic;
    info.version = abi::boot_info_version;
    info.bytes = sizeof info;
    info.processors = root().processor_count;
    info.rsdp = boot.tables.rsdp().raw;
    info.boot_tsc = boot.boot_tsc;
    info.has_iommu = boot.has_iommu;
    info.century_index = boot.century_index;
    info.kernel_image_bytes = boot.image_bytes;
    auto const& screen = boot.loader.framebuffer;
    info.framebuffer_physical = screen.address.raw;
    info.framebuffer_width = screen.width;
    info.framebuffer_height = screen.height;
    info.framebuffer_pitch = screen.pitch;
    info.framebuffer_bits = screen.bits;
    auto const text = boot.loader.command_line();
    info.command_line_bytes =
        static_cast<std::uint32_t>(std::min(text.size(), sizeof info.command_line));
    std::memcpy(info.command_line, text.data(), info.command_line_bytes);

    for (auto const& region : regions.all()) {
        auto const number = static_cast<std::uint16_t>(abi::boot_slot::first_region + info.regions);
        auto const kind = region.object->kind;
        auto const data = kind == abi::Kind::memory
                              ? Slot::extent(0, region.bytes / abi::page_bytes)
                          : kind == abi::Kind::untyped ? highest_priority
                                                       : 0;
        auto const& slot = put(number, *region.object, region.rights, data);
        info.region[info.regions++] = {region.type, slot.address(number), region.start.raw,
                                       region.bytes};
    }
    for (auto const* processor : root().running()) add_trace(*processor->trace);
}

void FirstProcess::add_trace(abi::TraceRing const& ring) {
    check(info_->regions < abi::max_boot_regions, "there is room for the traces");
    auto const number = static_cast<std::uint16_t>(abi::boot_slot::first_region + info_->regions);
    auto const start = arch::to_physical(&ring);
    auto const& slot = put_memory(number, start, sizeof ring / abi::page_bytes,
                                  abi::mask(abi::MemoryRights::read));
    info_->region[info_->regions++] = {abi::RegionType::trace, slot.address(number), start.raw,
                                       sizeof ring};
    log("trace of processor {} at {:x}", ring.processor, start);
}

} // namespace

void start_first_process(BootDescription& boot) {
    Regions regions{boot};
    FirstProcess first{boot, regions.largest_untyped()};
    first.describe(boot, regions);
    first.load(boot);

    first.thread().run();
    this_processor().slice_end = arch::now_ns() + schedule::slice_ns;
    auto* const next = leave_kernel();
    schedule::arm_timer();
    start_user_mode(next);
}

} // namespace kernel
