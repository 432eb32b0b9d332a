"""`./skerry run -- COMMAND`: one command, its streams byte for byte, its exit status."""

import hashlib
import os
import pty
import signal
import subprocess
import time

import pytest

from harness.fixtures import HANG, environment
from skerry import places


def shell(skerry_run, script, **more):
    return skerry_run("sh", "-c", script, **more)


def start(*words, **more):
    """`./skerry run` in the background."""
    return subprocess.Popen(["./skerry", "run", *map(str, words)], cwd=places.ROOT,
                            env=environment(), **more)


# ---- streams and statuses ------------------------------------------------------------------------

def test_a_script_prints_and_leaves_with_its_status(skerry_run):
    done = skerry_run("/bin/busybox", "sh", "-c",
                      "for i in 1 2 3; do echo $i | tr 123 abc; done; uname -m; exit 7")
    assert (done.returncode, done.stdout) == (7, b"a\nb\nc\nx86_64\n")
    assert done.stderr == b""


def test_random_bytes_have_the_same_sum_here_and_there(skerry_run):
    data = os.urandom(100_000)
    done = skerry_run("sha256sum", stdin=data)
    assert done.stdout.decode() == hashlib.sha256(data).hexdigest() + "  -\n"
    assert done.returncode == 0


def test_echo_through_tr(skerry_run):
    assert skerry_run("tr", "a-z", "A-Z", stdin=b"hello\n").stdout == b"HELLO\n"


def test_every_byte_passes_in_both_directions(skerry_run):
    data = bytes(range(256)) * 40 + os.urandom(300_000)
    done = skerry_run("cat", stdin=data)
    assert done.returncode == 0
    assert done.stdout == data


def test_standard_error_stands_apart(skerry_run):
    done = shell(skerry_run, r"printf 'out\000\377'; printf 'err\001\376' >&2; exit 3")
    assert (done.returncode, done.stdout, done.stderr) == (3, b"out\0\xff", b"err\x01\xfe")


def test_much_on_both_outputs(skerry_run):
    done = shell(skerry_run, "seq 1 100000; seq 1 50000 >&2 & seq 100001 200000; wait")
    assert done.stdout.split() == [b"%d" % i for i in range(1, 200_001)]
    assert done.stderr.split() == [b"%d" % i for i in range(1, 50_001)]


def test_some_megabytes_come_out_whole(skerry_run):
    done = shell(skerry_run, "head -c 4000000 /dev/urandom | tee /tmp/all; sha256sum /tmp/all >&2")
    assert len(done.stdout) == 4_000_000
    assert done.stderr.split()[0].decode() == hashlib.sha256(done.stdout).hexdigest()


def test_input_that_nobody_reads_is_no_hindrance(skerry_run):
    done = shell(skerry_run, "read line; echo got $line; exit 4", stdin=b"first\n" + bytes(500_000))
    assert (done.returncode, done.stdout) == (4, b"got first\n")


def test_empty_input_is_at_its_end(skerry_run):
    assert skerry_run("wc", "-c", stdin=b"").stdout.strip() == b"0"


@pytest.mark.parametrize("script, status", [
    ("true", 0), ("false", 1), ("exit 200", 200), ("exit 255", 255),
    ("kill -9 $$", 128 + 9), ("kill -TERM $$", 128 + 15), ("kill -SEGV $$", 128 + 11),
])
def test_the_status_is_the_commands(skerry_run, script, status):
    assert shell(skerry_run, script).returncode == status


def test_what_is_not_there_is_127(skerry_run):
    done = skerry_run("no-such-program", "x")
    assert (done.returncode, done.stdout) == (127, b"")
    assert done.stderr == b"skerry: no-such-program: No such file or directory\n"
    assert skerry_run("/bin/none/at/all").returncode == 127


def test_what_cannot_be_run_is_126(skerry_run):
    done = skerry_run("/etc/passwd")
    assert (done.returncode, done.stderr) == (126, b"skerry: /etc/passwd: Permission denied\n")
    assert skerry_run("/etc").returncode == 126


def test_a_time_limit_ends_in_124(skerry_run):
    done = skerry_run("sleep", "1000", options=["--timeout", "4"])
    assert (done.returncode, done.stderr) == (124, b"skerry: timed out after 4 s\n")


def test_words_arrive_as_they_were_given(skerry_run):
    words = ["", "two words", "a'b\"c", "*", "$HOME", "\\n", "\u00fc\u20ac", "-n", "x" * 5000]
    done = skerry_run("sh", "-c", 'for word; do printf "<%s>\\n" "$word"; done', "name", *words)
    assert done.stdout.decode() == "".join(f"<{word}>\n" for word in words)


def test_nothing_is_left_of_the_emulator(tmp_path):
    """Ctrl-C at `./skerry run -- sleep` reaches the command, whose end ends everything."""
    with start("--log", tmp_path / "log", "--", "sh", "-c", "echo up; sleep 1000",
               stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout.readline() == b"up\n"
        running.send_signal(signal.SIGINT)
        assert running.wait(HANG) == 128 + signal.SIGINT


def test_a_command_can_catch_the_signal(tmp_path):
    script = "trap 'echo caught; exit 9' TERM; echo up; while :; do sleep 1; done"
    with start("--log", tmp_path / "log", "--", "sh", "-c", script,
               stdout=subprocess.PIPE) as running:
        assert running.stdout.readline() == b"up\n"
        running.send_signal(signal.SIGTERM)
        assert running.stdout.read() == b"caught\n"
        assert running.wait(HANG) == 9


def test_input_is_read_as_it_comes(tmp_path):
    """A conversation: each answer is there before the next question is asked."""
    with start("--log", tmp_path / "log", "--", "sh", "-c", "while read x; do echo you said $x; done",
               stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        for word in (b"one", b"two", b"three"):
            running.stdin.write(word + b"\n")
            running.stdin.flush()
            assert running.stdout.readline() == b"you said " + word + b"\n"
        running.stdin.close()
        assert running.wait(HANG) == 0


def test_an_output_that_nobody_reads_ends_the_command(tmp_path):
    with start("--log", tmp_path / "log", "--", "yes", stdout=subprocess.PIPE) as running:
        assert running.stdout.readline() == b"y\n"
        running.stdout.close()
        assert running.wait(HANG) == 128 + signal.SIGPIPE


# ---- options -------------------------------------------------------------------------------------

def test_environment_and_folder(skerry_run):
    done = shell(skerry_run, 'echo "$A|$B|$HOME"; pwd',
                 options=["--env", "A=1 2", "--env", "B=", "--env", "HOME=/tmp", "--cwd", "/etc"])
    assert done.stdout == b"1 2||/tmp\n/etc\n"


def test_a_folder_that_is_not_there(skerry_run):
    done = skerry_run("true", options=["--cwd", "/nowhere"])
    assert done.returncode == 127
    assert b"No such file or directory" in done.stderr


def test_a_file_and_a_folder_are_brought_along(skerry_run, tmp_path):
    tree = tmp_path / "tree"
    (tree / "deep/er").mkdir(parents=True)
    (tree / "deep/er/data").write_bytes(bytes(range(256)))
    (tree / "empty").write_bytes(b"")
    (tree / "script").write_text("#!/bin/sh\necho from $0: $*\n")
    (tree / "script").chmod(0o755)
    (tree / "link").symlink_to("deep/er/data")
    one = tmp_path / "one file"
    one.write_bytes(b"one\n")
    done = shell(skerry_run,
                 "cd /brought; find . | sort; sha256sum link; ./script a b; cat '/one file' /two; "
                 "echo more >> empty && cat empty",
                 options=["--add", f"{tree}:/brought", "--add", one, "--add", f"{one}:/two"])
    total = hashlib.sha256(bytes(range(256))).hexdigest()
    assert done.stdout.decode().splitlines() == [
        ".", "./deep", "./deep/er", "./deep/er/data", "./empty", "./link", "./script",
        f"{total}  link", "from ./script: a b", "one", "one", "more"]
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_hundred_megabytes_are_brought_along(skerry_run, tmp_path):
    block = os.urandom(1 << 20)
    big = tmp_path / "big"
    with big.open("wb") as file:
        for _ in range(100):
            file.write(block)
    done = shell(skerry_run, "wc -c < /big; tail -c 1048576 /big | sha256sum; echo x >> /big; tail -c 2 /big",
                 options=["--add", big])
    assert done.stdout.decode().splitlines() == [
        str(100 << 20), hashlib.sha256(block).hexdigest() + "  -", "x"]


def test_a_dynamic_program_brings_its_loader_and_libraries(skerry_run, tmp_path):
    """The host's own cat, linked against glibc."""
    done = skerry_run("/hosts-cat", "/etc/hostname", options=["--add", "/bin/cat:/hosts-cat"])
    assert (done.returncode, done.stdout) == (0, b"skerry\n"), done.stderr


def test_memory_is_as_much_as_was_asked_for(skerry_run):
    def total(size):
        done = skerry_run("grep", "MemTotal", "/proc/meminfo", options=["--mem", size])
        return int(done.stdout.split()[1])
    small, large = total("128M"), total("1G")
    assert small < 128 * 1024
    assert 700 * 1024 < large < 1024 * 1024


def test_more_processors_are_accepted(skerry_run):
    done = shell(skerry_run, "echo up", options=["--smp", "2"])
    assert (done.returncode, done.stdout) == (0, b"up\n")


def test_the_log_goes_where_it_should(skerry_run, tmp_path):
    log = tmp_path / "a log"
    assert skerry_run("true", options=["--log", log]).returncode == 0
    assert "uart" in log.read_text(errors="replace")


def test_another_policy(skerry_run, tmp_path):
    policy = tmp_path / "mine.toml"
    policy.write_text((places.ROOT / "manifests/default.toml").read_text())
    done = skerry_run("echo", "hi", options=["--manifest", policy])
    assert (done.returncode, done.stdout) == (0, b"hi\n")


def test_a_policy_with_a_mistake_names_file_and_line(skerry_run, tmp_path):
    policy = tmp_path / "mine.toml"
    policy.write_text("version = 1\n[service.uart]\nprioritie = 3\n")
    done = skerry_run("echo", "hi", options=["--manifest", policy])
    assert (done.returncode, done.stdout) == (125, b"")
    assert b"mine.toml:3" in done.stderr and b"prioritie" in done.stderr


def test_a_policy_that_is_no_text(skerry_run, tmp_path):
    policy = tmp_path / "mine.toml"
    policy.write_bytes(os.urandom(4096))
    done = skerry_run("echo", "hi", options=["--manifest", policy])
    assert (done.returncode, done.stdout) == (125, b"")
    assert len(done.stderr.splitlines()) == 1 and b"mine.toml" in done.stderr


def test_a_dry_run_prints_and_starts_nothing(skerry_run, tmp_path):
    log = tmp_path / "log"
    done = skerry_run("echo", "hi", options=["--dry-run", "--mem", "1G", "--log", log])
    words = done.stdout.decode().split()
    assert done.returncode == 0
    assert words[0] == "qemu-system-x86_64" and "1024M" in words and {"-kernel", "-cdrom"} & set(words)
    assert not log.exists()


@pytest.mark.parametrize("words", [
    ["--no-such-option"],
    ["--mem", "lots"],
    ["--mem", "1M"],
    ["--smp", "0"],
    ["--smp", "many"],
    ["--timeout", "0"],
    ["--env", "NOVALUE"],
    ["--cwd", "relative"],
    ["--add", "/no/such/file"],
    ["--add", "/etc/passwd:relative"],
    ["--manifest", "/no/such/file"],
    ["--log", "/no/such/folder/log"],
    ["--accel", "magic"],
    ["stray"],
])
def test_the_impossible_is_one_line_and_status_2(tmp_path, words):
    log = tmp_path / "log"
    more = [] if "--log" in words else ["--log", log]
    done = subprocess.run(["./skerry", "run", *more, *words, "--", "true"], cwd=places.ROOT,
                          env=environment(), capture_output=True, timeout=HANG, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"skerry: ") and done.stderr.count(b"\n") == 1
    assert not log.exists()


# ---- terminals -----------------------------------------------------------------------------------

SEES = "for fd in 0 1 2; do if test -t $fd; then echo tty; else echo none; fi; done > /tmp/x; cat /tmp/x"


def test_without_a_terminal_here_there_is_none_there(skerry_run):
    assert shell(skerry_run, SEES).stdout.split() == [b"none"] * 3


def test_a_terminal_here_is_one_there(tmp_path):
    """Standard input and error are a terminal of 33 by 111, standard output is none."""
    ours, theirs = pty.openpty()
    subprocess.run(["stty", "rows", "33", "cols", "111"], stdin=theirs, check=True)
    with start("--log", tmp_path / "log", "--", "sh", "-c",
               "test -t 0 && test ! -t 1 && test -t 2 && stty size", stdin=theirs, stderr=theirs,
               stdout=subprocess.PIPE) as running:
        os.close(theirs)
        shown = running.stdout.read()
        assert running.wait(HANG) == 0
    os.close(ours)
    assert shown == b"33 111\n"
