"""Devices of the emulator, driven by a native program alone on the kernel."""

import pytest
from harness import fixtures
from skerry import shape

#: A device made for teaching, and a disk of zeros whose queues interrupt each by its own message.
EDU = ("-device", "edu")
DISK = ("-blockdev", "driver=null-co,node-name=zeros,size=1048576,read-zeroes=on",
        "-device", "virtio-blk-pci,drive=zeros,num-queues=4,vectors=5,disable-modern=on,disable-legacy=off")


@pytest.mark.machines({"smp": 2}, {"iommu": True})
def test_devices_interrupt_by_line_and_by_messages(tmp_path):
    text = fixtures.alone("devices", tmp_path, more=[*EDU, *DISK])
    found = list(fixtures.outcomes(text))
    assert [outcome for outcome in found if not outcome[1]] == []
    wanted = {"devices/edu/line", "devices/edu/message", "devices/virtio/messages", "devices/virtio/masked",
              "devices/the-system-is-still-there"}
    if shape.usual().settings()["smp"] > 1:
        wanted |= {"devices/edu/line/second-processor", "devices/edu/message/second-processor"}
    assert {outcome[0] for outcome in found} >= wanted, text[-2000:]
