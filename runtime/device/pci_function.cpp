#include <runtime/device/pci_function.hpp>

#include <bitset>

namespace device {

namespace {

constexpr unsigned devices_per_bus = 32;
constexpr unsigned functions_per_device = 8;
/// More than fit into configuration space: a list that is longer goes in circles.
constexpr unsigned most_capabilities = 48;

constexpr std::uint8_t offset(unsigned value) { return static_cast<std::uint8_t>(value); }
constexpr std::uint16_t low(std::uint32_t value) { return static_cast<std::uint16_t>(value); }

} // namespace

base::Result<std::uint8_t> PciFunction::read8(std::uint8_t at) const {
    auto const word = TRY(read32(offset(at & ~3u)));
    return static_cast<std::uint8_t>(word >> (at & 3) * 8);
}

base::Result<std::uint16_t> PciFunction::read16(std::uint8_t at) const {
    auto const word = TRY(read32(offset(at & ~3u)));
    return low(word >> (at & 2) * 8);
}

base::Result<> PciFunction::write16(std::uint8_t at, std::uint16_t value) const {
    auto const shift = (at & 2) * 8;
    auto const old = TRY(read32(offset(at & ~3u)));
    return write32(offset(at & ~3u),
                   (old & ~(std::uint32_t{0xffff} << shift)) | std::uint32_t{value} << shift);
}

base::Result<std::uint16_t> PciFunction::command(std::uint16_t on, std::uint16_t off) const {
    auto const old = TRY(read16(pci::header::command));
    // The other half is the status register, whose bits are cleared by writing ones: zeros keep it.
    TRY(write32(pci::header::command, (old & ~std::uint32_t{off}) | on));
    return read16(pci::header::command);
}

/// What reads back of all ones; `value` is put back.
base::Result<std::uint32_t> PciFunction::writable_bits(std::uint8_t at, std::uint32_t value) const {
    TRY(write32(at, ~std::uint32_t{0}));
    auto const bits = TRY(read32(at));
    TRY(write32(at, value));
    return bits;
}

base::Result<Bar> PciFunction::bar(unsigned number) const {
    auto const type = TRY(read8(pci::header::type)) & ~pci::several_functions;
    auto const count = type == 0 ? pci::bar::count : type == 1 ? pci::bar::count_in_bridge : 0;
    if (number >= count) return base::fail(abi::Error::out_of_range);
    auto const at = [](unsigned n) { return offset(pci::header::bar + 4 * n); };

    for (unsigned n = 0; n < number; n++) {
        auto const before = TRY(read32(at(n)));
        if ((before & (pci::bar::ports | pci::bar::type_mask)) != pci::bar::wide) continue;
        if (n + 1 == number) return Bar{};
        n++;
    }
    auto const value = TRY(read32(at(number)));
    bool const ports = (value & pci::bar::ports) != 0;
    bool const wide = !ports && (value & pci::bar::type_mask) == pci::bar::wide;
    if (wide && number + 1 >= count) return base::fail(abi::Error::not_supported);

    // With its decoders on the device would answer at the address that is all ones.
    auto const decoders =
        low(TRY(read16(pci::header::command)) & (pci::command::ports | pci::command::memory));
    TRY(command(0, decoders));
    auto const mask = ports ? pci::bar::ports_mask : pci::bar::memory_mask;
    std::uint64_t address = value & mask;
    std::uint64_t bits = TRY(writable_bits(at(number), value)) & mask;
    if (wide) {
        auto const high = TRY(read32(at(number + 1)));
        address |= std::uint64_t{high} << 32;
        bits |= std::uint64_t{TRY(writable_bits(at(number + 1), high))} << 32;
    } else if (bits != 0) {
        // The upper half of a port's register may be missing.
        bits |= ports ? ~std::uint64_t{0xffff} : ~std::uint64_t{0xffff'ffff};
    }
    TRY(command(decoders));
    return Bar{.address = address,
               .bytes = bits & (~bits + 1),
               .ports = ports,
               .prefetchable = !ports && (value & pci::bar::prefetchable) != 0};
}

base::Result<std::optional<std::uint8_t>> PciFunction::capability(pci::Capability kind) const {
    if ((TRY(read16(pci::header::status)) & pci::status::has_capabilities) == 0)
        return std::nullopt;
    auto at = offset(TRY(read8(pci::header::capabilities)) & ~3u);
    for (unsigned n = 0; at != 0 && n < most_capabilities; n++) {
        auto const word = TRY(read32(at));
        if (static_cast<pci::Capability>(word & 0xff) == kind) return at;
        at = offset(word >> 8 & 0xfc);
    }
    return std::nullopt;
}

base::Result<std::uint8_t> PciFunction::demand(pci::Capability kind) const {
    auto const at = TRY(capability(kind));
    if (!at) return base::fail(abi::Error::not_supported);
    return *at;
}

base::Result<> PciFunction::enable_msi(Message message) const {
    auto const at = TRY(demand(pci::Capability::msi));
    auto const control_at = offset(at + pci::capability::control);
    auto control = low(TRY(read16(control_at)) & ~(pci::msi::enable | pci::msi::several_mask));
    bool const wide = (control & pci::msi::wide) != 0;
    if (!wide && message.address >> 32 != 0) return base::fail(abi::Error::not_supported);
    TRY(write16(control_at, control));
    TRY(write32(offset(at + pci::msi::address), static_cast<std::uint32_t>(message.address)));
    if (wide)
        TRY(write32(offset(at + pci::msi::address + 4),
                    static_cast<std::uint32_t>(message.address >> 32)));
    TRY(write16(offset(at + pci::msi::data + (wide ? 4 : 0)), low(message.data)));
    TRY(command(pci::command::no_line));
    return write16(control_at, control | pci::msi::enable);
}

base::Result<> PciFunction::disable_msi() const {
    auto const at = TRY(demand(pci::Capability::msi));
    auto const control_at = offset(at + pci::capability::control);
    auto const control = TRY(read16(control_at));
    TRY(write16(control_at, low(control & ~pci::msi::enable)));
    TRY(command(0, pci::command::no_line));
    return {};
}

base::Result<MsixPlace> PciFunction::msix() const {
    auto const at = TRY(demand(pci::Capability::msix));
    auto const control = TRY(read16(offset(at + pci::capability::control)));
    auto const table = TRY(read32(offset(at + pci::msix::table)));
    return MsixPlace{.bar = table & pci::msix::bar_mask,
                     .offset = table & ~pci::msix::bar_mask,
                     .entries = (control & pci::msix::last_mask) + 1u};
}

base::Result<> PciFunction::set_msix(bool on) const {
    auto const at = TRY(demand(pci::Capability::msix));
    auto const control_at = offset(at + pci::capability::control);
    auto const control = low(TRY(read16(control_at)) & ~(pci::msix::enable | pci::msix::mask_all));
    if (on) TRY(command(pci::command::no_line));
    TRY(write16(control_at, on ? low(control | pci::msix::enable) : control));
    if (!on) TRY(command(0, pci::command::no_line));
    return {};
}

base::Result<> PciFunction::reset() const {
    auto const at = TRY(demand(pci::Capability::express));
    if ((TRY(read32(offset(at + pci::express::device_capabilities))) & pci::express::can_reset) ==
        0)
        return base::fail(abi::Error::not_supported);
    auto const control_at = offset(at + pci::express::device_control);
    // The other half is a status register whose bits are cleared by writing ones: zeros keep it.
    return write32(control_at, TRY(read16(control_at)) | std::uint32_t{pci::express::reset});
}

base::Result<PciFunction> find_function(PciConfig const& config, std::uint16_t vendor,
                                        std::uint16_t device, unsigned index) {
    // Firmware numbers the bus behind a bridge higher than the bridge's own.
    std::bitset<256> buses;
    buses.set(0);
    for (unsigned bus = 0; bus < buses.size(); bus++) {
        if (!buses[bus]) continue;
        for (unsigned place = 0; place < devices_per_bus * functions_per_device; place++) {
            PciFunction const function(config, {.bus = static_cast<std::uint8_t>(bus),
                                                .device = static_cast<std::uint8_t>(place / 8),
                                                .function = static_cast<std::uint8_t>(place % 8)});
            auto const identity = TRY(function.read32(pci::header::identity));
            auto const type = low(identity) == pci::no_vendor
                                  ? std::uint8_t{0}
                                  : TRY(function.read8(pci::header::type));
            if (low(identity) != pci::no_vendor) {
                if (identity == (std::uint32_t{device} << 16 | vendor) && index-- == 0)
                    return function;
                if ((type & ~pci::several_functions) == 1)
                    buses.set(TRY(function.read8(pci::header::secondary_bus)));
            }
            // A device without a first function is not there; one that is not marked has no others.
            if (place % 8 == 0 && (type & pci::several_functions) == 0) place += 7;
        }
    }
    return base::fail(abi::Error::out_of_range);
}

} // namespace device
