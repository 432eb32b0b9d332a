#include <kernel/sched/remote.hpp>

#include <kernel/root.hpp>
#include <kernel/sched/schedule.hpp>

namespace kernel::remote {

namespace {

void post(Processor& other, std::uint32_t what) {
    other.mail.fetch_or(what); // partner: serve()
    // One that waits for the lock looks by itself. If it began to wait only now, the interrupt
    // finds nothing to do later.
    if (!other.waiting.load()) {
        this_processor().counters.processor_calls++;
        arch::call_processor(other.core);
    }
}

void wait_for(Processor& other, std::uint32_t what) {
    while ((other.mail.load() & what) != 0) arch::wait_for(other.core);
}

/// Nothing of the space's is in the registers any more.
void leave(Processor& self) {
    if (self.loaded) arch::save_bases(self.loaded->fs_base, self.loaded->gs_base);
    self.loaded = nullptr;
    arch::load_kernel_space();
    self.space = nullptr;
}

void flush_here(Processor& self) {
    auto const& flushes = root().flushes;
    if (!self.current) {
        leave(self); // asleep: so it is asked but once
    } else if (flushes.count > Flushes::most || !arch::flushes_pages()) {
        self.space->load(self);
        self.counters.tlb_flushes++;
    } else {
        for (std::uint32_t i = 0; i < flushes.count; i++) arch::flush_page(flushes.addresses[i]);
        self.counters.page_flushes += flushes.count;
    }
}

} // namespace

void ask(Processor& other, Request what) {
    post(other, what);
    wait_for(other, what);
}

void nudge(Processor& other) { post(other, look); }

std::uint32_t serve(Processor& self) {
    auto const wanted = self.mail.load();
    if (wanted == 0) return 0;
    if (wanted & flush) flush_here(self);
    if (wanted & leave_space) leave(self);
    if (wanted & unload) kernel::unload(*root().unloading, true);
    if (wanted & close_ports) kernel::close_ports(self);
    self.mail.fetch_and(~wanted); // partner: wait_for()
    return wanted;
}

void note_flush(AddressSpace& space, base::Virt address) {
    auto& flushes = root().flushes;
    if (flushes.space != &space) {
        finish_flushes();
        flushes.space = &space;
        space.changed();
        for (auto* const other : root().running())
            flushes.shared |= other != &this_processor() && other->space == &space;
    }
    if (!flushes.shared) return;
    if (flushes.count < Flushes::most) flushes.addresses[flushes.count] = address.raw;
    if (flushes.count <= Flushes::most) flushes.count++;
}

void send_flushes() {
    auto& flushes = root().flushes;
    if (flushes.count > 0) {
        auto const concerns = [&](Processor* other) {
            return other != &this_processor() && other->space == flushes.space;
        };
        for (auto* const other : root().running())
            if (concerns(other)) post(*other, flush);
        for (auto* const other : root().running()) wait_for(*other, flush);
    }
    flushes.space = nullptr;
    flushes.shared = false;
    flushes.count = 0;
}

void unload_space(AddressSpace const& space) {
    for (auto* const one : root().running())
        if (one->space == &space) {
            if (one == &this_processor())
                leave(*one);
            else
                ask(*one, leave_space);
        }
}

} // namespace kernel::remote
