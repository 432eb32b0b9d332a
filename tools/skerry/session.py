"""One command on the command channel, from the hello to its end, byte for byte."""

import errno
import os
import select
import signal
import socket
import struct

from skerry import channel, say, terminal
from skerry.channel import Kind


class Session:
    """`run` copies until the command has ended. Signals only leave a frame for it to send, so that
    none lands inside another frame."""

    def __init__(self, line, record, name, on_hello, streams=(0, 1, 2)):
        self._line = line
        self._record = record
        self._name = name
        self._on_hello = on_hello
        self._decoder = channel.Decoder()
        self._greeted = False
        self._credit = 0
        self._input_open = True
        self._input = streams[0]
        self._outputs = {Kind.OUTPUT: streams[1], Kind.ERROR_OUTPUT: streams[2]}
        self._urgent = []
        self._bell, ringer = socket.socketpair()
        ringer.setblocking(False)
        self._ringer = ringer
        signal.set_wakeup_fd(ringer.fileno(), warn_on_full_buffer=False)

    def run(self):
        """The command's exit status as a shell says it; None if the line was closed before."""
        while True:
            watched = [self._line, self._bell]
            if self._greeted and self._input_open and self._credit > 0:
                watched.append(self._input)
            ready = select.select(watched, [], [])[0]
            if self._bell in ready:
                self._bell.recv(64)
                self._send_urgent()
            if self._input in ready:
                self._send_input()
            if self._line in ready:
                data = self._line.recv(65536)
                if not data:
                    return None
                for kind, payload in self._decoder.feed(data):
                    status = self._take(kind, payload)
                    if status is not None:
                        return status

    def signal(self, number):
        """For signal handlers: the command gets it, or before there is one, we leave."""
        if not self._greeted:
            raise KeyboardInterrupt
        self._urgent.append(channel.frame(Kind.SIGNAL, bytes([number])))

    def resized(self):
        if self._greeted:
            self._urgent.append(channel.window(*terminal.window()))

    def _take(self, kind, payload):
        if kind == Kind.HELLO and not self._greeted:
            self._greeted = True
            self._on_hello()
            self._line.sendall(channel.start(self._record))
        elif kind in self._outputs:
            self._show(kind, payload)
        elif kind == Kind.CREDIT:
            self._credit += struct.unpack("<I", payload)[0]
        elif kind == Kind.EXITED:
            ending, value = payload
            return value if ending == 0 else 128 + value
        elif kind == Kind.START_FAILED:
            return self._start_failed(struct.unpack("<H", payload)[0])
        return None

    def _start_failed(self, number):
        say.line(f"{self._name}: {os.strerror(number)}")
        return 127 if number in (errno.ENOENT, errno.ENOTDIR) else 126

    def _show(self, kind, payload):
        if self._outputs[kind] is None:
            return
        try:
            terminal.write_all(self._outputs[kind], payload)
        except OSError:
            self._outputs[kind] = None  # nobody reads on: what the command would have met here
            self._urgent.append(channel.frame(Kind.SIGNAL, bytes([signal.SIGPIPE])))
            self._send_urgent()

    def _send_urgent(self):
        while self._urgent:
            self._line.sendall(self._urgent.pop(0))

    def _send_input(self):
        try:
            data = os.read(self._input, min(self._credit, channel.MAX_PAYLOAD))
        except OSError:
            data = b""
        if data:
            self._credit -= len(data)
            self._line.sendall(channel.frame(Kind.INPUT, data))
        else:
            self._input_open = False
            self._line.sendall(channel.frame(Kind.INPUT_END))
