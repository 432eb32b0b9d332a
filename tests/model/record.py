#!/usr/bin/env python3
"""The long form: explores every world level by level until it has made so many steps or has met all states,
places every fault, and keeps what came of it in results.json, from where `./skerry bench --docs` takes it.

    record.py BUILD [--steps N] [--worlds FILE] [--faults]

--worlds takes what `explore --json` has written instead of exploring; without --faults those of the last time
stay."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import mutate

RESULTS = pathlib.Path(__file__).with_name("results.json")


def explored(build, steps):
    with tempfile.NamedTemporaryFile("r", suffix=".json") as file:
        subprocess.run([build / "model/explore", "--depth", "99", "--steps", str(steps), "--json", file.name],
                       check=True)
        return file.read()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=20_000_000, help="after so many no further level of a world")
    parser.add_argument("--worlds", type=pathlib.Path)
    parser.add_argument("--faults", action="store_true")
    options = parser.parse_args()
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"worlds": [], "faults": {}}
    text = options.worlds.read_text() if options.worlds else explored(options.build, options.steps)
    kept["worlds"] = [json.loads(line) for line in text.splitlines()]
    if options.faults:
        kept["faults"] = dict(mutate.outcomes(options.build.resolve(), list(mutate.faults())))
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
