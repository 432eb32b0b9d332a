"""Debian's busybox passes under Skerry what it passes of its own tests under Linux."""

import pytest

from suites import outcomes
from suites.busybox import parts, printed, tree


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("suite") / "busybox"
    tree.make(folder)
    return folder


@pytest.mark.parametrize("part", parts.NAMES)
def test_what_passes_under_linux_passes_here(suite, part, module_run, record_property):
    chosen = parts.of(suite, part)
    done = module_run("sh", "/suite/run.sh", *chosen.words, options=["--add", f"{suite}:/suite"])
    text = done.stdout.decode(errors="replace")
    found = chosen.read(text)
    linux = {name: passes for name, passes in outcomes.read(tree.HERE / "linux.txt").items() if chosen.has(name)}
    excepted = outcomes.exceptions(tree.HERE / "exceptions.txt")
    excepted = {name: kind for name, kind in excepted.items() if chosen.has(name)}
    record_property("counts", outcomes.counts(found, linux, excepted))
    assert done.returncode in (0, 1), done.stderr.decode(errors="replace")[-2000:]
    wrong = list(outcomes.complaints(found, linux, excepted))
    assert not wrong, "\n".join(
        wrong + [f"--- {name}\n{printed.at_length(text, name)}" for name in linux
                 if linux[name] and not found.get(name) and name not in excepted])
