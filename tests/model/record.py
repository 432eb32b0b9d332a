#!/usr/bin/env python3
"""The long form: explores every world level by level until it has made so many steps or has met all states,
places faults, and keeps what came of it in results.json, from where `./skerry bench --docs` takes it.

    record.py BUILD [--steps N] [--jobs N] [--worlds FILE... --commit NAME | --no-worlds] [--faults [NAME...]]

--worlds takes what `explore --json` has written instead of exploring, on the kernel of that commit. --faults alone
places all. Worlds and faults
that are not named stay as they were the last time."""

import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile

import mutate

RESULTS = pathlib.Path(__file__).with_name("results.json")


def names(explorer):
    return subprocess.run([explorer, "--list"], check=True, text=True, stdout=subprocess.PIPE).stdout.split()


def commit():
    """Whose kernel it is: to be asked before it is explored, since that takes hours."""
    return subprocess.run(["git", "-C", RESULTS.parent, "describe", "--always", "--dirty"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def explored(explorer, steps, jobs):
    """Of each world what it came to; so many worlds at once."""
    def one(world):
        with tempfile.NamedTemporaryFile("r", suffix=".json") as file:
            subprocess.run([explorer, world, "--depth", "99", "--steps", str(steps), "--json", file.name], check=True)
            return json.loads(file.read())
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, names(explorer)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=20_000_000, help="after so many no further level of a world")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--worlds", type=pathlib.Path, nargs="+")
    parser.add_argument("--commit", help="of the kernel that --worlds were explored on")
    parser.add_argument("--no-worlds", action="store_true")
    parser.add_argument("--faults", nargs="*")
    options = parser.parse_args()
    if bool(options.worlds) != bool(options.commit):
        parser.error("--worlds and --commit go together")
    of = options.commit or commit()
    explorer = options.build.resolve() / "model/explore"
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"worlds": [], "faults": {}}
    fresh = []
    if options.worlds:
        fresh = [json.loads(line) for file in options.worlds for line in file.read_text().splitlines()]
    elif not options.no_worlds:
        fresh = explored(explorer, options.steps, options.jobs)
    if fresh:
        known = {world["world"]: world for world in kept["worlds"]}
        known |= {world["world"]: {**world, "commit": of} for world in fresh}
        kept["worlds"] = [known[name] for name in names(explorer) if name in known]
    listed = mutate.faults()
    if options.faults is not None:
        kept["faults"] |= dict(mutate.outcomes(options.build.resolve(), options.faults or list(listed)))
    kept["faults"] = {name: kept["faults"][name] for name in listed if name in kept["faults"]}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
