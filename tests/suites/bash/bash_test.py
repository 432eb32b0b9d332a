"""Debian's bash passes under Skerry what it passes of its own tests under Linux."""

import pytest

from suites.bash import parts, tree
from suites.part import check


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("suite") / "bash"
    tree.make(folder)
    return folder


@pytest.mark.parametrize("name", parts.NAMES)
def test_what_passes_under_linux_passes_here(suite, name, module_run, record_property):
    part = parts.of(suite, name)
    options = [word for host, guest in [(suite, "/suite"), *tree.PROGRAMS] for word in ("--add", f"{host}:{guest}")]
    done = module_run("sh", "/suite/run.sh", *part.words, options=options)
    check(part, tree.HERE, done, record_property)
