"""The Debian packages that building and testing need."""

import os
import subprocess

from skerry import say

NEEDED = """
    clang-19 lld-19 llvm-19 libc++-19-dev libc++abi-19-dev libclang-rt-19-dev clang-format-19
    ninja-build cmake ccache qemu-system-x86 googletest libtomlplusplus-dev libcli11-dev
    busybox-static bash-static gcc g++ musl-tools libc6-dev linux-libc-dev dpkg-dev make xz-utils python3-pytest python3-pexpect
""".split()

#: For ISOs, and UEFI to start them with.
ISO = "grub-common grub-pc-bin grub-efi-amd64-bin xorriso mtools ovmf".split()


def missing(names):
    """The names that dpkg does not know as installed."""
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout
    installed = {words[0] for words in map(str.split, answer.splitlines())
                 if words[1:] == ["installed"]}
    return [name for name in names if name not in installed]


def install(names=None):
    """Makes sure that the packages are there, as root by itself, else by saying how."""
    lacking = missing(names or NEEDED)
    if not lacking:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *lacking]
    if os.geteuid() != 0:
        raise say.SystemFailed("Debian packages are missing. This installs them: sudo "
                               + " ".join(command))
    say.progress("installing: " + " ".join(lacking))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for attempt in (["apt-get", "update"], command):
        done = subprocess.run(attempt, stdin=subprocess.DEVNULL, stdout=say.stream,
                              stderr=say.stream, env=environment, check=False)
        if done.returncode != 0 and attempt is command:
            raise say.SystemFailed(f"'{' '.join(command)}' failed; its messages are above. "
                                   "On Debian 12 all of these are in the main archive: check "
                                   "the network and the package sources, then try again")
