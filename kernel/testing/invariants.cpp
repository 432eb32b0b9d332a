#include <kernel/testing/invariants.hpp>

#include <kernel/testing/invariants/checker.hpp>

#include <bitset>

namespace kernel::testing {

namespace {

/// What the fake machine knows and a real one does not tell.
class Machine {
public:
    explicit Machine(Processor& processor) : processor_(processor) {}

    unsigned check() {
        auto const stale = machine_.stale_translation();
        expect(!stale, "the processor remembers a page at {:x} that has changed",
               stale.value_or(0));
        if (auto const* const current = processor_.current) {
            expect(machine_.root == arch::to_physical(current->space->tables_.top_).raw,
                   "CR3 is another");
            expect(machine_.extended_trapped == current->fpu_free, "extended state trapped: {}",
                   machine_.extended_trapped);
            check_ports(*current->process);
        }
        check_lines();
        check_senders();
        check_iommu();
        return broken_;
    }

private:
    arch::FakeMachine const& machine_ = arch::fake_machine;
    Processor& processor_;
    unsigned broken_ = 0;

    template <class... A>
    void expect(bool holds, LogFormat<std::type_identity_t<A>...> text, A const&... arguments) {
        if (holds) return;
        broken_++;
        if constexpr (sizeof...(A) == 0)
            log(text.text);
        else
            log(text, arguments...);
    }

    void check_ports(Process& process) {
        expect(processor_.ports_open == process.has_ports &&
                   machine_.ports_open == process.has_ports,
               "another process's ports are open");
        if (!process.has_ports) return;
        std::bitset<0x10000> enabled;
        for (auto& range : process.ports)
            if (!range.empty())
                for (auto port = range.first(); port < range.first() + range.count(); port++)
                    enabled.set(port);
        expect(machine_.ports == enabled, "other ports are open than are enabled");
    }

    void check_iommu() {
        if (!machine_.iommu.present) return;
        std::size_t attached = 0;
        for (auto* space : root().dma_domains) {
            if (!space) continue;
            attached++;
            auto const found = machine_.iommu.devices.find(space->device_);
            expect(found != machine_.iommu.devices.end() &&
                       found->second.domain == space->domain_ &&
                       found->second.root == space->tables_.root().raw,
                   "the IOMMU takes a device's tables from elsewhere");
        }
        expect(machine_.iommu.devices.size() == attached,
               "the IOMMU lets a device through that has no space");
        auto const stale = machine_.stale_device_translation();
        expect(!stale, "the IOMMU remembers device address {:x} as it was", stale.value_or(0));
    }

    void check_senders() {
        std::size_t connected = 0;
        for (auto& vector : root().interrupts.vectors_) {
            if (vector.sharers.empty()) continue;
            connected++;
            auto const& first = vector.sharers.front();
            auto const sender = machine_.senders.find(first.vector());
            expect(sender != machine_.senders.end() &&
                       (!first.route().by_message() || sender->second == first.route().device),
                   "vector {} may be sent by another", first.vector());
        }
        expect(machine_.senders.size() == connected, "a vector that is nobody's may be sent");
    }

    void check_lines() {
        std::bitset<arch::FakeMachine::lines> used;
        for (auto& vector : root().interrupts.vectors_) {
            if (vector.sharers.empty() || vector.sharers.front().route().by_message()) continue;
            auto const& route = vector.sharers.front().route();
            auto const line = route.line;
            expect(!used[line], "line {} has two vectors", line);
            used.set(line);
            auto const number = vector.sharers.front().vector();
            expect(static_cast<std::uint32_t>(machine_.line[line]) ==
                           arch::line_low(route, number, !vector.open) &&
                       machine_.line[line] >> 32 == arch::line_high(arch::apic_of(route.processor)),
                   "line {} is not as it should be", line);
        }
        for (std::uint32_t line = 0; line < arch::FakeMachine::lines; line++)
            expect(used[line] || (machine_.line[line] & arch::line_low({}, 0, true)) != 0,
                   "line {} is open and nobody's", line);
    }
};

} // namespace

std::string broken_invariants(World& world) {
    static Notes notes;
    auto& said = arch::fake_machine.log;
    auto const before = said.size();
    Checker checker{notes, root().running()};
    for (auto* anchor : world.anchors()) checker.anchor(*anchor);
    auto const acting = arch::fake_machine.acting;
    if (checker.run() == 0 && !checker.too_much())
        for (auto* const one : root().running()) {
            world.on(one->number);
            (void)Machine{*one}.check();
        }
    world.on(acting);
    auto result = said.substr(before);
    said.resize(before);
    return checker.too_much() ? "there is more than the checker has room for\n" : result;
}

} // namespace kernel::testing
