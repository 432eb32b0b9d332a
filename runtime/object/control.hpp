#pragma once
// Control: the kernel's log, power, counters, the wall clock, and the right to make Interrupts and
// set budgets.

#include <abi/info.hpp>
#include <runtime/message_page.hpp>
#include <runtime/object/dma_space.hpp>
#include <runtime/object/interrupt.hpp>
#include <runtime/object/owned.hpp>
#include <runtime/object/sched_context.hpp>
#include <runtime/object/untyped.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace runtime {

class Control : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::control;
    using Capability::Capability;

    /// Into the kernel's log; cut to the size of the message page's text.
    base::Result<> log(std::string_view text) const {
        auto const bytes = std::min(text.size(), sizeof(message_page().text));
        std::memcpy(message_page().text, text.data(), bytes);
        return call<abi::ControlLog>(address_, bytes);
    }
    /// Returns only if it is refused.
    base::Result<> power_off(abi::Word code = 0) const {
        return call<abi::ControlPower>(address_, 0, code);
    }
    base::Result<> restart() const { return call<abi::ControlPower>(address_, 1, 0); }
    base::Result<abi::KernelCounters> counters() const {
        TRY(call<abi::ControlCounters>(address_));
        return info_from_message_page<abi::KernelCounters>();
    }
    /// The wall clock at monotonic time zero.
    base::Result<> set_wall_clock(abi::Word offset_ns) const {
        return call<abi::ControlSetWallClock>(address_, offset_ns);
    }
    /// `flags`: see abi::InterruptCreate.
    base::Result<Owned<Interrupt>> make_interrupt(Untyped from, abi::Word line, abi::Word flags,
                                                  abi::Word processor = 0) const {
        auto const slot = TRY(allocate_slot());
        return kept(slot, call<abi::InterruptCreate>(address_, from.address(), line, flags,
                                                     processor, abi::Place{{}, slot}));
    }
    /// One that a device (see abi::DmaAttach) fires by the message that the Interrupt tells.
    base::Result<Owned<Interrupt>> make_message_interrupt(Untyped from, std::uint32_t device,
                                                          abi::Word processor = 0) const {
        auto const slot = TRY(allocate_slot());
        return kept(slot, call<abi::InterruptCreateMessage>(address_, from.address(), device,
                                                            processor, abi::Place{{}, slot}));
    }
    /// Give a device (see abi::DmaAttach) a space. False: nothing confines it to that.
    base::Result<bool> attach_device(DmaSpace space, std::uint32_t device) const {
        return TRY(call<abi::DmaAttach>(address_, space.address(), device)) != 0;
    }
    /// It has been reset: it uses no address any more that it was told.
    base::Result<> release_device(std::uint32_t device) const {
        return call<abi::DmaRelease>(address_, device);
    }
    /// `processor`: the one that the context's thread runs on from now on.
    base::Result<> set_budget(SchedContext context, abi::Word budget_ns, abi::Word period_ns,
                              abi::Word processor) const {
        return call<abi::SchedContextConfigure>(address_, context.address(), budget_ns, period_ns,
                                                processor);
    }

private:
    static base::Result<Owned<Interrupt>> kept(std::uint16_t slot,
                                               base::Result<abi::CapAddress> made) {
        if (!made) {
            release_slot(slot);
            return base::fail(made.error());
        }
        return Owned<Interrupt>(*made);
    }
};

} // namespace runtime
