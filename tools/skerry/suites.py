"""The two kinds of test programs, run two at a time, with every outcome shown as it comes."""

import json
import os
import re
import subprocess
import threading

from skerry import places, say

CASE = re.compile(r"^ *\d+/\d+ Test +#\d+: (.+?) \.+[* ]*(Passed|Skipped|Failed|.*)")


class Tally:
    """What has happened so far; lines come from several threads."""

    def __init__(self, place):
        self.place, self.passed, self.failed, self.skipped = place, 0, 0, 0
        self._lock = threading.Lock()

    def count(self, name, outcome, text=""):
        with self._lock:
            word = {"passed": "ok", "skipped": "skipped"}.get(outcome, "FAILED")
            self.passed += word == "ok"
            self.skipped += word == "skipped"
            self.failed += word == "FAILED"
            say.progress(f"{self.place:9} {word:7} {name}")
            if text:
                say.progress(text)


def ctest(tally, pattern):
    """The unit tests and short fuzz runs that CMake knows."""
    command = ["ctest", "--test-dir", places.HOST, "-j2", "--output-on-failure",
               "--no-tests=ignore"]
    if pattern:
        command += ["-R", re.escape(pattern).replace("/", "[/.]")]
    environment = dict(os.environ, CTEST_OUTPUT_ON_FAILURE="1")
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace",
                               env=environment)
    tail = False
    for line in running.stdout:
        if match := CASE.match(line):
            outcome = "passed" if match[2].startswith("Passed") else "failed"
            tally.count(match[1], "skipped" if "Skipped" in match[2] else outcome)
            tail = outcome == "failed"
        elif tail and not line.startswith(("    Start", "\n")) and "% tests passed" not in line:
            say.progress("  " + line.rstrip())
    if running.wait() != 0 and tally.failed == 0:
        tally.count("ctest itself", "failed", "by hand: " + " ".join(map(str, command)))


def pytest(tally, paths, files, pattern, shares):
    """Tests written in Python, in that many processes side by side."""
    def listen(share):
        reader, writer = os.pipe()
        paths_set = os.pathsep.join(str(places.ROOT / name) for name in ("tools", "tests"))
        environment = dict(os.environ, PYTHONPATH=paths_set, SKERRY_REPORT_FD=str(writer),
                           PYTHONDONTWRITEBYTECODE="1")
        command = ["/usr/bin/python3", "-m", "pytest", "-p", "harness.report",
                   "-p", "harness.fixtures", "-p", "no:cacheprovider", "-p", "no:terminal",
                   "--import-mode=importlib", "--rootdir", places.ROOT, "-o",
                   f"python_files={files}", "--pattern", pattern, "--share", share, *paths]
        running = subprocess.Popen(command, cwd=places.ROOT, env=environment, pass_fds=[writer],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, errors="replace")
        os.close(writer)
        with os.fdopen(reader) as events:
            for event in map(json.loads, events):
                tally.count(event["name"], event["outcome"], event["text"])
        said = running.stdout.read()
        if running.wait() not in (0, 1, 5):
            tally.count("pytest itself", "failed", said)

    threads = [threading.Thread(target=listen, args=[f"{index}/{shares}"])
               for index in range(shares)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
