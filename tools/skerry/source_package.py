"""Debian's source packages, by version, in the cache: unpacked once, the machine's apt set-up left as it is."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from skerry import packages, places, say

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "skerry"
# The sysroot's build has the way to read the machine's Debian entries as deb-src, for itself.
FETCH = """
. "$1/sources.sh"
work=$2
prepare_apt
cd "$work"
APT_CONFIG=$work/apt/conf apt-get -q source "$3=$4"
mv "$3"-*/ unpacked
"""


def source_of(package):
    """Name and version of the source that an installed package was built of."""
    packages.install([package])
    found = subprocess.run(["dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", package],
                           stdout=subprocess.PIPE, text=True, check=True)
    return found.stdout.split()


def folder(package):
    """Where the source of an installed package lies, with Debian's changes."""
    name, version = source_of(package)
    result = CACHE / "sources" / f"{name}_{version.replace(':', '%3a')}"
    if result.exists():
        return result
    result.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="making-", dir=result.parent) as work:
        done = subprocess.run(
            ["bash", "-ec", FETCH, "-", places.ROOT / "tools/sysroot", work, name, version],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", check=False)
        if done.returncode != 0:
            raise say.SystemFailed(f"getting the source of {name} {version} failed: {done.stdout[-1000:]}\n"
                                   f"If this version is no longer there: apt-get install {package}")
        try:
            os.rename(os.path.join(work, "unpacked"), result)
        except OSError:
            if not result.exists():  # somebody else was faster
                raise
    return result


def copy(package, part, to):
    """Copies a folder of the source, as it is."""
    shutil.copytree(folder(package) / part, to, symlinks=True)
