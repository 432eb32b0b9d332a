"""Devices of the emulator, driven by a native program alone on the kernel."""

from harness import fixtures
from skerry import emulator, image


def drive(folder, devices, append=""):
    """What came of each test: name, outcome, detail."""
    log = folder / "system.log"
    with image.alone("devices") as boot:
        line = emulator.command_line(boot, append=append, log=log, channel="null",
                                     more=[word for name in devices for word in ("-device", name)])
        with emulator.Machine(line) as machine:
            machine.wait(fixtures.HANG)
    text = log.read_text(errors="replace")
    found = list(fixtures.outcomes(text))
    assert found and found[-1][0] == "devices/the-system-is-still-there", text[-2000:]
    return found


def test_a_device_is_found_and_set_up(tmp_path):
    found = drive(tmp_path, ["edu"])
    assert [outcome for outcome in found if not outcome[1]] == []
