"""How the suite is divided among boots."""

import re

from suites import outcomes
from suites.bash import tree
from suites.part import Part

SHARES = 2
NAMES = [f"bash-{share + 1}" for share in range(SHARES)]
CASE = re.compile(r"(PASS|FAIL): (\S+)")


def read(text):
    cases = filter(None, map(CASE.fullmatch, text.splitlines()))
    return outcomes.numbered((case[2], case[1] == "PASS") for case in cases)


def at_length(text, name):
    _, _, rest = text.partition(f"FAIL: {name}\n")
    return re.split(r"^(?:PASS|FAIL): ", rest, maxsplit=1, flags=re.MULTILINE)[0][:2000]


def of(folder, name):
    chosen = tree.names(folder)[int(name.removeprefix("bash-")) - 1::SHARES]
    return Part(chosen, read, lambda test: test in chosen, at_length)
