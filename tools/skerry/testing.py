"""`./skerry test [pattern]`: everything that can be tested, on the host and in the emulator."""

import contextlib
import os

from skerry import build, fuzzing, image, latency, options, packages, places, say, shape, suites

TEXT = """\
Installs what is missing, builds, and runs the tests whose name contains the pattern: unit tests and
short fuzz runs on the host, scenarios and attacks in the emulator, two at a time.

--smp, --iommu and --boot choose the machine for all tests in the emulator; without them each runs on the usual
one, and some on others as well. `./skerry test fuzz --seconds N` makes calls at random for so long; --seed begins
elsewhere. --stretches counts, while the tests run, how long the kernel took no interrupt."""


def in_emulator(tally, pattern):
    folders = [places.ROOT / "tests" / name
               for name in ("scenarios", "linux", "suites", "attack", "devices", "machines", "faults")]
    present = [folder for folder in folders if any(folder.rglob("*.py"))]
    if not present:
        return
    with image.made():
        suites.pytest(tally, present, "*.py", pattern, 2)


def main(words):
    parser = say.Parser("test", TEXT)
    parser.add_argument("pattern", nargs="?", default="", help="part of the tests' names")
    parser.add_argument("--seconds", type=int, default=0, metavar="N", help="how long tests that make things up go on")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what they begin with")
    parser.add_argument("--stretches", action="store_true", help="say which were the longest without an interrupt")
    options.add_machine(parser.add_argument)
    chosen = parser.parse_args(words)
    pattern = chosen.pattern
    said = places.BUILD / "fuzz-report"
    said.unlink(missing_ok=True)
    if (machine := shape.Shape.of(chosen)) != shape.Shape():
        os.environ.update(machine.environment())
    os.environ.update(fuzzing.Wanted(chosen.seconds, chosen.seed, report_file=str(said)).environment())
    packages.install(packages.ISO)
    build.guest()
    build.audited()
    build.host()
    host, emulator = suites.Tally("host"), suites.Tally("emulator")
    suites.ctest(host, pattern)
    suites.pytest(host, [places.ROOT / "tools"], "*_test.py", pattern, 1)
    with latency.over_all() if chosen.stretches else contextlib.nullcontext([]) as longest:
        in_emulator(emulator, pattern)
    tallies = [host, emulator]
    passed = sum(tally.passed for tally in tallies)
    failed = sum(tally.failed for tally in tallies)
    skipped = sum(tally.skipped for tally in tallies)
    if said.exists():
        print("\n" + said.read_text(encoding="utf-8").rstrip())
    if longest:
        print("\n" + "\n".join(longest))
    print(f"\n{host.passed + host.failed} tests ran on the host, "
          f"{emulator.passed + emulator.failed} in the emulator"
          + (f"; {skipped} were skipped" if skipped else ""))
    if passed + failed == 0:
        print(f"no test has '{pattern}' in its name")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or passed == 0 else 0
