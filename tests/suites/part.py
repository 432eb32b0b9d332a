"""What one boot does of a suite, and whether it came to what Linux comes to."""

import dataclasses
import typing

from suites import outcomes


@dataclasses.dataclass(frozen=True)
class Part:
    words: list[str]  # for run.sh
    read: typing.Callable[[str], dict[str, bool]]  # what run.sh printed: each test, and whether it passed
    has: typing.Callable[[str], bool]  # whether a test, by its name, is of this part
    at_length: typing.Callable[[str, str], str]  # what is printed about a test


def check(part, here, done, record_property):
    text = done.stdout.decode(errors="replace")
    found = part.read(text)
    linux, excepted = ({name: word for name, word in words.items() if part.has(name)} for words in
                       (outcomes.read(here / "linux.txt"), outcomes.exceptions(here / "exceptions.txt")))
    record_property("counts", outcomes.counts(found, linux, excepted))
    assert done.returncode in (0, 1), done.stderr.decode(errors="replace")[-2000:]
    wrong = list(outcomes.complaints(found, linux, excepted))
    assert not wrong, "\n".join(
        wrong + [f"--- {name}\n{part.at_length(text, name)}" for name in linux
                 if linux[name] and not found.get(name) and name not in excepted])
