#include <hardware.hpp>

#include <kernel/log/check.hpp>
#include <kernel/log/log.hpp>

#include <page_entry.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <tuple>

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

namespace kernel::arch {

FakeMachine fake_machine;

void FakeMachine::reset(std::uint64_t bytes) {
    auto* memory = ram;
    if (memory) {
        ASAN_UNPOISON_MEMORY_REGION(memory, ram_bytes);
        ::madvise(memory, ram_bytes, MADV_DONTNEED);
    } else {
        // At the same place in every run, so that a state can be written down and compared.
        auto* const place = reinterpret_cast<void*>(std::uint64_t{0x6000} << 32);
        memory = static_cast<std::byte*>(
            ::mmap(place, ram_most, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0));
        if (memory == MAP_FAILED) {
            std::perror("the arena");
            std::abort();
        }
    }
    *this = FakeMachine{};
    ram = memory;
    ram_bytes = bytes;
}

void FakeMachine::act_as(unsigned number) {
    if (number == acting) return;
    if (others.size() <= std::max(number, acting)) others.resize(std::max(number, acting) + 1);
    auto& here = static_cast<FakeProcessor&>(*this);
    others[acting] = std::move(here);
    here = std::move(others[number]);
    acting = number;
}

std::optional<FakeMachine::Translation> FakeMachine::walk(std::uint64_t address, Way* way) const {
    if (root == 0 || address >= abi::user_end) return {};
    auto table = base::Phys{root};
    for (unsigned level = 4; level > 0; level--) {
        auto const shift = 12 + 9 * (level - 1);
        auto const* const entries = reinterpret_cast<PageEntry const*>(to_virtual(table));
        auto const entry = entries[address >> shift & 511];
        if (!(entry.raw & PageEntry::present)) return {};
        auto const bytes = std::uint64_t{1} << shift;
        if (level == 1 || (entry.raw & PageEntry::large))
            return Translation{base::align_down(address, bytes), bytes, entry.raw};
        if (way) (*way)[4 - level] = entry.frame().raw;
        table = entry.frame();
    }
    return {};
}

bool FakeMachine::touch(std::uint64_t address) {
    Way way{};
    auto const found = walk(address, &way);
    if (found) {
        translations.push_back(*found);
        if (ways_.size() == ways_kept) ways_.erase(ways_.begin());
        ways_.emplace_back(address, way);
    }
    return found.has_value();
}

void FakeMachine::load(std::uint64_t space, unsigned its_number, bool keep) {
    root = space;
    root_loads++;
    if (number != 0) kept[number] = {std::move(translations), std::move(ways_)};
    number = its_number;
    translations.clear();
    ways_.clear();
    if (keep) std::tie(translations, ways_) = std::move(kept[number]);
}

void FakeMachine::forget(std::uint64_t address) {
    flushed.push_back(address);
    if (isolated) return;
    std::erase_if(translations,
                  [&](Translation const& one) { return address - one.page < one.bytes; });
    for (auto& [used, way] : ways_) {
        way = {};
        (void)walk(used, &way);
    }
}

std::optional<std::uint64_t> FakeMachine::stale_translation() const {
    for (auto const& [used, way] : ways_) {
        Way now{};
        (void)walk(used, &now);
        for (unsigned i = 0; i < way.size(); i++)
            if (way[i] != 0 && way[i] != now[i]) return used;
    }
    constexpr auto frame = PageEntry::frame_mask;
    for (auto const& old : translations) {
        auto const now = walk(old.page);
        if (!now) return old.page;
        // A large page may have been split: the same frame, with the same access, will do.
        auto const offset = old.page - now->page;
        bool const same = (now->entry & frame) + offset == (old.entry & frame);
        bool const lost = (old.entry & PageEntry::write & ~now->entry) != 0 ||
                          (now->entry & PageEntry::no_execute & ~old.entry) != 0;
        if (!same || lost) return old.page;
    }
    return {};
}

std::uint64_t FakeMachine::walk_for_device(std::uint64_t table, std::uint64_t address) const {
    for (unsigned level = iommu.depth;; level--) {
        auto const* const entries = reinterpret_cast<PageEntry const*>(to_virtual({table}));
        auto const entry = entries[address >> (12 + 9 * (level - 1)) & 511];
        if (!(entry.raw & PageEntry::present)) return 0;
        check((entry.raw & (PageEntry::guard | 0x800)) == 0, "an IOMMU's reserved bits are clear");
        if (level == 1) return entry.raw;
        check((entry.raw & PageEntry::large) == 0, "devices have no large pages");
        table = entry.frame().raw;
    }
}

std::optional<base::Phys> FakeMachine::device_access(std::uint32_t device, std::uint64_t address,
                                                     bool write) {
    if (!iommu.present) return base::Phys{address};
    auto const found = iommu.devices.find(device);
    if (found == iommu.devices.end()) return {};
    auto const [domain, table] = found->second;
    auto const page = base::align_down(address, abi::page_bytes);
    auto const known = std::ranges::find_if(iommu.translations, [&](auto const& one) {
        return one.domain == domain && one.page == page;
    });
    auto const entry =
        known != iommu.translations.end() ? known->entry : walk_for_device(table, page);
    if (known == iommu.translations.end()) iommu.translations.push_back({domain, page, entry});
    if (!(entry & PageEntry::present) || (write && !(entry & PageEntry::write))) return {};
    return base::Phys{(entry & PageEntry::frame_mask) + (address - page)};
}

std::optional<std::uint64_t> FakeMachine::stale_device_translation() const {
    for (auto const& old : iommu.translations) {
        auto const holder = std::ranges::find_if(
            iommu.devices, [&](auto const& one) { return one.second.domain == old.domain; });
        if (holder == iommu.devices.end() ||
            walk_for_device(holder->second.root, old.page) != old.entry)
            return old.page;
    }
    return {};
}

bool FakeMachine::Iommu::attach(std::uint32_t device, std::uint32_t domain, base::Phys tables) {
    return serves(device) && devices.insert({device, {domain, tables.raw}}).second;
}

void FakeMachine::Iommu::detach(std::uint32_t device) {
    auto const domain = devices.at(device).domain;
    devices.erase(device);
    flush(domain);
}

void FakeMachine::Iommu::flush(std::uint32_t domain) {
    std::erase_if(translations, [&](auto const& one) { return one.domain == domain; });
}

void load_space(base::Phys space) { fake_machine.load(space.raw); }

void load_space(base::Phys space, std::uint32_t number, bool keep) {
    check(number > 0 && number < space_numbers, "a space has a number");
    fake_machine.load(space.raw, number, keep);
}

void load_kernel_space() { fake_machine.load(0); }

void flush_page(std::uint64_t address) { fake_machine.forget(address); }

std::span<std::uint64_t const, 256> kernel_half() {
    static auto const half = [] {
        std::array<std::uint64_t, 256> entries;
        for (std::size_t i = 0; i < entries.size(); i++)
            entries[i] = 0xfee0'0000'0000'0003 + i * 0x1000;
        return entries;
    }();
    return half;
}

void ExtendedState::save() {
    check(!fake_machine.extended_trapped, "the extended state is saved while it is trapped");
    std::memcpy(bytes_, fake_machine.extended_registers.data(), sizeof bytes_);
}

void ExtendedState::load() const {
    check(!fake_machine.extended_trapped, "the extended state is loaded while it is trapped");
    std::memcpy(fake_machine.extended_registers.data(), bytes_, sizeof bytes_);
}

void allow_ports(Core*, std::uint32_t first, std::uint32_t count) {
    for (auto port = first; port < first + count; port++) fake_machine.ports.set(port);
}

void seal(std::byte* block, std::uint64_t bytes) { ASAN_POISON_MEMORY_REGION(block, bytes); }
void unseal(std::byte* block, std::uint64_t bytes) { ASAN_UNPOISON_MEMORY_REGION(block, bytes); }

void power_off(std::uint8_t code) {
    fake_machine.powered_off = code;
    throw MachineEnded{};
}

void restart_machine() { throw MachineEnded{}; }

void write_log(std::string_view text) { fake_machine.log += text; }

void log_backtrace() {}

void stop() {
    std::fputs(fake_machine.log.c_str(), stderr);
    std::abort();
}

} // namespace kernel::arch

extern "C" [[noreturn]] void start_user_mode(kernel::Thread*);
void start_user_mode(kernel::Thread*) { throw kernel::arch::MachineEnded{}; }
