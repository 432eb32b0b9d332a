#include <tests/model/snapshot.hpp>

#include <kernel/log/check.hpp>

#include <cstring>

#include <signal.h>
#include <sys/mman.h>

namespace model {

using namespace kernel;

namespace {

constexpr std::size_t piece = 512;

Territory* watching = nullptr;

void on_write(int signal, siginfo_t* info, void*) {
    if (watching && watching->note(static_cast<std::byte*>(info->si_addr))) return;
    ::signal(signal, SIG_DFL); // a fault as any other: it comes again, and ends us
}

} // namespace

Territory::Territory(kernel::testing::World& world) {
    auto const add = [&](void* start, std::size_t bytes) {
        regions_.emplace_back(static_cast<std::byte*>(start), bytes);
        region_bytes_ += bytes;
    };
    for (auto* slot : world.anchors()) {
        add(slot, sizeof *slot);
        auto& object = *slot->object;
        add(&object, object.kind == abi::Kind::untyped ? sizeof(Untyped) : sizeof(Object));
    }
    add(&root(), sizeof(Root));
    add(&world.processor(), sizeof(Processor));
    auto const& machine = arch::fake_machine;
    written_.resize(machine.ram_bytes / abi::page_bytes);
    before_.resize(machine.ram_bytes);
    check(!watching, "one territory at a time");
    watching = this;
    struct sigaction action{};
    action.sa_sigaction = on_write;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGSEGV, &action, nullptr);
    ::mprotect(machine.ram, machine.ram_bytes, PROT_READ);
}

Territory::~Territory() {
    auto const& machine = arch::fake_machine;
    ::mprotect(machine.ram, machine.ram_bytes, PROT_READ | PROT_WRITE);
    watching = nullptr;
}

bool Territory::note(std::byte* address) {
    auto const& machine = arch::fake_machine;
    if (address < machine.ram || address >= machine.ram + machine.ram_bytes) return false;
    auto const offset =
        base::align_down(static_cast<std::uint64_t>(address - machine.ram), abi::page_bytes);
    auto* const page = machine.ram + offset;
    for (auto* const known : written())
        if (known == page) return false; // it may be written to: the fault is another
    std::memcpy(before_.data() + count_ * abi::page_bytes, page, abi::page_bytes);
    written_[count_++] = page;
    return ::mprotect(page, abi::page_bytes, PROT_READ | PROT_WRITE) == 0;
}

namespace {

/// Most of it is as it should be: written is only what is not.
void put_back(std::byte* to, std::byte const* from, std::size_t bytes) {
    for (std::size_t at = 0; at < bytes; at += piece) {
        auto const length = std::min(piece, bytes - at);
        if (std::memcmp(to + at, from + at, length) != 0) std::memcpy(to + at, from + at, length);
    }
}

} // namespace

void Snapshot::save(Territory const& territory) {
    pages_ = territory.written().size();
    bytes_.resize(territory.bytes());
    auto* to = bytes_.data();
    for (auto const region : territory.regions()) {
        std::memcpy(to, region.data(), region.size());
        to += region.size();
    }
    for (auto const* const page : territory.written()) {
        std::memcpy(to, page, abi::page_bytes);
        to += abi::page_bytes;
    }
    machine_ = arch::fake_machine;
}

void Snapshot::restore(Territory const& territory) const {
    auto const* from = bytes_.data();
    for (auto const region : territory.regions()) {
        put_back(region.data(), from, region.size());
        from += region.size();
    }
    auto const pages = territory.written();
    for (std::size_t i = 0; i < pages.size(); i++) {
        // A page that was first written to later was then as before all.
        auto const* const saved = i < pages_ ? from + i * abi::page_bytes : territory.before(i);
        put_back(pages[i], saved, abi::page_bytes);
    }
    arch::fake_machine = machine_;
}

} // namespace model
