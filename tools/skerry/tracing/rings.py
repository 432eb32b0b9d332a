"""The rings in the guest's memory (abi/trace.hpp), read from outside while they are written."""

import mmap
import re
import threading

RECORDS = 1 << 16
HEADER = 4096
TIME, WHAT = HEADER, HEADER + 8 * RECORDS
BYTES = HEADER + 16 * RECORDS

ANNOUNCED = re.compile(r"trace of processor (\d+) at 0x([0-9a-f]+)")
TSC_RATE = re.compile(r"time-stamp counter: (\d+) kHz")


class Ring:
    """What has been read of one ring: (time, what) words, in order."""

    def __init__(self, memory):
        self._words = memory.cast("Q")
        self.time, self.what = [], []
        self.lost = 0
        self._next = 0

    def read(self):
        """Takes over what has come since the last time; what was overwritten before counts as lost."""
        written = self._words[0]
        if written == self._next:
            return
        self._skip_to(written - RECORDS)
        fresh = [(half, at, size) for at, size in self._pieces(self._next, written)
                 for half in (TIME, WHAT)]
        copies = {TIME: [], WHAT: []}
        for half, at, size in fresh:
            begin = half // 8 + at
            copies[half].extend(self._words[begin:begin + size].tolist())
        # What was overwritten while we copied is not what was counted. The one being written has no count.
        overtaken = max(0, self._words[0] + 1 - RECORDS - self._next)
        self.time += copies[TIME][overtaken:]
        self.what += copies[WHAT][overtaken:]
        self.lost += min(overtaken, written - self._next)
        self._next = written

    def _skip_to(self, oldest):
        if oldest > self._next:
            self.lost += oldest - self._next
            self._next = oldest

    @staticmethod
    def _pieces(begin, end):
        """The places of these records, in at most two runs."""
        first = begin % RECORDS
        size = end - begin
        head = min(size, RECORDS - first)
        return [(first, head)] + ([(0, size - head)] if size > head else [])


class Drain(threading.Thread):
    """Reads all rings again and again, from the moment the guest says where they are."""

    PAUSE = 0.002

    def __init__(self, memory_file, log):
        super().__init__(daemon=True)
        self._file, self._log = memory_file, log
        self._ended = threading.Event()
        self.rings = []
        self.khz = None

    def run(self):
        while not self._ended.wait(self.PAUSE):
            self._look()
        self._look()

    def end(self):
        self._ended.set()
        self.join()

    def written(self):
        """How much there is of each ring by now."""
        return [len(ring.what) for ring in self.rings]

    def _look(self):
        if not self.rings:
            self._find()
        for ring in self.rings:
            ring.read()

    def _find(self):
        try:
            text = self._log.read_text(errors="replace")
        except OSError:
            return
        # Whatever else the guest has said by now, the rings were announced together, before it.
        if "\n" not in text[max(text.rfind("trace of processor"), 0):]:
            return
        places = [int(address, 16) for _, address in ANNOUNCED.findall(text)]
        if not places:
            return
        with open(self._file, "rb") as file:
            memory = memoryview(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))
        self.khz = int(TSC_RATE.search(text)[1])
        self.rings = [Ring(memory[at:at + BYTES]) for at in places]
