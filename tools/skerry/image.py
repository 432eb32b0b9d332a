"""The boot image: the supervisor, the policy, the programs, and what the person adds."""

import contextlib
import os
import shutil
import subprocess
import tempfile

from skerry import places, say

MANIFEST = places.ROOT / "servers/supervisor/manifest.toml"


def path(options):
    """Where the image of these options lies or, if it takes one of its own, would lie."""
    return places.IMAGE if not options.add and not options.manifest else "BOOT.IMG"


def run_tool(name, words):
    done = subprocess.run([places.tool(name), *map(str, words)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise say.SystemFailed(f"{name}: " + done.stdout.strip())


def programs():
    """The guest's programs, name and file."""
    return sorted(file for file in places.PROGRAMS.iterdir() if file.is_file())


def words(output, compiled, additions):
    """What the image tool is told."""
    result = ["--output", output, "--supervisor", places.PROGRAMS / "supervisor",
              "--manifest", compiled]
    for file in programs():
        if file.name != "supervisor":
            result += ["--program", f"{file.name}={file}"]
    result += ["--file", "/bin/busybox=/bin/busybox"]
    for item in additions:
        option = "--tree" if item.host.is_dir() else "--file"
        result += [option, f"{item.guest}={item.host}"]
    return result


@contextlib.contextmanager
def made(manifest=None, additions=()):
    """An image, which lives as long as the `with` unless it is the ordinary one."""
    ordinary = not manifest and not additions
    if ordinary and places.BUILT and places.IMAGE.exists():
        yield places.IMAGE
        return
    with tempfile.TemporaryDirectory(prefix="skerry-") as folder:
        compiled = os.path.join(folder, "manifest")
        output = os.path.join(folder, "boot.img")
        run_tool("manifest", ["--output", compiled, manifest or MANIFEST])
        run_tool("image", words(output, compiled, additions))
        if ordinary:
            shutil.move(output, f"{places.IMAGE}.new")
            output = os.replace(f"{places.IMAGE}.new", places.IMAGE) or places.IMAGE
        yield output
