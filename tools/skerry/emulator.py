"""The emulated machine: its command line, and the process."""

import functools
import os
import subprocess
import tempfile

from skerry import iso, places, say

MIB = 1 << 20
FIRMWARE = "/usr/share/ovmf/OVMF.fd"
EXIT_PORT = "0xf4"
STRETCHES = "SKERRY_STRETCHES"
#: One instruction is one tick, seed and clock are fixed.
COUNTING = ["-icount", "shift=0,sleep=off", "-rtc", "base=2024-01-01,clock=vm", "-seed", "1"]
#: VT-d; it comes before the devices that it is to confine.
WITH_IOMMU = ("-M", "q35,kernel-irqchip=off",
              "-device", "intel-iommu,intremap=on,caching-mode=on")


@functools.cache
def kvm_works():
    """Whether a virtual machine really comes up under KVM, not only whether the file is there."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    probe = subprocess.run(
        ["qemu-system-x86_64", "-M", "q35", "-accel", "kvm", "-cpu", "host", "-nodefaults",
         "-display", "none", "-S", "-monitor", "stdio"],
        input=b"quit\n", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return probe.returncode == 0


def accelerator(choice):
    if choice == "kvm" and not kvm_works():
        raise say.Usage("--accel kvm: this machine has no working KVM")
    return "kvm" if choice == "kvm" or (choice == "auto" and kvm_works()) else "tcg"


def started(way, kernel, image, words):
    """How the kernel and its words get into the machine; but for `direct` the image is an ISO."""
    if way == "direct":
        return ["-kernel", str(kernel), "-initrd", str(image), "-append", words]
    firmware = ["-bios", FIRMWARE] if way == "uefi" else []
    return [*firmware, "-cdrom", str(image), "-smbios", f"type=11,value={comma(iso.MARK + words)}"]


def command_line(image, *, mem=512 * MIB, smp=1, accel="tcg", cpu=None, append="", log=places.LOG,
                 console="null", channel=None, kernel=places.KERNEL, boot="direct", iommu=False, more=()):
    """`console` and `channel` are QEMU chardev descriptions of the two serial lines."""
    ours = kernel in (places.KERNEL, places.AUDITED)
    words = f"exit_port={EXIT_PORT} {append}".strip() if ours else append
    line = ["qemu-system-x86_64", *(WITH_IOMMU if iommu else ("-M", "q35")), "-accel", accel,
            "-cpu", cpu or ("host" if accel == "kvm" else "max"),
            "-m", f"{mem // MIB}M", "-smp", str(smp),
            "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
            *started(boot, kernel, image, words),
            "-device", f"isa-debug-exit,iobase={EXIT_PORT},iosize=4",
            "-chardev", f"file,id=log,path={comma(log)}", "-device", "isa-debugcon,chardev=log",
            "-chardev", chardev("console", console), "-serial", "chardev:console"]
    if accel == "tcg" and kernel == places.KERNEL:
        line += watched()
    if channel:
        line += ["-chardev", chardev("channel", channel), "-serial", "chardev:channel"]
    return line + list(more)


def watched():
    """In a folder that this variable names each emulator says how long interrupts were off (latency.py)."""
    if STRETCHES not in os.environ:
        return []
    with tempfile.NamedTemporaryFile(dir=os.environ[STRETCHES], delete=False) as file:
        return plugin("stretch", file.name)


def plugin(name, out, **words):
    """One of tools/plugin, and the file it writes."""
    told = {"out": comma(out), **words}
    return ["-plugin", ",".join([str(places.HOST / f"tools/plugin/{name}.so"),
                                 *(f"{key}={value}" for key, value in told.items())])]


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
    """A running emulator; the end of the `with` ends it, and so does our own, however it comes."""

    def __init__(self, line, inherited=()):
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *line], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            pass_fds=[end.fileno() for end in inherited], start_new_session=True)
        self._complaint = None
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

    def poll(self):
        """As wait(), None while it runs."""
        return self._process.poll()

    def complaint(self):
        """What the emulator itself had to say, once it has ended."""
        if self._complaint is None:
            self._complaint = self._process.stderr.read().decode(errors="replace").strip()
        return self._complaint

    def orderly(self):
        """Waits for the end; whether the guest asked for it with code 0. (The debug-exit device
        makes status 2*code+1 of it, and 1 is also the emulator's own failure, which it explains.)"""
        return self.wait() in (0, 1) and not self.complaint()


def failure(machine, log):
    """Why a system that should go on has stopped, with the end of its log."""
    status = machine.wait()
    reason = machine.complaint() or f"the system stopped (emulator status {status})"
    try:
        tail = log.read_text(errors="replace").splitlines()[-12:]
    except OSError:
        tail = []
    return "\n  ".join([reason + (f"; the end of {log}:" if tail else ""), *tail])
