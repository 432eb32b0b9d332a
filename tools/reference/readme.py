"""What in the README is not written by hand: the figures between two marks, and the transcript of a
first visit, which a scenario types again."""

import pathlib
import re

FIGURES = re.compile(r"(<!-- figures[^\n]*-->\n)(.*?)(<!-- /figures -->)", re.DOTALL)
TRANSCRIPT = re.compile(r"<!-- transcript[^\n]*-->\n+```console\n(.*?)```", re.DOTALL)
PROMPT = re.compile(r"^(?:[^\s#$]+ )?[#$] (?P<command>\S[^\n]*)$")

#: What a first visitor wants to know, of everything that is measured.
SHOWN = {
    "kernel/call-reply/other-space/0-words": "call and reply, other address space",
    "kernel/call-reply/other-space/8-words": "the same with 8 words",
    "kernel/signal/higher-priority-waiter": "signal to a waiter of higher priority",
    "kernel/foreign-call/round-trip": "foreign system call to its server and back",
    "kernel/fault/page-map-resume": "page fault to its keeper, mapped by the reply",
    "linux/getpid": "`getpid` of a Linux program",
    "linux/fork-exit-wait": "`fork`, `exit`, `wait4` of a Linux program",
}


def figures(numbers):
    """The rows of docs/numbers.md that are shown, as a table; a sentence while there are none."""
    rows = []
    for line in numbers.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] in SHOWN and len(cells) == 6:
            rows.append(f"| {SHOWN[cells[0]]} | {cells[1]} | {cells[5]} |")
    if not rows:
        return "Not measured yet: `./skerry bench --docs`, then `./skerry docs`.\n"
    return "\n".join(["| guest instructions | Skerry | beside |", "|---|---:|---:|", *rows]) + "\n"


def with_figures(root):
    """The README with the figures of docs/numbers.md."""
    root = pathlib.Path(root)
    numbers = root / "docs/numbers.md"
    text = numbers.read_text(encoding="utf-8") if numbers.exists() else ""
    return FIGURES.sub(lambda match: match[1] + figures(text) + match[3],
                       (root / "README.md").read_text(encoding="utf-8"))


def visit(readme):
    """The transcript's commands, each with what is shown below it."""
    match = TRANSCRIPT.search(readme)
    steps = []
    for line in match[1].splitlines() if match else []:
        if typed := PROMPT.match(line):
            steps.append((typed["command"], []))
        elif steps:
            steps[-1][1].append(line)
    return [(command, "\n".join(shown).strip("\n")) for command, shown in steps]


def agrees(shown, printed):
    """Whether a command printed what is shown: `...` stands for anything, on a line of its own for
    any lines."""
    pattern = "".join(r"(?:[^\n]*(?:\n|$))*?" if line.strip() == "..." else
                      r"[^\n]*?".join(map(re.escape, line.rstrip().split("..."))) + r"[ \t]*(?:\n|$)"
                      for line in shown.split("\n")) if shown else ""
    return re.fullmatch(pattern, printed.strip("\n")) is not None
