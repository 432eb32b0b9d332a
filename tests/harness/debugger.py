"""The emulator's debugger port (GDB remote serial protocol): run to an address, look at the machine there."""

import socket
import time

from harness import fixtures


class Debugger:
    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(fixtures.HANG)
        end = time.monotonic() + fixtures.HANG
        while self._socket.connect_ex(str(path)) != 0:
            assert time.monotonic() < end, "the emulator opens no port"
            time.sleep(0.02)
        self._bytes = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def _answer(self):
        """The next packet's content; acknowledged."""
        while b"#" not in self._bytes[:-2]:
            more = self._socket.recv(1 << 16)
            assert more, "the emulator has gone"
            self._bytes += more
        packet, _, self._bytes = self._bytes.partition(b"#")
        self._bytes = self._bytes[2:]  # the checksum
        self._socket.sendall(b"+")
        return packet[packet.index(b"$") + 1:]

    def _ask(self, what):
        self._socket.sendall(b"$%s#%02x" % (what, sum(what) % 256))
        return self._answer()

    def run_to(self, address):
        assert self._ask(b"Z1,%x,1" % address) == b"OK"
        assert self._ask(b"c").startswith(b"T05")

    def monitor(self, command):
        """What the emulator's monitor says to a command."""
        said, answer = b"", self._ask(b"qRcmd," + command.encode().hex().encode())
        while answer != b"OK":
            said += bytes.fromhex(answer[1:].decode())
            answer = self._answer()
        return said.decode()
