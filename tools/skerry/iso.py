"""An ISO that GRUB starts, by BIOS and by UEFI, from a disc or a stick: the same kernel and boot image that the
emulator starts directly. What belongs to one run of the emulator reaches the kernel through the machine's
SMBIOS strings, so that the file that is tested is the file that is given away."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from skerry import packages, places, say

#: What the menu needs, and the partition maps that grub-mkrescue's own first steps ask for.
MODULES = ("normal multiboot2 serial smbios regexp test all_video part_acorn part_amiga part_apple part_bsd "
           "part_dfly part_dvh part_gpt part_msdos part_plan part_sun part_sunpc")
MENU = pathlib.Path(__file__).with_name("grub.cfg")
MARK = "skerry:"


def write(output, boot, words=""):
    """An ISO of our kernel and a boot image, which replaces what was at `output` in one go."""
    packages.install(packages.ISO)
    with tempfile.TemporaryDirectory(prefix="iso-", dir=places.BUILD) as folder:
        tree, made = pathlib.Path(folder, "tree"), pathlib.Path(folder, "made.iso")
        grub = tree / "boot/grub"
        grub.mkdir(parents=True)
        grub.joinpath("grub.cfg").write_text(f'words="{words}"\n' + MENU.read_text())
        for name, file in (("kernel.elf", places.KERNEL), ("boot.img", boot)):
            tree.joinpath("boot", name).symlink_to(pathlib.Path(file).absolute())
        done = subprocess.run(
            ["grub-mkrescue", "-o", made, "--fonts=", "--themes=", "--locales=",
             f"--install-modules={MODULES}", tree, "-f", "-volid", "SKERRY"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
        if done.returncode != 0 or not made.exists():
            raise say.SystemFailed("grub-mkrescue failed:\n" + done.stdout.strip())
        shutil.copyfile(made, f"{output}.new")
    os.replace(f"{output}.new", output)


def of(boot, folder):
    """The ISO of a boot image; the ordinary image has one that stays."""
    ordinary = boot == places.IMAGE
    output = places.ISO if ordinary else pathlib.Path(folder, "boot.iso")
    if not ordinary or not places.BUILT or older(output, places.KERNEL, boot, MENU):
        write(output, boot)
    return output


def older(file, *sources):
    return not file.exists() or any(source.stat().st_mtime >= file.stat().st_mtime for source in sources)
