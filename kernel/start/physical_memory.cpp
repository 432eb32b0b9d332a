#include <kernel/start/physical_memory.hpp>

#include <formats/acpi.hpp>

#include <algorithm>

namespace kernel {
namespace {

constexpr std::string_view too_many = "the memory map has too many parts";

/// Real-mode code and old firmware live here, and other processors start here: never given away.
constexpr base::Phys low_memory_end{1 << 20};

constexpr std::uint64_t rsdp_bytes = sizeof(formats::acpi::Rsdp);

MemoryUse use_of(FirmwareMemory type) {
    switch (type) {
    case FirmwareMemory::usable: return MemoryUse::usable;
    case FirmwareMemory::acpi_tables:
    case FirmwareMemory::acpi_storage: return MemoryUse::firmware;
    case FirmwareMemory::reserved: break;
    }
    return MemoryUse::firmware_reserved;
}

/// `end` is clipped: the firmware's sums may overflow.
bool assign(MemoryMap& memory, FirmwareRange const& range, base::Phys reach) {
    auto const use = use_of(range.type);
    std::uint64_t const top =
        use == MemoryUse::usable ? std::min(reach, memory.limit()).raw : memory.limit().raw;
    if (range.begin.raw >= top) return true;
    base::Phys const end{range.begin.raw + std::min(range.bytes, top - range.begin.raw)};
    return memory.assign(range.begin, end, use);
}

/// Give every range of one use within [begin, end) another use, if `condition` holds for it.
template <class Condition>
bool reassign(MemoryMap& memory, base::Phys begin, base::Phys end, MemoryUse from, MemoryUse to,
              Condition&& condition) {
    MemoryMap const before = memory;
    return std::ranges::all_of(before.ranges(), [&](MemoryRange const& range) {
        base::Phys const first = std::max(range.begin, begin);
        base::Phys const last = std::min(range.end, end);
        if (range.use != from || first >= last || !condition(range)) return true;
        return memory.assign(first, last, to);
    });
}

} // namespace

std::string_view describe(BootDescription& boot, base::Phys limit, base::Phys reach,
                          KernelImage const& image) {
    MemoryMap& memory = boot.memory;
    memory.reset(limit);

    // Where entries overlap, the more careful one wins: free memory is entered first.
    for (bool const usable : {true, false})
        for (FirmwareRange const& range : boot.loader.memory)
            if ((range.type == FirmwareMemory::usable) == usable && !assign(memory, range, reach))
                return too_many;

    // Reserved memory that holds tables is to be read; the rest is as good as a device's registers
    // (PCI's configuration space is reserved on many machines).
    auto const has_tables = [&](MemoryRange const& range) {
        return boot.tables.any_within(range.begin, range.end);
    };
    auto const always = [](MemoryRange const&) { return true; };
    if (!reassign(memory, {0}, limit, MemoryUse::firmware_reserved, MemoryUse::firmware,
                  has_tables) ||
        !reassign(memory, {0}, limit, MemoryUse::firmware_reserved, MemoryUse::device, always) ||
        !reassign(memory, {0}, low_memory_end, MemoryUse::usable, MemoryUse::kernel, always))
        return too_many;

    // A loader may have left its copy of the root pointer in RAM, free or low.
    base::Phys const rsdp = boot.tables.rsdp();
    MemoryUse const around = memory.use_of(rsdp);
    if (rsdp.raw != 0 && (around == MemoryUse::usable || around == MemoryUse::kernel))
        if (!memory.assign(rsdp, rsdp + rsdp_bytes, MemoryUse::firmware)) return too_many;

    if (!memory.all(image.begin, image.end, MemoryUse::usable))
        return "the kernel was loaded over memory that is not free";
    if (!memory.assign(image.begin, image.end, MemoryUse::kernel)) return too_many;

    if (boot.loader.modules.empty()) return "there is no boot image (QEMU: -initrd, GRUB: module2)";
    for (BootModule const& module : boot.loader.modules) {
        if (module.bytes == 0 || module.bytes > limit.raw || module.begin.raw > limit.raw)
            return "a boot module is empty or out of reach";
        base::Phys const begin{base::align_down(module.begin.raw, abi::page_bytes)};
        base::Phys const end{base::align_up(module.begin.raw + module.bytes, abi::page_bytes)};
        if (!memory.all(begin, end, MemoryUse::usable))
            return "a boot module lies over memory that is not free";
        if (!memory.assign(begin, end, MemoryUse::module)) return too_many;
    }
    return {};
}

} // namespace kernel
