"""What a suite's tests came to, as a file's lines: `pass NAME` or `fail NAME`; and how two runs are compared."""

import pathlib


def numbered(pairs):
    """(name, outcome) pairs as a dictionary; of tests with one name the second is `NAME #2`."""
    result, seen = {}, {}
    for name, outcome in pairs:
        seen[name] = seen.get(name, 0) + 1
        result[name if seen[name] == 1 else f"{name} #{seen[name]}"] = outcome
    return result


def write(file, outcomes, heading):
    lines = [f"# {line}" for line in heading]
    lines += [f"{'pass' if passed else 'fail'} {name}" for name, passed in sorted(outcomes.items())]
    pathlib.Path(file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def lines(file):
    return [line for line in pathlib.Path(file).read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")]


def read(file):
    return {name: word == "pass" for word, name in (line.split(" ", 1) for line in lines(file))}


def exceptions(file):
    """What the file says of tests, lines `fails NAME: REASON` or `races NAME: REASON` (a name's last colon divides):
    name to whether it must fail; of what races, either outcome is good."""
    def entry(line):
        word, rest = line.split(" ", 1)
        name, reason = rest.rsplit(": ", 1)
        if word not in ("fails", "races") or not reason:
            raise ValueError(f"{file}: {line}")
        return name, word == "fails"
    return dict(map(entry, lines(file)))


def complaints(found, linux, excepted):
    """What is not as it should be: a test passes where it passes on Linux, but for the exceptions, which fail."""
    for name, passes in linux.items():
        if name not in found:
            yield f"{name}: did not run"
        elif passes and not found[name] and name not in excepted:
            yield f"{name}: fails"
        elif found[name] and excepted.get(name):
            yield f"{name}: passes, and is listed as an exception"
    for name in found.keys() - linux.keys():
        yield f"{name}: not in the record of Linux"
    for name in excepted.keys() - linux.keys():
        yield f"{name}: an exception that there is no test of"


def counts(found, linux, excepted):
    known = sum(name in excepted and not found[name] for name in found)
    return (f"{sum(found.values())} of {len(found)} pass, on Linux {sum(linux.get(name, False) for name in found)}"
            + (f"; {known} known to fail" if known else ""))
