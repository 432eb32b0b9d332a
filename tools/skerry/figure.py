"""Rows of the numbers: those that the guest says, and others."""

import tomllib

from skerry import places


def figure(name, unit, value, who=""):
    """One that the guest does not say. `who` stands in the last column: where it was, or under what conditions."""
    return {"name": name, "unit": unit, "value": value, "switches": None, "flushes": None, "peer": None, "who": who}


def peers():
    return tomllib.loads((places.ROOT / "tools/skerry/peers.toml").read_text(encoding="utf-8"))["peers"]


def said(text):
    """The `BENCH name unit value switches flushes` lines of a log."""
    beside = peers()
    for line in text.splitlines():
        words = line[line.index("BENCH "):].split() if "BENCH " in line else []
        if len(words) == 6:
            _, name, unit, *numbers = words
            value, switches, flushes = map(number, numbers)
            yield {"name": name, "unit": unit, "value": value, "switches": switches,
                   "flushes": flushes, "peer": beside.get(name, {}).get("value"),
                   "who": beside.get(name, {}).get("who", "")}


def number(text):
    """A dash: what a program can't see from where it stands."""
    if text == "-":
        return None
    return float(text) if "." in text else int(text)
