"""`./skerry trace -- COMMAND`: the kernel's trace of a real run."""

import json
import subprocess

from harness.fixtures import HANG, environment
from skerry import places


def trace(*words):
    return subprocess.run(["./skerry", "trace", *map(str, words)], cwd=places.ROOT, env=environment(),
                          capture_output=True, text=True, timeout=HANG, check=False)


def test_a_command_is_traced(tmp_path):
    file = tmp_path / "trace.json"
    done = trace("--log", tmp_path / "log", "-o", file, "--", "sh", "-c", "ls / | wc -l > /tmp/n; sleep 0.1; exit 3")
    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    for line in ("who ran", "Linux call", "execve", "page fault", "sh -> linux", "interrupts: "):
        assert line in done.stderr, done.stderr
    events = json.loads(file.read_text(encoding="utf-8"))["traceEvents"]
    names = {event["args"]["name"] for event in events if event["ph"] == "M"}
    assert {"linux", "uart", "console", "supervisor", "processor 0"} <= names
    assert any(name.startswith("sh/") for name in names)

    # The sleep: a call of more than its time in which its thread did not run, though others may have.
    (sleep,) = [event for event in events
                if event["ph"] == "X" and event["name"] in ("nanosleep", "clock_nanosleep")]
    assert sleep["dur"] >= 100_000
    thread = next(event["args"]["name"] for event in events
                  if event["ph"] == "M" and event["name"] == "thread_name" and event.get("tid") == sleep["tid"]
                  and event["pid"] == sleep["pid"])
    inside = [event for event in events if event["ph"] == "X" and event["pid"] == 1 and event["name"] == thread
              and sleep["ts"] < event["ts"] < sleep["ts"] + sleep["dur"]]
    assert not inside

    # A processor does one thing at a time.
    runs = sorted((event["tid"], event["ts"], event["dur"])
                  for event in events if event["ph"] == "X" and event["pid"] == 1)
    assert all(one != other or begin + took <= then + 0.01
               for (one, begin, took), (other, then, _) in zip(runs, runs[1:]))


def test_bad_words_are_refused(tmp_path):
    for words, complaint in (([], "a command is wanted"),
                             (["-o", tmp_path / "no" / "file", "--", "true"], "can't be written there")):
        done = trace(*words)
        assert done.returncode == 2 and complaint in done.stderr
