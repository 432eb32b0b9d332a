import subprocess

import pytest

from skerry import debian, options, say

SCRIPT = """\
case "$1" in
configure)
	update-alternatives --quiet \\
		--install /usr/bin/awk awk /usr/bin/gawk 10 \\
		--slave /usr/bin/nawk nawk /usr/bin/gawk   # more
	update-alternatives --install $link vi /usr/bin/vim 30
	update-alternatives --remove pager /usr/bin/less
esac
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(debian, "CACHE", tmp_path / "cache")


def package(folder, name, files, script="", depends=""):
    """A small package of our own."""
    made = folder / name
    (made / "DEBIAN").mkdir(parents=True)
    (made / "DEBIAN/control").write_text(f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: x\n"
                                         f"Depends: {depends}\nDescription: x\n")
    if script:
        (made / "DEBIAN/postinst").write_text("#!/bin/sh\n" + script)
        (made / "DEBIAN/postinst").chmod(0o755)
    for path, content in files.items():
        file = made / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    archive = folder / f"{name}_1_all.deb"
    subprocess.run(["dpkg-deb", "--build", made, archive], stdout=subprocess.DEVNULL, check=True)
    return archive


def test_what_is_no_name_is_refused():
    for name in ("", "-o", "a b", "../x", "bash=5", "UPPER"):
        with pytest.raises(say.Usage):
            debian.package_name(name)


def test_alternatives_are_read_from_the_script():
    assert debian.alternatives(SCRIPT) == [("/usr/bin/awk", "/usr/bin/gawk", 10),
                                           ("/usr/bin/nawk", "/usr/bin/gawk", 10)]


def test_archives_are_read_from_what_apt_says():
    said = "Reading package lists...\n'file:/x/bash_5.2_amd64.deb' bash_5.2_amd64.deb 149 MD5Sum:0\n"
    assert debian.archives_of(said) == [("bash_5.2_amd64.deb", 149)]


def test_a_tree_is_as_debian_lays_it_out(tmp_path):
    one = package(tmp_path, "one", {"bin/old": "1", "usr/bin/new": "2", "usr/share/man/man1/new.1": "m",
                                    "usr/bin/gawk": "g", "usr/bin/tool-static": "t"}, SCRIPT)
    two = package(tmp_path, "two", {"usr/bin/mawk": "m", "lib/two": "3"},
                  "update-alternatives --install /usr/bin/awk awk /usr/bin/mawk 5\n")
    tree = debian.unpacked([one, two])
    assert (tree / "bin").is_symlink() and (tree / "lib").is_symlink()
    assert sorted(path.name for path in (tree / "usr/bin").iterdir()) == [
        "awk", "gawk", "mawk", "nawk", "new", "old", "tool", "tool-static"]
    assert (tree / "usr/lib/two").read_text() == "3"
    assert (tree / "usr/bin/awk").readlink().as_posix() == "/usr/bin/gawk"
    assert (tree / "usr/bin/tool").readlink().as_posix() == "tool-static"
    assert not any((tree / "usr/share/man").iterdir())
    assert debian.unpacked([two, one]) == tree


def test_a_broken_archive_leaves_the_cache(tmp_path):
    archive = package(tmp_path, "one", {"bin/x": "1"})
    archive.write_bytes(archive.read_bytes()[:200])
    with pytest.raises(say.SystemFailed) as error:
        debian.unpacked([archive])
    assert "one_1_all.deb" in str(error.value)
    assert not archive.exists()


def test_dependencies_come_and_what_is_cut_does_not():
    names = [name.split("_")[0] for name, _ in debian.resolved(["bash"])]
    assert {"bash", "libc6", "libtinfo6"} <= set(names)
    assert not set(names) & set(debian.CUT)


def test_what_every_debian_has_comes_with_what_needs_it():
    assert debian.completed(["bash"]) == ["bash", "ncurses-base"]
    assert debian.completed(["ncurses-base", "bash"]) == ["ncurses-base", "bash"]
    assert debian.completed(["gzip"]) == ["gzip"]


def test_an_unknown_package_is_named():
    with pytest.raises(say.Usage) as error:
        debian.resolved(["bash", "no-such-package-anywhere"])
    assert "no-such-package-anywhere" in str(error.value) and "\n" not in str(error.value)


def test_memory_grows_with_what_is_brought(tmp_path):
    with open(tmp_path / "big", "wb") as big:
        big.truncate(300 << 20)
    assert options.parse(["--add", str(tmp_path / "big")]).mem == 896 << 20
    assert options.parse([]).mem == 512 << 20
