"""Terminals: what a person sees who types at them, at the console and inside of a pseudo-terminal."""

import re

import pexpect
import pytest

from harness.fixtures import HANG, PROMPT, Console, environment
from skerry import places


def settled(session):
    """Waits until the job has the terminal: its own group is in the foreground only then. Seen from outside there is
    nothing to see, so it is given time."""
    session.expect(pexpect.TIMEOUT, timeout=1.5)


def follows(session, rows, columns):
    """What happens outside arrives when it does; a shell that edits a line then draws it once more."""
    size = None
    while size != f"{rows} {columns}":
        session.sendline("stty size")
        session.expect(r"\n(\d+ \d+)\r\n")
        size = session.match[1]
    session.sendline("echo settl\\ed")
    session.expect_exact("\r\nsettled\r\n")
    session.prompt()


def test_the_console_follows_the_window(console):
    session = console()
    assert session.run("stty size") == "24 200"
    session.setwinsize(40, 120)
    follows(session, 40, 120)

    # Programs hear of it.
    session.sendline("sh -c 'trap \"stty size\" WINCH; echo wait\\ing; while sleep 0.1; do :; done'")
    session.expect_exact("\r\nwaiting\r\n")
    session.setwinsize(31, 91)
    session.expect_exact("31 91\r\n")
    session.send("\x03")
    session.prompt()
    session.sendline("seq 1000 | less")
    session.expect_exact("\n\x1b[K30\r\n")
    session.send("q")
    session.prompt()
    assert "31" not in session.before

    # A personality that begins anew is told too.
    session.setwinsize(50, 150)
    session.sendline("echo kill > /svc/linux/control")
    session.expect_exact("This is Skerry.")
    session.prompt()
    follows(session, 50, 150)


def test_the_prompt_helps(console):
    session = console(prompt=False)
    session.expect(r"root@skerry:~# ")
    session.sendline("mkdir -p /tmp/somewhere/else; cd /tmp/somewhere")
    session.expect(r"root@skerry:/tmp/somewhere# ")
    session.run("cd -")
    # Completion of a folder, and of a command; then what was typed before.
    session.send("echo /tmp/somew\te\t\n")
    session.expect(r"\r\n/tmp/somewhere/else/\r\n")
    session.prompt()
    session.send("unam\t -s\n")
    session.expect_exact("\r\nLinux\r\n")
    session.prompt()
    session.send("\x1b[A\x1b[A\n")
    session.expect(r"\r\n/tmp/somewhere/else/\r\n")
    session.prompt()
    assert session.run("ll -d /tmp | cut -c 1-4") == "drwx"
    assert session.run("id -un; hostname; id -gn nobody; su -s /bin/sh nobody -c 'id -u'") == \
        "root\nskerry\nnogroup\n65534"


def test_full_screen_programs(console):
    session = console()
    session.sendline("top")
    session.expect_exact("COMMAND")
    session.expect(r"\[init\]")
    session.send("q")
    session.prompt()
    # (While its program runs, watch does not hear Ctrl-C, under Linux too.)
    session.sendline("watch -n 100 'echo seen; stty size < /dev/tty'")
    session.expect(r"Every 100\.0s.*seen\r\n24 200\r\n")
    settled(session)
    session.send("\x03")
    session.prompt()
    session.sendline("vi /tmp/text")
    session.expect_exact("- /tmp/text 1/1 100%")
    session.send("ifirst\rsecond\x1b")
    session.expect_exact("- /tmp/text [Modified]")
    session.send(":wq\r")
    session.prompt()
    assert session.run("cat /tmp/text") == "first\nsecond"


def job_control(session):
    """What the shell of a prompt does with jobs, whichever shell it is."""
    session.sendline("sleep 100")
    session.expect_exact("sleep 100\r\n")
    settled(session)
    session.send("\x1a")
    session.expect(r"\[1\]\+ +Stopped +.*sleep 100")
    session.expect(PROMPT)
    assert re.search(r"\[1\]\+ +Stopped +.*sleep 100", session.run("jobs"))
    session.run("bg")
    assert re.search(r"\[1\]\+ +Running +.*sleep 100", session.run("jobs"))
    session.sendline("fg")
    session.expect_exact("sleep 100")
    settled(session)
    session.send("\x03")
    session.prompt()
    assert session.run("echo $?; jobs") == "130"

    # A pipeline is one job: it stops, goes on and ends as one.
    session.sendline("sleep 100 | cat | cat")
    session.expect_exact("cat | cat\r\n")
    settled(session)
    session.send("\x1a")
    session.expect("Stopped")
    session.expect(PROMPT)
    session.run("bg")
    assert "Running" in session.run("jobs")
    session.run("kill %1; wait")
    assert session.run("jobs") == ""

    # Who writes from the background is stopped if the terminal says so.
    session.run("stty tostop")
    session.run("(echo from behind) &")
    while "Stopped" not in session.run("jobs"):
        pass
    session.sendline("fg")
    session.expect_exact("from behind\r\n")
    session.prompt()
    session.run("stty -tostop; wait")


def test_jobs_of_ash(console):
    session = console()
    job_control(session)


def test_jobs_of_bash(tmp_path):
    session = Console("./skerry", ["run", "--log", str(tmp_path / "log"), "--deb", "bash", "--", "bash", "--norc"],
                      cwd=str(places.ROOT), env=environment(), timeout=HANG, encoding="utf-8",
                      codec_errors="replace", dimensions=(24, 100))
    session.delaybeforesend = None
    session.expect_exact("# ")
    session.sendline("PS1='b# '; bind 'set enable-bracketed-paste off'")
    session.expect(r"\nb# ")
    session.prompt = lambda: session.expect(r"\nb# |^b# ")
    job_control(session)
    session.sendline("exit 3")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 3


@pytest.mark.parametrize("program", ["script -qc 'tty; stty rows 33 cols 44; stty size; /usr/bin/ps -o comm= -t $(tty)' /dev/null"])
def test_inside_a_pseudo_terminal(skerry_run, program):
    done = skerry_run("bash", "-c", program, options=[
        word for name in ("bash", "bsdutils", "procps", "coreutils") for word in ("--deb", name)])
    lines = done.stdout.decode().splitlines()
    assert lines[:2] == ["/dev/pts/0", "33 44"], done.stderr
    assert "ps" in lines[2:]
