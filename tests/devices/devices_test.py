"""Devices of the emulator, driven by a native program alone on the kernel."""

import pytest
from harness import fixtures


def drive(folder, devices, **others):
    """What came of each test: name, outcome, detail."""
    text = fixtures.alone("devices", folder, more=devices, **others)
    found = list(fixtures.outcomes(text))
    assert found and found[-1][0] == "devices/the-system-is-still-there", text[-2000:]
    return found


#: A device made for teaching, and a disk of zeros whose queues interrupt each by its own message.
EDU = ("-device", "edu")
DISK = ("-blockdev", "driver=null-co,node-name=zeros,size=1048576,read-zeroes=on",
        "-device", "virtio-blk-pci,drive=zeros,num-queues=4,vectors=5,disable-modern=on,disable-legacy=off")


@pytest.mark.parametrize("processors", [1, 2])
def test_devices_interrupt_by_line_and_by_messages(tmp_path, processors):
    found = drive(tmp_path, [*EDU, *DISK], smp=processors)
    assert [outcome for outcome in found if not outcome[1]] == []
    wanted = {"devices/edu/line", "devices/edu/message", "devices/virtio/messages", "devices/virtio/masked"}
    if processors > 1:
        wanted |= {"devices/edu/line/second-processor", "devices/edu/message/second-processor"}
    assert {outcome[0] for outcome in found} >= wanted
