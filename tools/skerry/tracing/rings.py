"""The rings in the guest's memory (abi/trace.hpp), read from outside while they are written."""

import mmap
import re
import threading

RECORDS = 1 << 16
HEADER = 4096
TIME, WHAT = HEADER, HEADER + 8 * RECORDS
BYTES = HEADER + 16 * RECORDS

PROCESSORS = re.compile(r"(\d+) of \d+ processors in use")
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
        time, what = self._copy(TIME, written), self._copy(WHAT, written)
        # What was overwritten while we copied is not what was counted. The one being written has no count.
        overtaken = max(0, self._words[0] + 1 - RECORDS - self._next)
        self.time += time[overtaken:]
        self.what += what[overtaken:]
        self.lost += min(overtaken, written - self._next)
        self._next = written

    def _skip_to(self, oldest):
        if oldest > self._next:
            self.lost += oldest - self._next
            self._next = oldest

    def _copy(self, half, end):
        """One half of the records from the next on, around the ring's end."""
        first, size = self._next % RECORDS, end - self._next
        words = self._words[half // 8:half // 8 + RECORDS]
        return words[first:first + size].tolist() + words[:max(0, first + size - RECORDS)].tolist()


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
        running = PROCESSORS.search(text)
        # The last line may have come in part.
        places = [int(address, 16) for _, address in ANNOUNCED.findall(text[:text.rfind("\n") + 1])]
        if not running or len(places) < int(running[1]):
            return
        with open(self._file, "rb") as file:
            memory = memoryview(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))
        self.khz = int(TSC_RATE.search(text)[1])
        self.rings = [Ring(memory[at:at + BYTES]) for at in places]
