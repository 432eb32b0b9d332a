"""The emulated machine: its command line, and the process."""

import fcntl
import os
import subprocess

from skerry import places, say

MIB = 1 << 20
KVM_GET_API_VERSION, KVM_CREATE_VM = 0xAE00, 0xAE01

#: What the emulator exits with when the guest asked for an orderly end (abi/: shutdown status).
ORDERLY = (0x10 << 1) | 1


def kvm_works():
    """Whether this machine's KVM makes a virtual machine, not only whether the file is there."""
    try:
        kvm = os.open("/dev/kvm", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        if fcntl.ioctl(kvm, KVM_GET_API_VERSION, 0) != 12:
            return False
        os.close(fcntl.ioctl(kvm, KVM_CREATE_VM, 0))
        return True
    except OSError:
        return False
    finally:
        os.close(kvm)


def accelerator(choice):
    if choice == "kvm" and not kvm_works():
        raise say.Usage("--accel kvm: this machine has no working KVM")
    return "kvm" if choice == "kvm" or (choice == "auto" and kvm_works()) else "tcg"


def command_line(image, *, mem=512 * MIB, smp=1, accel="tcg", append="", log=places.LOG,
                 console="null", channel=None, more=()):
    """`console` and `channel` are QEMU chardev descriptions of the two serial lines."""
    line = ["qemu-system-x86_64", "-M", "q35", "-accel", accel,
            "-cpu", "host" if accel == "kvm" else "max",
            "-m", f"{mem // MIB}M", "-smp", str(smp),
            "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
            "-kernel", str(places.KERNEL), "-initrd", str(image), "-append", append,
            "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
            "-chardev", f"file,id=log,path={comma(log)}", "-device", "isa-debugcon,chardev=log",
            "-chardev", chardev("console", console), "-serial", "chardev:console"]
    if channel:
        line += ["-chardev", chardev("channel", channel), "-serial", "chardev:channel"]
    return line + list(more)


def comma(path):
    """QEMU's option lists double a comma that is meant."""
    return str(path).replace(",", ",,")


def chardev(name, description):
    kind, _, rest = description.partition(",")
    return f"{kind},id={name}" + ("," + rest if rest else "")


def own_end(end):
    """The chardev of a socket that the emulator inherits."""
    return f"socket,fd={end.fileno()}"


class Machine:
    """A running emulator; the end of the `with` ends it."""

    def __init__(self, line, inherited=()):
        self._process = subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            pass_fds=[end.fileno() for end in inherited], start_new_session=True)
        for end in inherited:
            end.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process.stderr.close()

    def wait(self, timeout=None):
        """The emulator's exit status."""
        return self._process.wait(timeout)

    def complaint(self):
        """What the emulator itself had to say, once it has ended."""
        return self._process.stderr.read().decode(errors="replace").strip()


def failure(machine, log):
    """Why a system that should go on has stopped, with the end of its log."""
    status = machine.wait()
    reason = machine.complaint() or f"the system stopped (emulator status {status})"
    try:
        tail = log.read_text(errors="replace").splitlines()[-12:]
    except OSError:
        tail = []
    return "\n  ".join([reason + (f"; the end of {log}:" if tail else ""), *tail])
