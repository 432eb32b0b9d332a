"""What the long form of the explorer and the placed faults came to (tests/model/record.py), for docs/numbers.md."""

import json

from skerry import places

RESULTS = places.ROOT / "tests/model/results.json"

TEXT = """\
Every sequence of the actions of each small world, level by level, on the kernel's own sources and in the specification
side by side: `tests/model/record.py build/host`. A world is done when no action leads to a state that was not met before."""


def lines(results=RESULTS):
    """The section of docs/numbers.md; nothing if nothing was kept."""
    if not results.exists():
        return []
    kept = json.loads(results.read_text())
    worlds, faults = kept["worlds"], kept["faults"]
    said = ["", "## The kernel against its specification", "", TEXT.replace("\n", " "), "",
            "| world | actions | depth | distinct states | steps |", "|---|---:|---|---:|---:|"]
    for world in worlds:
        depth = f"{world['depth']}: all there are" if world["all"] else str(world["depth"])
        said.append(f"| {world['world']} | {world['actions']} | {depth} | {world['states']:,} | {world['steps']:,} |")
    states, steps = (sum(world[what] for world in worlds) for what in ("states", "steps"))
    said.append(f"| together | | | {states:,} | {steps:,} |")
    if faults:
        caught = sum(how is not None for how in faults.values())
        said += ["", f"Of {len(faults)} faults placed in the kernel when this was recorded, one at a time (all are in "
                 f"`tests/model/mutations.toml`), {caught} were noticed:", "", "| fault | noticed by |", "|---|---|"]
        said += [f"| {name} | {how or 'nobody'} |" for name, how in faults.items()]
    return said
