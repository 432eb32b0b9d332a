#pragma once
// What the kernel found out about this machine at boot and needs later. Written by start.cpp on the
// first processor before any other runs, then only read: it carries no lock.

#include <base/address.hpp>
#include <kernel/arch/x86_64/clock.hpp>
#include <kernel/arch/x86_64/descriptors.hpp>
#include <kernel/arch/x86_64/features.hpp>
#include <kernel/arch/x86_64/io_apic.hpp>
#include <kernel/arch/x86_64/local_apic.hpp>
#include <kernel/arch/x86_64/power.hpp>
#include <kernel/arch/x86_64/vtd.hpp>
#include <kernel/start/interrupt_topology.hpp>

#include <atomic>

namespace kernel::arch {

struct Machine {
    Features features;
    base::Phys kernel_root;          ///< top-level table with the kernel's half only
    base::Phys shared_root;          ///< and with what user mode's tables have of it
    bool isolated = false;           ///< that is not all
    bool prediction_barrier = false; ///< at each change of spaces
    InterruptTopology topology;
    Clock clock;
    LocalApic local_apic;
    IoApics io_apics;
    Vtd vtd;
    Power power;
    std::atomic<bool> stopping{false}; ///< a panic: who takes a non-maskable interrupt halts
};

extern constinit Machine machine;

} // namespace kernel::arch
