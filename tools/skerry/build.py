"""Brings the tree up to date: sysroot, configuration, compilation. Quiet when there is nothing to do."""

import contextlib
import fcntl
import os
import subprocess

from skerry import packages, places, say

NOISE = ("ninja: Entering", "ninja: no work to do", "-- Configuring done", "-- Generating done",
         "-- Build files", "-- GLOB mismatch")


@contextlib.contextmanager
def locked():
    """Two builds in one folder would spoil each other's records: the second waits."""
    places.BUILD.mkdir(parents=True, exist_ok=True)
    with open(places.BUILD / ".lock", "w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say.progress("waiting for another build to end")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sysroot():
    """Builds the C and C++ libraries for our programs, once, and says where they are."""
    if "SKERRY_SYSROOT" in os.environ:
        return os.environ["SKERRY_SYSROOT"]
    script = places.ROOT / "tools/sysroot/build.sh"
    done = subprocess.run([script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=say.stream, text=True, check=False)
    lines = done.stdout.split()
    if done.returncode != 0 or not lines:
        raise say.SystemFailed("building the C and C++ libraries failed (tools/sysroot/build.sh); "
                               "its messages are above. It can be run again at any time")
    return lines[-1]


def configure(folder, *settings):
    """Runs cmake if the folder was not configured with these very settings."""
    stamp = folder / "settings"
    wanted = "\n".join(settings)
    if (folder / "build.ninja").exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    say.progress(f"configuring {folder.name}")
    done = subprocess.run(["cmake", "-G", "Ninja", "-S", places.ROOT, "-B", folder, *settings],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout, file=say.stream)
        raise say.SystemFailed(f"cmake could not configure {folder}; its messages are above")
    stamp.write_text(wanted)


def compile_in(folder, *targets):
    """Runs ninja; on a terminal its progress stays on one line."""
    terminal = say.stream.isatty()
    environment = dict(os.environ, NINJA_STATUS=f"[%f/%t] {folder.name}: ")
    ninja = subprocess.Popen(["ninja", "-C", folder, *targets], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             errors="replace", env=environment)
    for text in ninja.stdout:
        if text.startswith(NOISE) or "Re-checking globbed" in text:
            continue
        if terminal and text.startswith("["):
            say.stream.write("\r\x1b[K" + text.rstrip("\n")[:100])
        else:
            say.stream.write(("\n" if terminal and text.startswith("FAILED") else "") + text)
        say.stream.flush()
    if terminal:
        say.stream.write("\r\x1b[K")
    if ninja.wait() != 0:
        raise say.SystemFailed(f"compiling failed; the first FAILED above says where "
                               f"(again by hand: ninja -C {folder})")


def guest():
    """Everything that booting needs: kernel, programs and the tools that pack them."""
    packages.install()
    root = sysroot()
    with locked():
        configure(places.GUEST, f"-DSKERRY_SYSROOT={root}")
        compile_in(places.GUEST)
        configure(places.HOST, "-DSKERRY_HOST=ON")
        compile_in(places.HOST, "tools")


def audited():
    """The kernel that looks at itself."""
    with locked():
        compile_in(places.GUEST, places.AUDITED.name)


def host():
    """Unit tests and fuzz targets."""
    packages.install()
    with locked():
        configure(places.HOST, "-DSKERRY_HOST=ON")
        compile_in(places.HOST)
