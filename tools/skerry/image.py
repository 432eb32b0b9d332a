"""The boot image: the supervisor, the policy, the programs, and what the person adds."""

import contextlib
import os
import pathlib
import subprocess
import tempfile
import types

from skerry import iso, libraries, places, say

MANIFEST = places.ROOT / "manifests/default.toml"
FILES = places.ROOT / "tools/image/default.list"


def path(options):
    """Where the image of these options lies or, if it takes one of its own, would lie."""
    ordinary = not options.add and not options.manifest
    if options.boot == "direct":
        return places.IMAGE if ordinary else "BOOT.IMG"
    return places.ISO if ordinary else "BOOT.ISO"


def run_tool(name, words):
    done = subprocess.run([places.tool(name), *map(str, words)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise say.SystemFailed(f"{name}: " + done.stdout.strip())


def programs():
    """The guest's programs, name and file."""
    return sorted(file for file in places.PROGRAMS.iterdir() if file.is_file())


def base_words(output, compiled):
    """What the image tool is told for an image without wishes."""
    result = ["--output", output, "--supervisor", places.PROGRAMS / "supervisor",
              "--manifest", compiled, "--symbols", "--list", FILES]
    for file in programs():
        if file.name != "supervisor":
            result += ["--program", f"{file.name}={file}"]
    return result


def added_words(output, base, additions):
    """What the image tool is told for a second archive behind the first."""
    result = ["--output", output, "--base", base]
    for item in additions:
        if item.host.is_dir():
            result += ["--tree", f"{item.guest}={item.host}"]
            continue
        result += ["--file", f"{item.guest}={item.host}"]
        for library in libraries.needed(item.host):
            result += ["--file", f"{library}={library}"]
    return result


def make_base(folder, output, manifest):
    compiled = os.path.join(folder, "manifest")
    run_tool("manifest", ["--output", compiled, manifest])
    run_tool("image", base_words(output, compiled))


@contextlib.contextmanager
def made(manifest=None, additions=(), way="direct"):
    """An image, or the ISO of it if the way to boot is another than direct. It lives as long as the `with`
    unless it is the ordinary one."""
    with tempfile.TemporaryDirectory(prefix="image-", dir=places.BUILD) as folder:
        base = os.path.join(folder, "base.img") if manifest else places.IMAGE
        if manifest or not (places.BUILT and base.exists()):
            make_base(folder, base, manifest or MANIFEST)
        if additions:
            output = os.path.join(folder, "boot.img")
            run_tool("image", added_words(output, base, additions))
            base = output
        yield base if way == "direct" else iso.of(base, folder)


@contextlib.contextmanager
def with_profile(script, programs=()):
    """The ordinary image, whose shell runs the script before its first prompt; the programs are in /bin."""
    with tempfile.NamedTemporaryFile("w", dir=places.BUILD) as profile:
        profile.write(script)
        profile.flush()
        brought = {pathlib.Path(profile.name): "/root/.profile"} | {program: f"/bin/{program.name}" for program in programs}
        with made(additions=[types.SimpleNamespace(host=host, guest=guest) for host, guest in brought.items()]) as boot:
            yield boot


@contextlib.contextmanager
def alone(program, way="direct"):
    """An image whose first process is `program`: nothing else is there, nothing else runs."""
    with tempfile.TemporaryDirectory(prefix="image-", dir=places.BUILD) as folder:
        output = os.path.join(folder, "boot.img")
        run_tool("image", ["--output", output, "--supervisor", places.PROGRAMS / program])
        yield output if way == "direct" else iso.of(output, folder)
