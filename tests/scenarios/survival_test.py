"""Services are looked at, stopped, killed and started again from a shell. That no byte is lost meanwhile is shown in
tests/faults; here is what a person sees."""

import re

import pytest


def shell(skerry_run, script, **more):
    return skerry_run("sh", "-c", script, **more)


#: Who is killed may just run on another processor.
pytestmark = pytest.mark.machines({"smp": 2})

#: Begins every script below: what a person would ask again and again.
ASK = """
of() { sed -n "s/^$2  *//p" /svc/$1/status; }
settled() { until [ "$(of $1 state)" = "$2" ]; do sleep 0.05; done; }
"""


def test_ten_thousand_lines_and_five_kills(skerry_run):
    """Issue 2, `Shown by` 5, as a person would type it: the kills come whenever they come."""
    done = shell(skerry_run, """
        (for kill in 1 2 3 4 5; do
             sleep 0.3
             until echo kill > /svc/uart/control; do sleep 0.1; done 2>/dev/null
         done) &
        i=1; while [ $i -le 10000 ]; do echo line $i; i=$((i + 1)); done
        wait; grep incarnation /svc/uart/status >&2""")
    assert done.stdout.splitlines() == [b"line %d" % i for i in range(1, 10_001)]
    assert done.stderr.split() == [b"incarnation", b"6"]
    assert done.returncode == 0


def test_every_service_shows_itself(skerry_run):
    done = shell(skerry_run, "ls /svc; ls /svc/uart; cat /svc/*/status; ls -l /svc/uart/control")
    lines = done.stdout.decode().splitlines()
    assert lines[:8] == ["console", "linux", "supervisor", "uart", "control", "crash", "log", "status"]
    fields = dict(re.findall(r"^(\S+) +(.+)$", "\n".join(lines[8:-1]), re.M))
    assert {"name", "state", "incarnation", "uptime", "memory", "processor-time"} <= fields.keys()
    assert sum(line == "state           running" for line in lines) == 4
    assert lines[-1].startswith("-rw-------")
    assert done.stderr == b""


def test_a_kill_leaves_a_record_and_a_successor(skerry_run):
    done = shell(skerry_run, ASK + """
        cat /svc/uart/crash | wc -c
        echo kill > /svc/uart/control; echo $?; settled uart running
        of uart incarnation; of uart last-end; cat /svc/uart/crash
        cat /svc/supervisor/log >&2""")
    text = done.stdout.decode()
    lines = text.splitlines()
    assert [line.strip() for line in lines[:3]] == ["0", "0", "2"]
    assert lines[3].startswith("killed, ")
    assert re.search(r"^service +uart, incarnation 1$", text, re.M)
    assert re.search(r"^cause +killed$", text, re.M)
    assert re.search(r"\brip +[0-9a-f]{16}\b", text)
    assert re.search(r"^ +0x[0-9a-f]+ main\+", text, re.M), "the backtrace has names"
    assert b"uart runs, incarnation 2" in done.stderr


def test_restart_stop_and_start(skerry_run):
    done = shell(skerry_run, ASK + """
        echo restart > /svc/uart/control; settled uart running; of uart incarnation; of uart last-end
        (echo stop > /svc/uart/control; settled uart stopped; of uart state
         echo stop > /svc/uart/control; echo $?
         echo start > /svc/uart/control; settled uart running; of uart incarnation
         echo start > /svc/uart/control; echo $?) > /tmp/meanwhile 2>&1
        cat /tmp/meanwhile""")
    lines = done.stdout.decode().splitlines()
    assert lines[0] == "2" and lines[1].startswith("stopped, ")
    busy = "sh: write error: Device or resource busy"
    assert lines[2:] == ["stopped", busy, "1", "3", busy, "1"]
    assert done.stderr == b""


def test_what_is_no_word_is_refused(skerry_run):
    done = shell(skerry_run, """
        echo jump > /svc/uart/control; echo $?
        echo > /svc/uart/control; echo $?
        head -c 5000 /dev/zero > /svc/uart/control; echo $?
        echo kill > /svc/supervisor/control; echo $?
        echo kill > /svc/nobody/control; echo $?
        echo x > /svc/uart/status; echo $?
        cat /svc/uart/control
        grep incarnation /svc/uart/status""")
    assert done.stdout.decode().splitlines() == [
        "1", "1", "1", "1", "1", "1", "restart stop start kill", "incarnation     1"]
    errors = done.stderr.decode().splitlines()
    assert errors[:2] == ["sh: write error: Invalid argument"] * 2
    assert errors[2].startswith("head: standard output: ")
    assert errors[3] == "sh: write error: Operation not permitted"
    assert "can't create /svc/nobody/control" in errors[4]


def test_only_root_steers(skerry_run):
    done = shell(skerry_run, "su nobody -s /bin/sh -c 'head -n 1 /svc/uart/status; echo kill > /svc/uart/control'")
    assert done.stdout.decode().split() == ["name", "uart"]
    assert b"Permission denied" in done.stderr


def test_many_kills_and_it_always_returns(skerry_run):
    """Twenty in a row, of both services that carry this very output."""
    done = shell(skerry_run, ASK + """
        for i in $(seq 20); do
            for name in uart console; do
                until echo kill > /svc/$name/control; do sleep 0.05; done 2>/dev/null
            done
            echo $i
        done
        settled uart running; settled console running
        of uart incarnation; of console incarnation""")
    assert done.stdout.split() == [b"%d" % i for i in [*range(1, 21), 21, 21]]


def test_killing_the_personality_ends_the_command_and_says_so(skerry_run):
    done = shell(skerry_run, "echo before; sleep 0.2; echo kill > /svc/linux/control; sleep 1000; echo after")
    assert (done.returncode, done.stdout) == (125, b"before\n")
    assert done.stderr.startswith(b"skerry: sh has ended") and done.stderr.count(b"\n") == 1


def test_killing_the_personality_in_a_flood_of_output(skerry_run):
    """It dies with half a frame sent; what came before is whole."""
    done = shell(skerry_run, "(sleep 0.5; echo kill > /svc/linux/control) & seq 1 10000000")
    assert done.returncode == 125
    numbers = done.stdout.split(b"\n")[:-1]
    assert numbers == [b"%d" % i for i in range(1, len(numbers) + 1)]


def test_killing_the_personality_gives_the_console_a_new_shell(console):
    session = console()
    assert session.run("echo mine > /tmp/file; cat /tmp/file") == "mine"
    session.sendline("echo kill > /svc/linux/control")
    session.expect_exact("This is Skerry.")
    session.prompt()
    assert "No such file" in session.run("cat /tmp/file")
    assert "incarnation     2" in session.run("grep incarnation /svc/linux/status")
    assert "cause        killed" in session.run("cat /svc/linux/crash")
    assert "incarnation     1" in session.run("grep incarnation /svc/uart/status")
    session.sendline("poweroff")
    session.expect("$")


@pytest.mark.parametrize("service", ["uart", "console"])
def test_typing_goes_on_over_a_kill(console, service):
    """Ten thousand lines on the screen with five kills, and keys typed meanwhile are the shell's afterwards."""
    session = console()
    session.sendline("i=1; while [ $i -le 10000 ]; do echo line $i; i=$((i + 1)); case $i in *000) "
                     f"[ $i -gt 5000 ] && until echo kill > /svc/{service}/control; do sleep 0.1; done 2>/dev/null;; "
                     "esac; done")
    session.expect_exact("done\r\n")
    session.sendline("echo typed mean\\while")
    session.expect_exact("typed meanwhile\r\n")
    numbers = [int(number) for number in re.findall(r"^line (\d+)\r?$", session.before, re.M)]
    assert numbers == list(range(1, 10_001))
    session.prompt()
    assert "incarnation     6" in session.run(f"grep incarnation /svc/{service}/status")


def test_stopping_the_line_and_its_return(console):
    session = console()
    session.sendline("echo stop > /svc/uart/control; sleep 1; echo start > /svc/uart/control; echo ba\\ck")
    session.expect_exact("\r\nback\r\n")
    session.prompt()
    assert "running" in session.run("grep state /svc/uart/status")
