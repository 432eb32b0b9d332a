"""Reads the personality's call table: every system call of Linux, who serves it, what lacks."""

import dataclasses
import pathlib
import re

TABLE = "servers/linux/calls.hpp"
LINE = re.compile(r'\{(?P<number>\d+), "(?P<name>\w+)", (?P<handler>[\w:]+)'
                  r'(?:,\s*Support::(?P<support>\w+))?(?:,\s*(?P<note>(?:"[^"]*"\s*)+))?\}')


@dataclasses.dataclass
class LinuxCall:
    number: int
    name: str
    support: str
    note: str


def read(root):
    text = (pathlib.Path(root) / TABLE).read_text(encoding="utf-8")
    found = []
    for match in LINE.finditer(text):
        note = "".join(re.findall('"([^"]*)"', match["note"] or ""))
        absent = match["handler"] == "nullptr"
        support = "absent" if absent else match["support"] or "full"
        found.append(LinuxCall(int(match["number"]), match["name"], support, note))
    if len(found) != len(re.findall(r"^ +\{\d+,", text, re.MULTILINE)):
        raise ValueError(f"{TABLE}: a line that the reference can't read")
    return found


def page(root):
    calls = read(root)
    by = {level: [call for call in calls if call.support == level]
          for level in ("full", "partial", "absent")}
    lines = [f"The {len(calls)} system calls of x86-64 Linux that have a line in the personality's "
             f"table: {len(by['full'])} answer as Linux does, {len(by['partial'])} in part, "
             f"{len(by['absent'])} are not there. A call that is not there, and any number without "
             "a line, ends with ENOSYS.", "",
             "The table says what was written to work; `tests/` says what was tried.", "",
             "## In part", "", "| number | call | what is there, or lacks |", "|---:|---|---|"]
    lines += [f"| {call.number} | `{call.name}` | {call.note} |" for call in by["partial"]]
    lines += ["", "## Not there", ""]
    lines += [", ".join(f"`{call.name}`" + (f" ({call.note})" if call.note else "")
                        for call in by["absent"]) + "."]
    lines += ["", "## As Linux", "", "| number | call | note |", "|---:|---|---|"]
    lines += [f"| {call.number} | `{call.name}` | {call.note} |" for call in by["full"]]
    return lines
