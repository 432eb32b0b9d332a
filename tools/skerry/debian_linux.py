"""Debian's Linux beside which the personality is measured: its kernel, and a small system for it.

The kernel is the one of Debian's package for virtual machines, fetched once into the cache. It
gets the same emulator, processor, memory, busybox and programs as Skerry."""

import os
import pathlib
import re
import stat
import subprocess
import tempfile

from skerry import say

META = "linux-image-cloud-amd64"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "skerry/linux"
BUSYBOX = pathlib.Path("/bin/busybox")

#: As quick as this kernel can be made without compiling it anew: nobody shall say that we compare
#: with a hobbled Linux.
LEAN = ("mitigations=off init_on_alloc=0 apparmor=0 lsm= audit=0 randomize_kstack_offset=off nokaslr "
        "cgroup_disable=memory preempt=none")
CONSOLE = "console=ttyS0 quiet panic=-1"
#: What `--vs` knows: the words behind those of the console. Debian's own are none.
SETTINGS = {"linux": LEAN, "linux-default": ""}


def command_line(settings):
    return f"{CONSOLE} {SETTINGS[settings]}".strip()


def packages():
    """The versioned package that the general one stands for."""
    answer = subprocess.run(["apt-cache", "depends", META], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True, check=False).stdout
    return re.findall(r"Depends: (linux-image-\S+)", answer)


def fetch(folder):
    for attempt in range(2):
        names = packages()
        done = names and subprocess.run(["apt-get", "download", names[0]], cwd=folder, check=False,
                                        stdin=subprocess.DEVNULL, stdout=say.stream, stderr=say.stream)
        if done and done.returncode == 0:
            return
        if attempt == 0:
            subprocess.run(["apt-get", "update"], stdin=subprocess.DEVNULL, stdout=say.stream,
                           stderr=say.stream, check=False)
    raise say.SystemFailed(f"Debian's kernel (package {META}) can't be fetched: 'apt-get download' "
                           "failed; check the network and the package sources, then try again")


def kernel():
    """Debian's kernel image, from the cache or fetched into it."""
    kept = sorted(CACHE.glob("vmlinuz-*"))
    if kept:
        return kept[-1]
    CACHE.mkdir(parents=True, exist_ok=True)
    say.progress(f"fetching Debian's kernel ({META})")
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        fetch(folder)
        package, = pathlib.Path(folder).glob("*.deb")
        subprocess.run(["dpkg", "-x", package, folder], check=True)
        image, = pathlib.Path(folder).glob("boot/vmlinuz-*")
        return image.rename(CACHE / image.name)


class Archive:
    """An initial file tree in the form that Linux unpacks: cpio, "new ASCII" (Linux documentation,
    driver-api/early-userspace/buffer-format)."""

    def __init__(self):
        self._bytes = bytearray()
        self._inode = 0

    def add(self, path, mode, data=b"", device=(0, 0)):
        self._inode += 1
        name = path.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0)
        self._bytes += b"070701" + b"".join(b"%08x" % field for field in fields) + name
        self._pad()
        self._bytes += data
        self._pad()

    def _pad(self):
        self._bytes += b"\0" * (-len(self._bytes) % 4)

    def folder(self, path, mode=0o755):
        self.add(path, stat.S_IFDIR | mode)

    def file(self, path, data, mode=0o755):
        self.add(path, stat.S_IFREG | mode, data)

    def device(self, path, major, minor):
        self.add(path, stat.S_IFCHR | 0o600, device=(major, minor))

    def link(self, path, target):
        self.add(path, stat.S_IFLNK | 0o777, target.encode())

    def finished(self):
        self.add("TRAILER!!!", 0)
        return bytes(self._bytes)


#: What the first process does: the file systems, a session on the console, the shell.
INIT = """\
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
export HOME=/root
cd /root
exec setsid -c sh -l
"""


def file_tree(programs, profile=""):
    """An initial file tree: busybox with its applets, `programs` in /bin, and root's profile."""
    tree = Archive()
    for path in ("bin", "dev", "proc", "sys", "tmp", "etc", "root", "sbin", "usr", "usr/bin", "usr/sbin"):
        tree.folder(path)
    # The kernel opens this for the first process, when no file system is mounted yet.
    tree.device("dev/console", 5, 1)
    tree.file("bin/busybox", BUSYBOX.read_bytes())
    applets = subprocess.run([BUSYBOX, "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout
    for applet in applets.split():
        if applet != "busybox":
            tree.link(f"bin/{applet}", "busybox")
    for program in programs:
        tree.file(f"bin/{program.name}", program.read_bytes())
    tree.file("init", INIT.encode())
    tree.file("root/.profile", profile.encode(), 0o644)
    return tree.finished()
