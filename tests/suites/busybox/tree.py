"""The suite as it goes into the guest."""

import shutil
import subprocess

from skerry import places, source_package

PACKAGE = "busybox-static"
HERE = places.ROOT / "tests/suites/busybox"
HELPERS = ("printenv", "recho", "zecho")
#: What must be beside the suite: the guest has it.
PROGRAMS = []
#: A test that hangs must not take the others with it.
LIMIT = "timeout -s KILL 600"


def edit(file, *changes):
    text = file.read_text()
    for old, new in changes:
        assert text.count(old) == 1, f"{file}: is not as we know it: {old}"
        text = text.replace(old, new)
    file.write_text(text)


def make(folder):
    """Lays out what both halves of the suite expect to lie around them."""
    folder.mkdir()
    source = source_package.folder(PACKAGE)
    source_package.copy(PACKAGE, "testsuite", folder / "testsuite")
    source_package.copy(PACKAGE, "shell/ash_test", folder / "shell/ash_test")
    shutil.copy(source / "debian/config/pkg/static", folder / ".config")
    (folder / "busybox").symlink_to("/bin/busybox")
    edit(folder / "testsuite/runtest",
         ("for applet in $applets; do\n", 'for applet in $applets; do\n\techo "@@@ $applet"\n'),
         ('\t\t\t"$tsdir/$applet.tests"\n', f'\t\t\t{LIMIT} "$tsdir/$applet.tests"\n'),
         ('\t\tsh -x -e "$testcase"', f'\t\t{LIMIT} sh -x -e "$testcase"'))
    # Fifteen million writes of three bytes show no more than these few thousand, which the emulator can bear.
    edit(folder / "testsuite/bc.tests", ("i <= 65536", "i <= 256"),
         ("465d8c01308d0863b6f5669e8a1c69fb", "b37beb0ff98ac40c293b56163d39461d"),
         ("b <= 101", "b <= 20"), ("d884b35d251ca096410712743aeafb9e", "57c6394d2c681ce1c1650ffb528f906d"))
    ash = folder / "shell/ash_test"
    edit(ash / "run-all", ('"$THIS_SH" "./$x"', f'{LIMIT} "$THIS_SH" "./$x"'))
    for helper in HELPERS:
        subprocess.run(["clang-19", "-static", "-O2", "-w", "-o", ash / helper, ash / f"{helper}.c"], check=True)
    shutil.copy(HERE / "run.sh", folder / "run.sh")


def applets(folder):
    """Every applet that the suite has tests of."""
    found = {path.name for path in (folder / "testsuite").iterdir() if path.is_dir()}
    found |= {path.stem for path in (folder / "testsuite").glob("*.tests")}
    return sorted(name for name in found if not name.startswith("all_") and name != "mount.testroot")


def ash_folders(folder):
    return sorted(path.name for path in (folder / "shell/ash_test").glob("ash-*"))
