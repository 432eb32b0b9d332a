"""Shell scripts print the same here as under Linux; shell/README.md says what they may print."""

import pytest

from scenarios import shell_parts
from skerry import places

FOLDER = places.ROOT / "tests/scenarios/shell"
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.sh"))


@pytest.fixture(scope="module")
def printed(request, module_run):
    chosen = [item.callspec.params["name"] for item in request.session.items
              if item.module is request.module and hasattr(item, "callspec")]
    done = module_run("sh", "/shell/run", *chosen, options=["--add", f"{FOLDER}:/shell"])
    return shell_parts.split(done.stdout)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_prints_what_it_prints_under_linux(printed, name):
    expected = (FOLDER / name).with_suffix(".out").read_text(errors="replace")
    assert name in printed, "the system or the scripts before it have not come so far"
    status, text = printed[name]
    assert (text + b"status %d\n" % status).decode(errors="replace") == expected
