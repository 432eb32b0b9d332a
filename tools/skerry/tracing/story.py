"""What the records tell: who ran when, who called whom, what each Linux call and page fault took."""

import collections
import dataclasses
import enum
import heapq


class Kind(enum.IntEnum):
    """abi::TraceKind."""
    ANSWER, CALL, FOREIGN_CALL, FAULT, TAKE, RUN, WAKE, INTERRUPT, MARK, VALUE, THREAD_MADE, \
        PROCESS_NAMED, THREAD_ENDED = range(13)


STAYS = 16
FAULTS = ("page fault", "exception", "kick")


@dataclasses.dataclass
class Stretch:
    """One thread on one processor, without a break, for one request. Times are ticks of the TSC."""
    processor: int
    thread: int  # 0: idle
    begin: int
    end: int
    request: int


@dataclasses.dataclass
class Call:
    """From a thread's message to the answer to it."""
    thread: int
    to: int  # who got it; 0: nobody yet
    name: str
    linux: bool  # asked of the keeper
    begin: int
    request: int
    end: int | None = None
    busy: dict = dataclasses.field(default_factory=collections.Counter)  # thread: ticks, for this request

    @property
    def ticks(self):
        return self.end - self.begin


@dataclasses.dataclass
class Mark:
    thread: int
    value: int
    time: int
    processor: int


class Story:
    """Built from all processors' records in the order of their times."""

    def __init__(self, call_names):
        self._names = call_names
        self.stretches, self.calls, self.marks = [], [], []
        self.interrupts, self.wakes = collections.Counter(), collections.Counter()
        self.processes, self.process_of = {}, {}
        self._current, self._since = {}, {}
        self._request = collections.defaultdict(int)
        self._open, self._of_request = {}, {}  # calls by thread, and the first of a request
        self._values = collections.defaultdict(list)

    def label(self, thread):
        process = self.process_of.get(thread)
        name = self.processes.get(process) or ("idle" if thread == 0 else "process " + str(process or "?"))
        return name if thread == 0 else f"{name}/{thread}"

    def process_name(self, thread):
        return self.label(thread).partition("/")[0]

    def tell(self, rings):
        """Takes in records as (time, processor, what)."""
        for time, processor, what in rings:
            self._take(time, processor, what)
        for processor in self._current:
            self._charge(processor, self._last)

    def forget_before(self, time):
        """What ended before is not of interest; names stay."""
        self.stretches = [stretch for stretch in self.stretches if stretch.end > time]
        self.calls = [call for call in self.calls if call.begin >= time]
        self.marks = [mark for mark in self.marks if mark.time >= time]

    def _take(self, time, processor, what):
        kind, detail = what & 15, what >> 5 & 0x7ff
        thread, request = what >> 16 & 0xffff, what >> 32
        if kind == Kind.VALUE:
            self._values[processor].append(time)
            return
        self._last = time
        self._charge(processor, time)
        current = self._current.get(processor, 0)
        if kind in (Kind.CALL, Kind.FOREIGN_CALL, Kind.FAULT):
            self._call(kind, detail, current, thread, request, time)
        elif kind == Kind.ANSWER:
            self._answer(thread, time)
        elif kind == Kind.TAKE:
            self._request[current] = request
            if thread in self._open:
                self._open[thread].to = current
        elif kind == Kind.WAKE:
            self.wakes[thread] += 1
        elif kind == Kind.INTERRUPT:
            self.interrupts[detail] += 1
        elif kind == Kind.MARK:
            value = self._values[processor][-1]
            self.marks.append(Mark(thread, value, time, processor))
        elif kind == Kind.THREAD_MADE:
            self.process_of[thread] = request
            self._answer(thread, time)
        elif kind == Kind.PROCESS_NAMED:
            text = b"".join(word.to_bytes(8, "little") for word in self._values[processor][-3:])
            self.processes[thread] = text.partition(b"\0")[0].decode(errors="replace")
        elif kind == Kind.THREAD_ENDED:
            self._answer(thread, time)
        self._values[processor].clear()
        if not what & STAYS:
            self._switch(processor, thread, time)

    def _call(self, kind, detail, current, to, request, time):
        if kind == Kind.FAULT and detail == 2:
            return  # of a thread that may run anywhere
        name = {Kind.CALL: "call", Kind.FAULT: FAULTS[detail % 3]}.get(kind) \
            or self._names.get(detail, f"call {detail}")
        if current:
            call = self._open[current] = Call(current, to, name, kind != Kind.CALL, time, request)
            self._of_request.setdefault(request, call)
        if to:
            self._request[to] = request

    def _answer(self, thread, time):
        call = self._open.pop(thread, None)
        if call:
            if self._of_request.get(call.request) is call:
                del self._of_request[call.request]
            call.end = time
            self.calls.append(call)

    def _charge(self, processor, time):
        """What has run up to now ran for the request it had."""
        thread = self._current.get(processor)
        since = self._since.get(processor)
        if thread is None or time <= since:
            return
        request = self._request[thread]
        self.stretches.append(Stretch(processor, thread, since, time, request))
        self._since[processor] = time
        call = self._of_request.get(request)
        if call and call.thread != thread:
            call.busy[thread] += time - max(since, call.begin)

    def _switch(self, processor, thread, time):
        self._current[processor] = thread
        self._since[processor] = time


def merged(rings):
    """All records in the order of their times; `value` records stay before what they belong to."""
    def of(number, ring):
        last = 0
        for time, what in zip(ring.time, ring.what):
            if what & 15 != Kind.VALUE:
                last = time
            yield last, number, time, what
    streams = [of(number, ring) for number, ring in enumerate(rings)]
    for _, number, time, what in heapq.merge(*streams, key=lambda record: record[0]):
        yield time, number, what
