"""The host's end of the command channel's format, which protocols/command_channel.hpp describes."""

import enum
import struct

MAX_PAYLOAD = 4096
MAX_START_RECORD = 256 * 1024
MAGIC = b"Skerry\xc5\x01"


class Kind(enum.IntEnum):
    START_RECORD = 0x01
    START = 0x02
    INPUT = 0x03
    INPUT_END = 0x04
    WINDOW = 0x05
    SIGNAL = 0x06
    HELLO = 0x81
    OUTPUT = 0x82
    ERROR_OUTPUT = 0x83
    EXITED = 0x84
    START_FAILED = 0x85
    CREDIT = 0x86


class BegunAnew(Exception):
    """The guest's end was started anew: zeros stand where a frame should, and then a hello."""


class ChannelBroken(Exception):
    """The guest sent what is no frame."""


def frame(kind, payload=b""):
    assert len(payload) <= MAX_PAYLOAD
    return struct.pack("<BH", kind, len(payload)) + payload


def start_record(argv, env, cwd, terminals, window):
    """argv and env are lists of bytes; terminals says for descriptors 0, 1, 2 what they are."""
    rows, columns = window
    mask = sum(1 << fd for fd, terminal in enumerate(terminals) if terminal)
    fixed = struct.pack("<HHBHH", rows, columns, mask, len(argv), len(env))
    return fixed + b"".join(string + b"\0" for string in [cwd, *argv, *env])


def start(record):
    """The frames that start a command."""
    pieces = [record[at:at + MAX_PAYLOAD] for at in range(0, len(record), MAX_PAYLOAD)]
    return b"".join(frame(Kind.START_RECORD, piece) for piece in pieces) + frame(Kind.START)


def window(rows, columns):
    return frame(Kind.WINDOW, struct.pack("<HH", rows, columns))


class Decoder:
    """Puts frames together from what the line delivers, beginning with the hello."""

    HELLO = struct.pack("<BH", Kind.HELLO, len(MAGIC)) + MAGIC

    def __init__(self):
        self._bytes = bytearray()
        self._greeted = False

    def rest(self):
        """What was fed and is not part of a frame yet."""
        return bytes(self._bytes)

    def feed(self, data):
        """Takes bytes of the line, gives the frames they complete as (kind, payload)."""
        self._bytes += data
        if not self._greeted:
            found = self._bytes.find(self.HELLO)
            if found < 0:
                del self._bytes[:-len(self.HELLO)]
                return
            del self._bytes[:found]
            self._greeted = True
        while len(self._bytes) >= 3:
            kind, length = struct.unpack_from("<BH", self._bytes)
            if kind == 0:
                raise BegunAnew
            if length > MAX_PAYLOAD or kind not in Kind.__members__.values():
                raise ChannelBroken(f"a frame of kind {kind:#x} and {length} bytes")
            if len(self._bytes) < 3 + length:
                return
            payload = bytes(self._bytes[3:3 + length])
            del self._bytes[:3 + length]
            yield Kind(kind), payload


def sample():
    """The host's half of a session; the C++ side's test reads the same bytes from a file."""
    record = start_record([b"echo", b"", b"two words"], [b"HOME=/"], b"/tmp",
                          (False, True, False), (24, 80))
    return b"".join([start(record), frame(Kind.INPUT, b"\0\x01\xff"), frame(Kind.INPUT_END),
                     window(50, 132), frame(Kind.SIGNAL, b"\x02")])
