#pragma once
// A virtio disk with several queues, through the old interface (Virtio 1.2, section 4.1.4.8): just
// enough to have each queue interrupt.

#include <runtime/device/msix_table.hpp>
#include <runtime/lab/extent.hpp>
#include <runtime/lab/pci.hpp>
#include <runtime/object/io_ports.hpp>

#include <memory>
#include <vector>

namespace devices {

class VirtioDisk {
public:
    static constexpr std::uint16_t vendor = 0x1af4;
    static constexpr std::uint16_t device_id = 0x1001;

    /// Set up `queues` queues; queue n sends the MSI-X table's message n + 1.
    VirtioDisk(device::PciFunction function, std::uint16_t queues);

    device::MsixTable const& messages() const { return messages_; }
    /// Read the first sector through a queue, once.
    void read(std::uint16_t queue);
    /// The requests of this queue that are done.
    std::uint16_t done(std::uint16_t queue) const;

private:
    struct Queue {
        std::unique_ptr<lab::Extent> memory;
        std::uint16_t size = 0;
        std::uint16_t sent = 0;
    };

    runtime::IoPorts ports_;
    std::uint16_t first_port_;
    lab::DeviceRange msix_range_;
    device::MsixTable messages_;
    lab::Extent request_; ///< header, status, data
    std::vector<Queue> queues_;

    template <class T> void write(std::uint16_t offset, T value) const;
    template <class T> T read_register(std::uint16_t offset) const;
};

} // namespace devices
