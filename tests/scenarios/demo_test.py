"""`./skerry demo` keeps its promises."""

import re
import subprocess

from harness.fixtures import HANG, environment
from skerry import places


def test_the_demo_comes_to_its_end(tmp_path):
    done = subprocess.run(["./skerry", "demo", "--fast", "--log", tmp_path / "system.log"],
                          cwd=places.ROOT, env=environment(), capture_output=True, timeout=HANG,
                          check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(rb"13 kills, 0 bytes lost", done.stdout)
