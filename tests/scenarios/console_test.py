"""`./skerry run`: a person at the console."""

import re
import subprocess

import pexpect
import pytest

from harness.fixtures import HANG, Console, environment
from skerry import places

pytestmark = pytest.mark.machines({"smp": 4, "iommu": True, "boot": "bios"})


def left(session):
    """The status when it ends."""
    session.expect(pexpect.EOF)
    session.close()
    return session.exitstatus


def leave(session):
    session.sendline("poweroff")
    return left(session)


def begin(session, program, trap=""):
    """Starts a program and waits until it has the terminal: before that, keys are the shell's. (While busybox's sh
    does an `exec` a Ctrl-\\ may be lost, under Linux too.)"""
    session.sendline(f"sh -c '{trap} echo be\\gun; {program}'")
    session.expect_exact("\r\nbegun\r\n")


def test_a_first_minute(console):
    """The greeting, a few commands, line editing, interrupts, and the way out: one boot for all of it."""
    session = console(prompt=False)
    session.expect(r"This is Skerry\. To leave: poweroff, or Ctrl-\]\.\r\n"
                   r"To see it survive: [^\r\n]*/svc/uart/control[^\r\n]*\r\n"
                   r"Logs, [^\r\n]*/svc/NAME/[^\r\n]*\r\n")
    session.prompt()

    assert session.run("echo hello") == "hello"
    assert session.run("uname -s -m") != ""
    assert session.run("echo $((6 * 7)); false") == "42"
    assert session.run("echo $?") == "1"
    assert session.run("pwd") == "/root"
    assert session.run("tty") == "/dev/console"
    assert session.run("test -t 0 && test -t 1 && test -t 2 && echo yes") == "yes"

    # The window is that of the terminal it was started on.
    assert session.run("stty size") == "24 200"

    # Backspace takes a character back, Ctrl-U a line, Ctrl-W a word: in the shell's own editing...
    session.send("echo wrongg\x7f\x7f\x7f\x7f\x7f\x7fright\n")
    session.prompt()
    assert "right" in session.before and "wrong: " not in session.before
    session.send("not this\x15echo but this\n")
    session.prompt()
    assert session.before.rstrip().endswith("but this")
    # ... and in the terminal's.
    begin(session, "exec cat")
    session.send("onee\x7f two\x17three\n")
    session.expect_exact("\r\none three\r\n")
    session.send("thrown away\x15kept\n")
    session.expect_exact("\r\nkept\r\n")
    session.send("\x04")
    session.prompt()
    assert session.run("echo $?") == "0"

    # Ctrl-C interrupts what runs, and only that.
    begin(session, "sleep 1000; :")
    session.send("\x03")
    session.expect_exact("^C")
    session.prompt()
    assert session.run("echo $?") == "130"
    session.send("half a line\x03")
    session.prompt()
    assert session.run("echo still here") == "still here"
    begin(session, "while sleep 0.1; do :; done", trap='trap "echo caught; exit 4" INT;')
    session.send("\x03")
    session.expect_exact("caught\r\n")
    session.prompt()

    # Ctrl-\ ends it with SIGQUIT. (A shell of busybox's ignores that itself, a subshell does not.)
    session.sendline("(echo be\\gun; cat)")
    session.expect_exact("\r\nbegun\r\n")
    session.send("\x1c")
    session.prompt()
    assert session.run("echo $?") == "131"

    # Job control. The job says when it goes on, so that no key comes too early.
    begin(session, "while sleep 0.1; do :; done", trap='trap "echo goes on" CONT;')
    session.send("\x1a")
    session.expect_exact("Stopped")
    session.prompt()
    assert re.search(r"\[1\]\+\s+Stopped\s+sh -c", session.run("jobs"))
    session.sendline("bg")
    session.expect_exact("goes on\r\n")
    assert re.search(r"\[1\]\+\s+Running\s+sh -c", session.run("jobs"))
    session.send("fg\n")
    session.expect_exact("goes on\r\n")
    session.send("\x03")
    session.prompt()
    assert session.run("jobs") == ""
    # A background job that reads from the terminal is stopped.
    session.run("cat &")
    session.sendline("")
    session.expect(r"Stopped \(tty input\)\s+cat")
    session.prompt()
    session.run("kill %1; wait")

    # What is typed while a program runs is the shell's afterwards.
    session.sendline("sleep 0.5")
    session.sendline("echo typed ahead")
    session.expect_exact("\r\ntyped ahead\r\n")
    session.prompt()

    # A full-screen program finds its way around.
    session.sendline("printf 'one\\ntwo\\n' > /tmp/file; vi /tmp/file")
    session.expect_exact("two")
    session.send("A")
    session.expect_exact("I /tmp/file")
    session.send("new\x1b")
    session.expect_exact("- /tmp/file [Modified]")
    session.send(":wq\r")
    session.prompt()
    assert session.run("cat /tmp/file") == "onenew\ntwo"

    assert leave(session) == 0


def test_ctrl_d_leaves(console):
    session = console()
    session.send("\x04")
    assert left(session) == 0


def test_exit_leaves(console):
    session = console()
    session.sendline("exit 3")
    assert left(session) == 0


def test_ctrl_bracket_leaves_whatever_runs(console):
    session = console()
    session.sendline("trap '' INT TERM; while :; do :; done")
    session.send("\x1d")
    assert left(session) == 0


def test_a_closed_terminal_ends_the_emulator(console):
    session = console()
    pid = session.pid
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=True)
    emulator = children.stdout.split()[0]
    session.close(force=False)
    assert not session.isalive()
    assert subprocess.run(["ps", "-p", emulator, "-o", "stat="], capture_output=True, text=True,
                          check=False).stdout.strip() in ("", "Z")


def test_the_terminal_is_left_as_it_was(tmp_path):
    """Raw while the guest has it, cooked afterwards, whichever way it ended."""
    shell = Console("/bin/sh", [], cwd=str(places.ROOT), env=dict(environment(), PS1="host> "),
                    timeout=HANG, encoding="utf-8", dimensions=(30, 100))
    for way in ("poweroff\n", "\x1d"):
        shell.expect_exact("host> ")
        shell.sendline(f"cd {places.ROOT}; stty -a > {tmp_path}/before; ./skerry run --log {tmp_path}/log; "
                       f"stty -a > {tmp_path}/after; cd {tmp_path}; cmp before after && echo a\\greed")
        shell.expect_exact("This is Skerry.")
        shell.prompt()
        shell.send(way)
        shell.expect_exact("agreed")
    shell.close(force=True)


@pytest.mark.parametrize("size", ["16 40", "50 132"])
def test_the_window_is_the_terminals(console, size):
    rows, columns = map(int, size.split())
    session = Console("./skerry", ["run", "--log", "/dev/null"], cwd=str(places.ROOT), env=environment(),
                      timeout=HANG, encoding="utf-8", dimensions=(rows, columns))
    session.prompt()
    assert session.run("stty size") == size
    assert leave(session) == 0
