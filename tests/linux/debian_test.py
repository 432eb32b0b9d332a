"""Debian's dynamic programs, unmodified: the same script in Skerry and, with the very same files as the root of
a container, on this machine's Linux."""

import difflib
import os
import subprocess

import pytest

from harness.fixtures import HANG, runner
from skerry import debian, places

SCRIPT = places.ROOT / "tests/linux/debian_commands.sh"
PACKAGES = ["bash", "dash", "coreutils", "grep", "sed", "gawk", "findutils", "diffutils", "tar", "gzip", "bzip2", "xz-utils",
            "procps"]
#: A root as the guest has it, with the packages' files; gone with the mount name space.
CONTAINER = """
set -e; cp -a "$1"/. "$2"; cd "$2"; mkdir -p proc dev tmp root etc; chmod 1777 tmp
cp "$3"/etc/passwd "$3"/etc/group etc/; cp "$4" commands.sh
mount -t proc proc proc; mount --rbind /dev dev
exec chroot . /usr/bin/bash /commands.sh
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="a root of its own wants root")
def test_the_same_as_on_linux(tmp_path):
    options = [word for name in PACKAGES for word in ("--deb", name)]
    done = runner(tmp_path)("bash", "/commands.sh", options=[*options, "--add", f"{SCRIPT}:/commands.sh"])
    root = tmp_path / "root"
    root.mkdir()
    here = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "sh", "-c", CONTAINER, "sh", debian.tree(PACKAGES), root,
         places.ROOT / "tools/image/default-tree", SCRIPT],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG, check=False,
        preexec_fn=lambda: os.setpriority(os.PRIO_PROCESS, 0, 0))  # however nice we are
    ours, theirs = (text.decode(errors="replace").splitlines() for text in (done.stdout, here.stdout))
    assert len(theirs) > 400, theirs[-3:]
    differences = list(difflib.unified_diff(theirs, ours, "Linux", "Skerry", lineterm="", n=3))
    assert not differences, "\n".join(differences[:80])
