"""What the long form of the explorer and the placed faults came to (tests/model/record.py), for docs/numbers.md."""

import json
import tomllib

from skerry import places

RESULTS = places.ROOT / "tests/model/results.json"
FAULTS = places.ROOT / "tests/model/mutations.toml"

TEXT = """\
Every sequence of the actions of each small world, level by level, on the kernel's own sources and in the specification
side by side: `tests/model/record.py build/host`. A world is done when no action leads to a state that was not met before. Each row is of the last time
that world was run, on the kernel of that commit."""


def lines(results=RESULTS):
    """The section of docs/numbers.md; nothing if nothing was kept."""
    if not results.exists():
        return []
    kept = json.loads(results.read_text())
    worlds, faults = kept["worlds"], kept["faults"]
    said = ["", "## The kernel against its specification", "", TEXT.replace("\n", " "), "",
            "| world | actions | depth | distinct states | steps | kernel of |", "|---|---:|---|---:|---:|---|"]
    for world in worlds:
        depth = f"{world['depth']}: all there are" if world["all"] else str(world["depth"])
        said.append(f"| {world['world']} | {world['actions']} | {depth} | {world['states']:,} | {world['steps']:,} | "
                    f"{world.get('commit', '')} |")
    states, steps = (sum(world[what] for world in worlds) for what in ("states", "steps"))
    said.append(f"| together | | | {states:,} | {steps:,} | |")
    if faults:
        listed = tomllib.loads(FAULTS.read_text())
        noticed = sum(faults.get(name) is not None for name in listed)
        said += ["", f"`tests/model/mutations.toml` lists {len(listed)} faults. {len(faults)} were placed in the kernel, one "
                 f"at a time, and {noticed} of them noticed ({100 * noticed // len(listed)}% of all):", "",
                 "| fault | noticed by |", "|---|---|"]
        said += [f"| {name} | {how or 'nobody'} |" for name, how in faults.items()]
    return said
