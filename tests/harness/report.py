"""The pytest plugin by which ./skerry test hears what happens: one JSON line an event. It also picks
tests by pattern, and every second one where two processes share the work. A module that says `TOGETHER = True`
is not divided: its tests share something that is made once."""

import json
import os


def tell(**event):
    os.write(int(os.environ["SKERRY_REPORT_FD"]), (json.dumps(event) + "\n").encode())


def pytest_addoption(parser):
    parser.addoption("--pattern", default="")
    parser.addoption("--share", default="0/1")
    # Of the terminal plugin, which is off; the texts of failed comparisons ask for it.
    parser.addoption("--verbose", type=int, default=1)


def pytest_collection_modifyitems(config, items):
    index, count = map(int, config.getoption("--share").split("/"))
    chosen = [item for item in items if config.getoption("--pattern") in item.nodeid]
    parts = {}
    for item in chosen:
        together = getattr(item.module, "TOGETHER", False)
        parts.setdefault(item.module.__name__ if together else item.nodeid, []).append(item)
    items[:] = [item for part in list(parts.values())[index::count] for item in part]


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        said = [f"  {name}: {value}" for name, value in report.user_properties]
        if report.outcome == "failed":
            said.append(report.longreprtext)
        tell(name=report.nodeid, outcome=report.outcome, text="\n".join(said))


def pytest_collectreport(report):
    if report.outcome == "failed":
        tell(name=report.nodeid, outcome="failed", text=report.longreprtext)
