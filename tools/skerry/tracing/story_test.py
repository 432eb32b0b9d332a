import json

from skerry.tracing import perfetto, rings, story, summary
from skerry.tracing.story import STAYS, Kind

KHZ = 1000  # a tick is a microsecond


class Ring:
    """Records as a test writes them."""

    def __init__(self):
        self.time, self.what = [], []

    def add(self, time, kind, thread=0, request=0, detail=0, stays=False):
        self.time.append(time)
        self.what.append(kind | (STAYS if stays else 0) | detail << 5 | thread << 16 | request << 32)

    def name(self, process, text):
        data = text.encode().ljust(24, b"\0")
        for at in range(0, 24, 8):
            self.add(int.from_bytes(data[at:at + 8], "little"), Kind.VALUE, stays=True)
        self.add(0, Kind.PROCESS_NAMED, process, stays=True)


def two_programs():
    ring = Ring()
    for process, thread, name in ((1, 1, "linux"), (2, 2, "ls")):
        ring.name(process, name)
        ring.add(0, Kind.THREAD_MADE, thread, process, stays=True)
    ring.add(100, Kind.RUN, 2)
    return ring


def told(*all_rings, names=None):
    result = story.Story({39: "getpid", 0: "read"} if names is None else names)
    result.tell(story.merged(all_rings))
    return result


def test_a_fast_call_and_its_answer_are_two_records():
    ring = two_programs()
    ring.add(110, Kind.FOREIGN_CALL, 1, 2 << 16 | 1, detail=39)
    ring.add(117, Kind.ANSWER, 2, 2 << 16 | 1)
    ring.add(120, Kind.RUN, 0)
    result = told(ring)
    (call,) = result.calls
    assert (call.name, call.thread, call.to, call.ticks, dict(call.busy)) == ("getpid", 2, 1, 7, {1: 7})
    assert [(s.thread, s.begin, s.end) for s in result.stretches] == [(2, 100, 110), (1, 110, 117), (2, 117, 120)]
    assert result.label(2) == "ls/2"


def test_a_call_that_waits_is_taken_later_and_answered_from_another_processor():
    one, two = two_programs(), Ring()
    one.add(110, Kind.FOREIGN_CALL, 0, 2 << 16 | 1, detail=0, stays=True)
    one.add(111, Kind.RUN, 0)
    two.add(105, Kind.RUN, 1)
    two.add(120, Kind.TAKE, 2, 2 << 16 | 1, stays=True)
    two.add(130, Kind.ANSWER, 2, 2 << 16 | 1, stays=True)
    two.add(140, Kind.RUN, 0)
    (call,) = told(one, two).calls
    assert (call.name, call.to, call.begin, call.end, dict(call.busy)) == ("read", 1, 110, 130, {1: 10})


def test_a_call_in_a_call_counts_for_the_request():
    ring = two_programs()
    ring.add(0, Kind.THREAD_MADE, 3, 3, stays=True)
    ring.add(110, Kind.FOREIGN_CALL, 1, 2 << 16 | 1, detail=0)
    ring.add(115, Kind.CALL, 3, 2 << 16 | 1)
    ring.add(125, Kind.ANSWER, 1, 2 << 16 | 1)
    ring.add(126, Kind.ANSWER, 2, 2 << 16 | 1)
    inner, outer = told(ring).calls
    assert (inner.linux, inner.thread, inner.to, inner.ticks) == (False, 1, 3, 10)
    assert (outer.name, outer.ticks, dict(outer.busy)) == ("read", 16, {1: 6, 3: 10})


def test_a_thread_that_dies_in_a_call_ends_it():
    ring = two_programs()
    ring.add(110, Kind.FOREIGN_CALL, 0, 2 << 16 | 1, detail=0, stays=True)
    ring.add(150, Kind.THREAD_ENDED, 2, stays=True)
    (call,) = told(ring).calls
    assert call.end == 150


def test_unknown_numbers_and_threads_have_names_too():
    ring = Ring()
    ring.add(100, Kind.RUN, 7)
    ring.add(110, Kind.FOREIGN_CALL, 9, 7 << 16, detail=1000)
    ring.add(120, Kind.ANSWER, 7, 7 << 16)
    result = told(ring)
    assert result.calls[0].name == "call 1000"
    assert result.label(7) == "process ?/7"


def test_marks_carry_their_value():
    ring = two_programs()
    ring.add(77, Kind.VALUE, stays=True)
    ring.add(150, Kind.MARK, 2, stays=True)
    assert [(mark.value, mark.time) for mark in told(ring).marks] == [(77, 150)]


def test_what_was_before_the_command_is_forgotten_and_names_are_not():
    ring = two_programs()
    ring.add(110, Kind.FOREIGN_CALL, 1, 2 << 16 | 1, detail=39)
    ring.add(117, Kind.ANSWER, 2, 2 << 16 | 1)
    ring.add(500, Kind.RUN, 0)
    result = told(ring)
    result.forget_before(400)
    assert not result.calls and result.label(2) == "ls/2"
    assert [s.end for s in result.stretches] == [500]


def test_the_summary_and_the_file_say_it():
    ring = two_programs()
    ring.add(110, Kind.FOREIGN_CALL, 1, 2 << 16 | 1, detail=39)
    ring.add(113, Kind.INTERRUPT, detail=224, stays=True)
    ring.add(117, Kind.ANSWER, 2, 2 << 16 | 1)
    ring.add(120, Kind.RUN, 0)
    text = "\n".join(summary.lines(told(ring), KHZ, 3))
    assert "getpid" in text and "linux 7 us" in text and "waiting 0 us" in text
    assert "ls -> linux" in text and "1 of vector 224" in text and "3 records were overwritten" in text
    events = list(perfetto.events(told(ring), KHZ))
    json.dumps(events)
    calls = [event for event in events if event["name"] == "getpid" and event["ph"] == "X"]
    assert [(event["ts"], event["dur"]) for event in calls] == [(10, 7)]
    assert {event["ph"] for event in events} == {"M", "X", "s", "f"}


def test_a_ring_that_runs_ahead_of_its_reader_loses_the_oldest():
    data = bytearray(rings.BYTES)
    words = memoryview(data).cast("Q")
    ring = rings.Ring(memoryview(data))

    def write(count):
        for _ in range(count):
            at = words[0] % rings.RECORDS
            words[rings.TIME // 8 + at] = words[0]
            words[rings.WHAT // 8 + at] = 2 * words[0]
            words[0] += 1

    write(10)
    ring.read()
    assert (ring.time, ring.lost) == (list(range(10)), 0)
    write(rings.RECORDS + 5)
    ring.read()
    # The place of the next record is counted as lost too: it may be half written.
    assert ring.lost == 6
    assert ring.time[-1] == words[0] - 1 and ring.what == [2 * time for time in ring.time]
    assert ring.time == list(range(10)) + list(range(16, words[0]))
    ring.read()
    assert ring.lost == 6


def test_the_rings_are_looked_for_until_all_are_announced(tmp_path):
    log, memory = tmp_path / "log", tmp_path / "memory"
    memory.write_bytes(bytes(2 * rings.BYTES))
    drain = rings.Drain(memory, log)
    said = "time-stamp counter: 1000 kHz (announced)\n503 MiB usable, 2 of 3 processors in use, 24 lines\n"
    for more, found in (("", 0), ("trace of processor 0 at 0x0\n", 0),
                        (f"trace of processor 1 at 0x{rings.BYTES:x}"[:-2], 0),
                        (f"{rings.BYTES:x}"[-2:] + "\n", 2)):
        said += more
        log.write_text(said)
        drain._look()
        assert len(drain.rings) == found
