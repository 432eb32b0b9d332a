#!/usr/bin/env python3
"""Places the faults of mutations.toml in copies of the kernel's sources, one at a time, and looks whether
the explorer notices, or the kernel's unit tests where the fault says so. The sources themselves are not touched: the changed file is compiled into a folder of
its own and linked before the library that has the sound one.

    mutate.py BUILD [--sample N] [NAME...]

BUILD is the host's build folder, with model/explore made. Without an option all; with --sample N of them,
chosen by what the kernel's sources are: another N when they change."""

import argparse
import hashlib
import json
import pathlib
import resource
import shlex
import signal
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HANG = 60  # seconds of a processor; only a fault that makes the kernel loop takes this long


def command_for(build, source, targets):
    """How CMake compiles a source for one of the targets, without its output and input."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if pathlib.Path(entry["file"]) == ROOT / source and any(f"/{target}.dir/" in entry["command"]
                                                                for target in targets):
            words = shlex.split(entry["command"])
            first = next(i for i, word in enumerate(words) if "clang" in word)
            cut = words.index("-o")
            return [word for word in words[first:cut] + words[cut + 2:]
                    if word not in ("-c", entry["file"])]
    raise SystemExit(f"{source} is not compiled for {' or '.join(targets)}")


#: What is compiled for whom: the explorer, and the unit tests with their sanitizers.
TARGETS = {"explorer": ["kernel_host.plain"], "tests": ["kernel_host.checked", "test.kernel"]}


def compiled(build, place, fault):
    """The objects of the sources that the fault is in."""
    changed = place / fault["file"]
    changed.parent.mkdir(parents=True, exist_ok=True)
    text = (ROOT / fault["file"]).read_text()
    if text.count(fault["from"]) != 1:
        return f"its text stands {text.count(fault['from'])} times in {fault['file']}"
    changed.write_text(text.replace(fault["from"], fault["to"]))
    objects = []
    for source in fault.get("compile", [fault["file"]]):
        command = command_for(build, source, TARGETS[fault.get("by", "explorer")])
        objects.append(place / (source.replace("/", ".") + ".o"))
        # Warnings about what the fault leaves unused are beside the point.
        command[1:1] = [f"-I{place}"]
        command += ["-Wno-everything", "-g0", "-O1"]
        used = changed if source == fault["file"] else ROOT / source
        done = subprocess.run([*command, "-c", used, "-o", objects[-1]], cwd=build, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            return "does not compile:\n" + done.stdout
    return objects


def link(build, place, objects):
    explorer = place / "explore"
    parts = sorted((build / "tests/model/CMakeFiles/model.explore.dir").glob("*.o"))
    subprocess.run(["clang++-19", "-stdlib=libc++", "-fuse-ld=lld-19", *parts, *objects,
                    build / "tests/model/libkernel_host.plain.a", build / "libfoundation.plain.a",
                    "-o", explorer], check=True)
    return explorer


def link_tests(build, place, objects):
    """As ninja links them, with the changed objects before the libraries, or instead of a test's own."""
    *_, command = subprocess.run(["ninja", "-C", build, "-t", "commands", "tests/kernel"], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.splitlines()
    words = shlex.split(command.removeprefix(": && ").removesuffix(" && :"))
    words[words.index("-o") + 1] = str(place / "tests")
    for one in objects:
        own = [i for i, word in enumerate(words) if word.replace("/", ".").endswith(".dir." + one.name)]
        at = own or [next(i for i, word in enumerate(words) if word.endswith(".a"))]
        words[at[0]:at[0] + len(own)] = [str(one)]
    subprocess.run(words, cwd=build, check=True)
    return place / "tests"


def run(command):
    """It ends in any case: how busy the machine is makes no difference."""
    return subprocess.run(command, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (HANG, HANG + 10)))


def noticed_by_tests(tests, names):
    """Which test failed first."""
    done = run([tests, "--gtest_brief=1", "--gtest_fail_fast", f"--gtest_filter={names}"])
    if done.returncode == -signal.SIGXCPU:
        return "a test never ends"
    failed = next((line for line in done.stdout.splitlines() if line.startswith("[  FAILED  ]")), None)
    if failed:
        return "the test " + failed.split()[3].rstrip(",")
    return f"a test stops with status {done.returncode}" if done.returncode else None


def noticed(explorer):
    """What gave the fault away; None if nothing did. Most show themselves within three calls."""
    for depth in (["--depth", "3"], []):
        done = run([explorer, *depth])
        if done.returncode == -signal.SIGXCPU:
            return "it never ends"
        if done.returncode != 0:
            return reason(done)
    return None


def reason(done):
    if done.returncode < 0:
        return f"it stops with signal {-done.returncode}"
    lines = done.stdout.splitlines()
    at = next((i for i, line in enumerate(lines) if "disagree after" in line), None)
    if at is None:
        return "it stops"
    way = 0
    while lines[at + 1 + way].startswith(("  thread", "  interrupt", "  a tick")):
        way += 1
    return f"{lines[at].split(':')[0]}, after {way} calls: {lines[at + 1 + way].strip()}"


def sampled(faults, count):
    """A choice that the kernel's text makes."""
    text = hashlib.sha256()
    for file in sorted((ROOT / "kernel").rglob("*.[ch]pp")):
        text.update(file.read_bytes())
    salt = text.digest()
    return sorted(faults, key=lambda name: hashlib.sha256(salt + name.encode()).digest())[:count]


def faults():
    return tomllib.loads((HERE / "mutations.toml").read_text())


def outcomes(build, names):
    """Each fault's name, and what gave it away: None if nothing did."""
    described = faults()
    for name in names:
        place = build / "model" / "mutated" / name
        objects = compiled(build, place, described[name])
        if isinstance(objects, str):
            print(f"{name}: {objects}", flush=True)
            yield name, None
            continue
        if described[name].get("by") == "tests":
            program = link_tests(build, place, objects)
            how = noticed_by_tests(program, described[name]["filter"])
        else:
            program = link(build, place, objects)
            how = noticed(program)
        print(f"{'caught' if how else 'MISSED':7} {name}: {how or 'nobody noticed'}", flush=True)
        program.unlink()
        yield name, how


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--sample", type=int)
    options = parser.parse_args()
    names = options.names or list(faults())
    if options.sample:
        names = sampled(names, options.sample)
    found = dict(outcomes(options.build.resolve(), names))
    caught = sum(how is not None for how in found.values())
    print(f"{caught} of {len(found)} faults were caught")
    return 0 if caught == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
