import subprocess

from skerry import boot_time, debian_linux


def test_the_archive_is_one_that_others_read(tmp_path):
    tree = debian_linux.Archive()
    tree.folder("bin")
    tree.file("bin/hello", b"hello\n")
    tree.link("bin/again", "hello")
    listed = subprocess.run(["/bin/busybox", "cpio", "-t"], input=tree.finished(), check=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    assert listed.split() == [b"bin", b"bin/hello", b"bin/again"]
    subprocess.run(["/bin/busybox", "cpio", "-i", "-d"], input=tree.finished(), cwd=tmp_path,
                   check=True, stderr=subprocess.DEVNULL)
    assert (tmp_path / "bin/again").read_bytes() == b"hello\n"


def test_a_prompt_is_known_when_it_waits():
    assert boot_time.PROMPT.search(b"Skerry\r\nroot@skerry:~# ")
    assert boot_time.PROMPT.search(b"\x1b[6n~ # \x1b[6n")
    assert not boot_time.PROMPT.search(b"# a comment\r\n")
