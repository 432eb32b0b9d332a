"""Runs a folder's script on this machine's Linux as the guest would: in a tree with the guest's /etc, busybox and
nothing else, in memory, as root, with processes, mounts and a host name of its own."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from skerry import image, places

ROOM = """
root=$1; shift
hostname skerry
mount -t proc proc "$root/proc"
for name in null zero full random urandom tty; do touch "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ip link set lo up 2> /dev/null || true
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root \\
    chroot "$root" "$@"
"""
FOLDERS = "bin sbin usr/bin usr/sbin lib lib64 etc root home mnt opt run tmp var/tmp var/log dev proc".split()


def lay_out(root, additions):
    for name in FOLDERS:
        (root / name).mkdir(parents=True)
    for name in ("tmp", "var/tmp"):
        (root / name).chmod(0o1777)
    shutil.copytree(image.FILES.parent / "default-tree/etc", root / "etc", dirs_exist_ok=True)
    (root / "etc/mtab").symlink_to("/proc/mounts")
    shutil.copy("/bin/busybox", root / "bin/busybox")
    subprocess.run(["chroot", root, "/bin/busybox", "--install", "-s"], check=True)
    for host, guest in additions:
        copy = shutil.copytree if host.is_dir() else shutil.copy
        copy(host, root / guest.lstrip("/"), **({"symlinks": True} if host.is_dir() else {}))


def run(command, additions):
    """What the command prints; `additions` are pairs of a host's path and a path in the tree."""
    assert os.geteuid() == 0, "chroot takes root"
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        root = pathlib.Path(folder, "root")
        root.mkdir(mode=0o755)
        lay_out(root, additions)
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--uts", "--net", "--ipc", "sh", "-ec", ROOM, "-",
             root, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    return done.stdout.decode(errors="replace")
