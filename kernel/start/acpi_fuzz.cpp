// Firmware's tables as anybody could have written them.

#include <formats/acpi.hpp>
#include <kernel/start/acpi.hpp>
#include <kernel/start/dma_topology.hpp>
#include <kernel/start/interrupt_topology.hpp>
#include <kernel/start/memory_fake.hpp>

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace kernel;
    namespace acpi = formats::acpi;
    Bytes const input{reinterpret_cast<std::byte const*>(data), size};

    // As a MADT by itself, since a sum is hard to guess.
    static_cast<void>(InterruptTopology::read(input));
    static_cast<void>(DmaTopology::read(input).serves(0x10));

    // As memory: a good root pointer, then a list of tables wherever the input says.
    constexpr std::uint64_t rsdp_at = 16, list_at = 64;
    MemoryFake memory{0x1000};
    std::ranges::copy(input.first(std::min(size, memory.bytes().size() - list_at)),
                      memory.bytes().begin() + list_at);
    memory.write(rsdp_at, acpi::Rsdp{.signature = acpi::rsdp_signature, .rsdt = list_at});
    memory.make_sum(rsdp_at, acpi::rsdp_first_bytes, rsdp_at + offsetof(acpi::Rsdp, checksum));
    memory.write(list_at + 4, std::uint32_t{sizeof(acpi::Header) + 64});
    memory.make_sum(list_at, sizeof(acpi::Header) + 64, list_at + 9);
    auto const tables = AcpiTables::find(memory.reader(), {rsdp_at});
    for (AcpiTable const& table : tables.all())
        if (tables.bytes(memory.reader(), table.signature).empty()) __builtin_trap();
    static_cast<void>(sleep_port(tables.bytes(memory.reader(), acpi::signature("FACP"))));
    return 0;
}
