"""Checks, from the compiler's own records of what includes what, that a file includes only floors
below its own, or its own room. DESIGN: abi < base < formats, protocols < kernel, runtime < the rest."""

import pathlib
import subprocess

from skerry import places

FLOORS = {"abi": 0, "base": 1, "formats": 2, "protocols": 2, "kernel": 3, "runtime": 3,
          "drivers": 4, "servers": 4, "apps": 4, "tests": 4, "bench": 4, "tools": 4}


def room(path):
    """The room of a file, a path relative to the repository; None for what is no room."""
    parts = pathlib.PurePath(path).parts
    if not parts or parts[0] not in FLOORS or len(parts) < 2:
        return None
    if parts[0] in ("drivers", "servers", "apps", "tools"):
        return "/".join(parts[:3] if parts[1] == "fs" else parts[:2])
    return parts[0]


def allowed(user, used):
    """Whether a file may include another, both relative to the repository."""
    own, other = room(user), room(used)
    if own is None or other is None or own == other:
        return True
    house, below = own.split("/")[0], other.split("/")[0]
    if below == "kernel":
        return house == "tests"
    return FLOORS[below] < FLOORS[house]


def includes(folder):
    """(source, used file) pairs that ninja has recorded, relative to the repository."""
    text = subprocess.run(["ninja", "-C", folder, "-t", "deps"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False).stdout
    source = None
    for line in text.splitlines():
        if not line.startswith("    "):
            source = None
            continue
        path = pathlib.Path(folder, line.strip())
        try:
            inside = path.resolve().relative_to(places.ROOT)
        except ValueError:
            continue
        source = source or inside
        if inside != source:
            yield source, inside


def offences():
    """One line for each inclusion that is not allowed."""
    found = {f"{user} includes {used}: a floor that is not below its own"
             for folder in (places.GUEST, places.HOST) if (folder / "build.ninja").exists()
             for user, used in includes(folder) if not allowed(user, used)}
    return sorted(found)
