"""Several processors that make round trips of their own at the same time, each line of memory they touch counted by a
plugin of the emulator."""

from skerry import shared_lines


def test_round_trips_touch_no_line_that_another_processor_writes():
    found = shared_lines.count()
    assert len(found) == shared_lines.PROCESSORS
    assert [line for one in found.values() for line in one.shared] == []


def test_a_line_that_all_write_is_found():
    found = shared_lines.count("share=1")
    assert [len(one.shared) for one in found.values()] == [1] * shared_lines.PROCESSORS
    assert all("be_client" in one.shared[0] for one in found.values())
