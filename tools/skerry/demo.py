"""`./skerry demo`: the promise in a minute. What is shown happens: every claim is checked."""

import base64
import binascii
import dataclasses
import hashlib
import re
import socket
import sys
import time

from skerry import build, emulator, image, options, places, say, shape

TEXT = """\
Boots, types into the shell, kills the services that carry what is typed and printed, and checks here,
outside, that nothing was lost. Leaves with 0 if all came as promised, 1 if not."""

#: Behind a prompt a shell that edits lines asks the terminal where its cursor is.
PROMPT = re.compile(rb"(?m)^[^\r\n]*[#$] (?:\x1b\[6n)?\Z")
CURSOR = b"\x1b[6n"
#: Only to notice a hang.
HANG = 300
LINES = 10_000
KILLS = (1500, 3000, 4500, 6000, 7500, 9000)
FILE_BYTES = 600_000

COUNT = (f"i=0; while [ $i -lt {LINES} ]; do i=$((i+1)); echo line $i; "
         f"case $i in {'|'.join(map(str, KILLS))}) echo kill > /svc/uart/control;; esac; done")
MAKE = f"head -c {FILE_BYTES} /dev/urandom > /tmp/data; sha256sum /tmp/data"
SEND = ("(for n in 1 2 3; do for s in console uart; do echo kill > /svc/$s/control; sleep 0.1; "
        "done; done) & base64 /tmp/data; wait")


class Failed(Exception):
    """What was promised did not happen."""


class Screen:
    """What the person sees: our words apart from the guest's."""

    def __init__(self, slowly):
        self._colour = sys.stdout.isatty()
        self._slowly = slowly and self._colour

    def say(self, text, code="1;36"):
        print(f"\x1b[{code}m{text}\x1b[0m" if self._colour else text, flush=True)

    def chapter(self, text):
        print()
        self.say(text)
        self.pause(2)

    def result(self, text):
        self.say("  => " + text, "1;32")
        self.pause(1)

    def guest(self, data):
        sys.stdout.flush()
        sys.stdout.buffer.write(data.replace(b"\r", b""))
        sys.stdout.buffer.flush()

    def same_row(self, text):
        """Lines that would only run by, shown in one place; not at all where nobody looks."""
        if self._colour:
            print(f"\r\x1b[K{text}", end="", flush=True)

    def end_row(self):
        self.same_row("")

    def pause(self, seconds):
        if self._slowly:
            time.sleep(seconds)


class Shell:
    """Types at the guest's shell and reads what it prints."""

    def __init__(self, line, screen):
        self._line = line
        self._screen = screen
        self._line.settimeout(HANG)

    def read_to_prompt(self, show):
        came = bytearray()
        shown = 0
        while not PROMPT.search(came[-300:]):
            try:
                data = self._line.recv(65536)
            except TimeoutError:
                raise Failed(f"nothing came for {HANG} s") from None
            if not data:
                raise Failed("the system has stopped")
            came += data
            # An escape sequence may have come in part.
            whole = came.rfind(CURSOR[:1], -len(CURSOR) + 1)
            end = len(came) if whole < 0 else whole
            show(bytes(came[shown:end]).replace(CURSOR, b""))
            shown = end
        return bytes(came).replace(CURSOR, b"").replace(b"\r", b"")

    def run(self, command, show=None):
        """Types a command; its echo, what it printed, and the prompt. `show` gets it as it comes."""
        if show:
            self._screen.guest(command.encode() + b"\n")
        self._line.sendall(command.encode() + b"\n")
        return self.read_to_prompt(show or self._screen.guest)

    def ask(self, command):
        """What nobody needs to see."""
        self._line.sendall(command.encode() + b"\n")
        return self.read_to_prompt(lambda _: None)

    def leave(self):
        self._line.sendall(b"poweroff\n")


@dataclasses.dataclass
class Demo:
    shell: Shell
    screen: Screen
    kills: int = 0

    def incarnation(self, service):
        status = self.shell.ask(f"cat /svc/{service}/status")
        return int(re.search(rb"incarnation\s+(\d+)", status)[1])

    def what_it_is(self):
        self.screen.chapter("A shell: Debian's busybox, unmodified. Every system call it makes is a "
                            "message\nto a server in user space; so is every byte on its way here.")
        self.shell.run("uname -a; ls /svc")
        self.screen.pause(1)
        self.shell.run("head -n 5 /svc/uart/status")

    def lines(self):
        self.screen.chapter(f"{LINES:,} lines through the serial driver, which is killed "
                            f"{len(KILLS)} times meanwhile:")
        before = self.incarnation("uart")
        row = bytearray()

        def show(data):
            row.extend(data)
            last = bytes(row).rpartition(b"\n")[0].rpartition(b"\n")[2]
            del row[:max(0, len(row) - 200)]
            self.screen.same_row(last.decode(errors="replace").strip())

        printed = self.shell.run(COUNT, show)
        self.screen.end_row()
        numbers = [int(n) for n in re.findall(rb"(?m)^line (\d+)$", printed)]
        if numbers != list(range(1, LINES + 1)):
            raise Failed(f"{len(numbers)} lines came, not each once and in order")
        started = self.incarnation("uart") - before
        if started != len(KILLS):
            raise Failed(f"the driver was started again {started} times, not {len(KILLS)}")
        self.kills += started
        self.screen.result(f"{LINES:,} lines came, each once, in order; "
                           f"the driver is its incarnation {before + started}.")

    def data(self):
        self.screen.chapter(f"{FILE_BYTES:,} random bytes come out as text, while driver and console "
                            "server are\nkilled three times each; this side compares the sum:")
        before = [self.incarnation(service) for service in ("uart", "console")]
        inside = re.search(rb"([0-9a-f]{64})  /tmp/data", self.shell.run(MAKE))
        count = 0

        def show(data):
            nonlocal count
            count += len(data)
            self.screen.same_row(f"{count:,} bytes")

        printed = self.shell.run(SEND, show)
        self.screen.end_row()
        text = b"".join(re.findall(rb"(?m)^[A-Za-z0-9+/]+={0,2}$", printed))
        try:
            outside = hashlib.sha256(base64.b64decode(text, validate=True)).hexdigest()
        except binascii.Error:
            outside = "undecodable"
        if inside is None or inside[1].decode() != outside:
            raise Failed("the bytes that came out are not those that went in")
        after = [self.incarnation(service) for service in ("uart", "console")]
        if after != [number + 3 for number in before]:
            raise Failed(f"driver and console were started again up to {after}, from {before}")
        self.kills += 6
        self.screen.result(f"the same sum outside: {outside[:16]}...")

    def record(self):
        self.screen.chapter("Each death leaves a record for whoever mends the driver:")
        self.shell.run("head -n 4 /svc/uart/crash")
        self.screen.pause(1)

    def limits(self):
        self.screen.chapter("What does not hold yet: the server of Linux programs takes them with it "
                            "when it is\nkilled. The rest of the system goes on, and a new shell comes:")
        self.shell.run("echo kill > /svc/linux/control")
        if self.incarnation("linux") != 2:
            raise Failed("the personality was not started again")
        self.kills += 1

    def play(self):
        self.shell.read_to_prompt(self.screen.guest)
        for part in (self.what_it_is, self.lines, self.data, self.record, self.limits):
            part()
        self.shell.leave()


def show(chosen, boot, log):
    screen = Screen(not chosen.fast)
    ours, theirs = socket.socketpair()
    line = emulator.command_line(
        boot, mem=chosen.mem, **shape.Shape.of(chosen).settings(), accel=emulator.accelerator(chosen.accel),
        append="window=24x200 term=vt100", log=log, console=emulator.own_end(theirs))
    began = time.monotonic()
    with emulator.Machine(line, [theirs]) as machine:
        demo = Demo(Shell(ours, screen), screen)
        try:
            demo.play()
        except Failed as reason:
            print()
            say.line(f"not as promised: {reason}; the system's log is {log}")
            return 1
        except ConnectionError:
            raise say.SystemFailed(emulator.failure(machine, log)) from None
        if not machine.orderly():
            raise say.SystemFailed(emulator.failure(machine, log))
    print()
    seconds = time.monotonic() - began
    screen.say(f"{demo.kills} kills, 0 bytes lost, {seconds:.0f} s. Try it yourself: ./skerry run")
    return 0


def parser():
    result = say.Parser("demo", TEXT)
    add = result.add_argument
    add("--fast", action="store_true", help="without the pauses for reading")
    add("--mem", type=options.memory_size, default=512 << 20, metavar="SIZE", help="memory (512M)")
    options.add_machine(add)
    add("--log", type=options.log_file, metavar="FILE", help="the system's log (build/last-run.log)")
    add("--accel", default="auto", choices=["auto", "kvm", "tcg"], help="as for run")
    return result


def main(words):
    chosen = parser().parse_args(words)
    if not places.BUILT:
        build.guest()
    with image.made(way=chosen.boot) as boot:
        return show(chosen, boot, chosen.log or places.LOG)
