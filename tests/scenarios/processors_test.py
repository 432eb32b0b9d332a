"""Several processors at work at the same time, on machines that count their instructions: the lines of memory that
they share (by a plugin of the emulator), and a revoke beside one that copies what is being revoked."""

from skerry import image, measuring, shared_lines


def test_round_trips_touch_no_line_that_another_processor_writes():
    found = shared_lines.count()
    assert len(found) == shared_lines.PROCESSORS
    assert [line for one in found.values() for line in one.shared] == []


def test_a_line_that_all_write_is_found():
    found = shared_lines.count("share=1")
    assert [len(one.shared) for one in found.values()] == [1] * shared_lines.PROCESSORS
    assert all("be_client" in one.shared[0] for one in found.values())


def test_a_revoke_is_not_outrun_by_copies():
    with image.alone("bench") as boot:
        rows = measuring.figures(boot, smp=2, append="bench=kernel/revoke/beside-copies")
    found = {row["name"].removeprefix("kernel/revoke/100,000/beside-copies").strip("/"): row["value"] for row in rows}
    assert found["made"] == 0 and found["refused"] > 1000
    assert found["timer-late"] < 50_000  # ns of the guest
