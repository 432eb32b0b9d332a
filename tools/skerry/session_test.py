"""A session with a guest made of a thread."""

import os
import socket
import struct
import threading

import pytest

from skerry import channel, session
from skerry.channel import Kind

HELLO = channel.frame(Kind.HELLO, channel.MAGIC)


def exited(ending, value):
    return channel.frame(Kind.EXITED, bytes([ending, value]))


def hold(guest, stdin=b""):
    """Runs a session against `guest(line)`; gives status, output and error output."""
    ours, theirs = socket.socketpair()
    reader, writer = os.pipe()
    outputs = [os.memfd_create("out"), os.memfd_create("err")]
    threading.Thread(target=lambda: (os.write(writer, stdin), os.close(writer))).start()
    thread = threading.Thread(target=guest, args=[theirs])
    thread.start()
    carried = session.Session(ours, b"\0" * 9 + b"/\0prog\0", "prog", lambda: None,
                              (reader, *outputs))
    status = carried.run()
    thread.join()
    return status, *(os.pread(fd, 1 << 20, 0) for fd in outputs)


def frames(line, count):
    """The next frames from the host."""
    data, found = b"", []
    while len(found) < count:
        data += line.recv(65536)
        while len(data) >= 3 and len(data) >= 3 + struct.unpack_from("<H", data, 1)[0]:
            length = struct.unpack_from("<H", data, 1)[0]
            found.append((data[0], data[3:3 + length]))
            data = data[3 + length:]
    return found


def test_output_and_status_come_through():
    def guest(line):
        line.sendall(b"noise" + HELLO)
        frames(line, 2)
        line.sendall(channel.frame(Kind.OUTPUT, b"\0\r\n\xff") + channel.frame(
            Kind.ERROR_OUTPUT, b"oh") + exited(0, 7))
    assert hold(guest) == (7, b"\0\r\n\xff", b"oh")


@pytest.mark.parametrize("answer, status", [
    (exited(0, 0), 0), (exited(1, 9), 137),
    (channel.frame(Kind.START_FAILED, b"\x02\0"), 127),
    (channel.frame(Kind.START_FAILED, b"\x0d\0"), 126), (b"", None),
])
def test_every_ending_has_its_status(answer, status):
    def guest(line):
        line.sendall(HELLO)
        frames(line, 2)
        line.sendall(answer)
        line.shutdown(socket.SHUT_RDWR)
    assert hold(guest)[0] == status


def test_input_goes_only_as_far_as_the_credit():
    def guest(line):
        line.sendall(HELLO)
        frames(line, 2)
        line.sendall(channel.frame(Kind.CREDIT, struct.pack("<I", 3)))
        assert frames(line, 1) == [(Kind.INPUT, b"abc")]
        line.settimeout(0.2)
        with pytest.raises(TimeoutError):
            line.recv(1)
        line.settimeout(None)
        line.sendall(channel.frame(Kind.CREDIT, struct.pack("<I", 100)))
        assert frames(line, 2) == [(Kind.INPUT, b"de"), (Kind.INPUT_END, b"")]
        line.sendall(exited(0, 0))
    assert hold(guest, b"abcde")[0] == 0
