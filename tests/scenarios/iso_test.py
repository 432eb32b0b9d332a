"""The same kernel and boot image from an ISO, by GRUB, under both kinds of firmware."""

import os
import subprocess

import pytest
from harness import fixtures
from skerry import places


@pytest.mark.parametrize("way", ["bios", "uefi"])
def test_an_iso_boots_to_the_shell(console, way):
    shell = console(["--boot", way])
    assert shell.run("echo $((6 * 7))") == "42"
    assert shell.run("head -n 2 /svc/uart/status") == "name            uart\nstate           running"
    shell.sendline("poweroff")
    shell.expect(fixtures.pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 0


@pytest.mark.parametrize("way", ["bios", "uefi"])
def test_a_command_under_grub_has_its_streams_and_its_files(skerry_run, tmp_path, way):
    file = tmp_path / "more"
    file.write_text("what was added\n")
    done = skerry_run("sh", "-c", "cat /more -; echo no >&2; exit 7", stdin=b"what was said\n",
                      options=["--boot", way, "--add", file])
    assert (done.returncode, done.stdout, done.stderr) == (7, b"what was added\nwhat was said\n", b"no\n")


def skerry_image(*words):
    return subprocess.run(["./skerry", "image", *words], cwd=places.ROOT, env=fixtures.environment(),
                          capture_output=True, timeout=fixtures.HANG, check=False)


@pytest.fixture(scope="module")
def iso(tmp_path_factory):
    folder = tmp_path_factory.mktemp("iso")
    folder.joinpath("more").write_text("what was added\n")
    done = skerry_image("-o", folder / "skerry.iso", "--add", folder / "more", "--append", "log=serial")
    assert done.returncode == 0, done.stderr
    return folder / "skerry.iso"


@pytest.mark.parametrize("medium", [["-cdrom", "{}"], ["-drive", "format=raw,file={}"],
                                    ["-cdrom", "{}", "-bios", "/usr/share/ovmf/OVMF.fd", "-vga", "std"]],
                         ids=["disc", "stick", "screen"])
def test_what_image_writes_starts_in_a_machine_that_knows_nothing_of_us(iso, medium):
    words = ["-M", "q35", "-cpu", "max", "-m", "512M", "-nodefaults", "-display", "none", "-serial", "stdio",
             *(word.format(iso) for word in medium)]
    shell = fixtures.Console("qemu-system-x86_64", words, timeout=fixtures.HANG, encoding="utf-8",
                             codec_errors="replace")
    shell.delaybeforesend = None
    try:
        shell.expect("MiB usable")
        assert ("framebuffer 0x" in shell.before) == ("-vga" in words)
        shell.prompt()
        assert shell.run("cat /more") == "what was added"
        shell.sendline("poweroff")
        shell.expect(fixtures.pexpect.EOF)
    finally:
        shell.close(force=True)


@pytest.mark.parametrize("words, names", [
    (["-o", os.devnull + "/x"], "--output"), (["-o", "/"], "--output"), (["--append", 'a"b'], "--append"),
    (["--add", "nowhere"], "nowhere"), (["--boot", "floppy"], "--boot"), (["word"], "word"),
])
def test_an_image_that_makes_no_sense_is_refused_in_one_line(words, names):
    done = skerry_image(*words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1 and names.encode() in done.stderr
