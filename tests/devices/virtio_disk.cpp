#include <tests/devices/virtio_disk.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/object/cap_pool.hpp>
#include <runtime/own.hpp>

namespace devices {

using lab::must;

namespace {

/// Registers of the old interface, with MSI-X on (Virtio 1.2, section 4.1.4.8).
namespace at {
constexpr std::uint16_t queue_address = 0x08; ///< in pages
constexpr std::uint16_t queue_size = 0x0c;
constexpr std::uint16_t queue_select = 0x0e;
constexpr std::uint16_t queue_notify = 0x10;
constexpr std::uint16_t status = 0x12;
constexpr std::uint16_t queue_vector = 0x16;
} // namespace at

constexpr std::uint8_t acknowledged = 1, driver = 2, driver_ready = 4;

struct Descriptor {
    std::uint64_t address;
    std::uint32_t bytes;
    std::uint16_t flags;
    std::uint16_t next;
};
constexpr std::uint16_t has_next = 1, device_writes = 2;

struct RequestHeader {
    std::uint32_t type; ///< 0: read
    std::uint32_t reserved;
    std::uint64_t sector;
};
constexpr std::size_t status_offset = 64;
constexpr std::size_t data_offset = 512;
constexpr std::uint32_t sector_bytes = 512;

std::size_t available_offset(std::uint16_t size) { return size * sizeof(Descriptor); }
std::size_t used_offset(std::uint16_t size) {
    return base::align_up(available_offset(size) + 2 * (3u + size), abi::page_bytes);
}

std::uint64_t physical(lab::Extent const& extent) {
    runtime::CapPool const pool(runtime::own_pool);
    return must(pool.inspect(extent.memory().address().slot()), "an address").physical;
}

/// The MSI-X table, wherever the device says it is.
lab::DeviceRange map_table(device::PciFunction const& function) {
    return lab::map_bar(function, must(function.msix(), "MSI-X").bar);
}
device::MsixTable table_in(device::PciFunction const& function, lab::DeviceRange const& range) {
    auto const place = must(function.msix(), "MSI-X");
    return device::MsixTable(range.registers().from(place.offset), place.entries);
}

} // namespace

template <class T> void VirtioDisk::write(std::uint16_t offset, T value) const {
    must(ports_.write(static_cast<std::uint16_t>(first_port_ + offset), value), "a register");
}

template <class T> T VirtioDisk::read_register(std::uint16_t offset) const {
    return must(ports_.read<T>(static_cast<std::uint16_t>(first_port_ + offset)), "a register");
}

VirtioDisk::VirtioDisk(device::PciFunction function, std::uint16_t queues)
    : first_port_(static_cast<std::uint16_t>(must(function.bar(0), "its ports").address)),
      msix_range_(map_table(function)), messages_(table_in(function, msix_range_)),
      request_(abi::page_bytes), queues_(queues) {
    ports_ = lab::ports("virtio", first_port_,
                        static_cast<std::uint16_t>(must(function.bar(0), "its ports").bytes));
    must(function.command(device::pci::command::ports | device::pci::command::bus_master),
         "its decoders");
    messages_.mask_all();
    must(function.enable_msix(), "MSI-X");

    write(at::status, std::uint8_t{0});
    write(at::status, static_cast<std::uint8_t>(acknowledged | driver));
    for (std::uint16_t n = 0; n < queues; n++) {
        auto& queue = queues_[n];
        write(at::queue_select, n);
        queue.size = read_register<std::uint16_t>(at::queue_size);
        if (queue.size == 0) lab::give_up("a queue", abi::Error::not_supported);
        queue.memory = std::make_unique<lab::Extent>(
            used_offset(queue.size) + base::align_up(6 + 8u * queue.size, abi::page_bytes));
        write(at::queue_address,
              static_cast<std::uint32_t>(physical(*queue.memory) / abi::page_bytes));
        write(at::queue_vector, static_cast<std::uint16_t>(n + 1));
        if (read_register<std::uint16_t>(at::queue_vector) != n + 1)
            lab::give_up("a queue's message", abi::Error::not_supported);
    }
    write(at::status, static_cast<std::uint8_t>(acknowledged | driver | driver_ready));
}

void VirtioDisk::read(std::uint16_t number) {
    auto& queue = queues_[number];
    auto* const bytes = queue.memory->bytes().data();
    auto const request = physical(request_);
    auto* const chain = reinterpret_cast<Descriptor*>(bytes);
    chain[0] = {request, sizeof(RequestHeader), has_next, 1};
    chain[1] = {request + data_offset, sector_bytes, has_next | device_writes, 2};
    chain[2] = {request + status_offset, 1, device_writes, 0};
    auto* const available =
        reinterpret_cast<std::uint16_t volatile*>(bytes + available_offset(queue.size));
    available[2 + queue.sent % queue.size] = 0;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    available[1] = ++queue.sent;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    write(at::queue_notify, number);
}

std::uint16_t VirtioDisk::done(std::uint16_t number) const {
    auto const& queue = queues_[number];
    auto const* const used = reinterpret_cast<std::uint16_t const volatile*>(
        queue.memory->bytes().data() + used_offset(queue.size));
    return used[1];
}

} // namespace devices
