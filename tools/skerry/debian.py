"""Debian packages with what they depend on, unpacked into one folder for the guest's file tree.

apt resolves, downloads and checks; it is told of a system on which nothing is installed but what is
pointless in the guest. Everything lies in a cache outside the checkout, archives by name and version,
unpacked trees by the archives they are made of."""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess

from skerry import say

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "skerry/debian"
LISTS = pathlib.Path("/var/lib/apt/lists")

#: Not brought as a dependency (only when named): the guest's own tree stands for them, or they
#: serve the installing of packages, accounts and services, which the guest doesn't do.
CUT = ("adduser", "base-files", "base-passwd", "debconf", "debconf-2.0", "dpkg", "init-system-helpers", "install-info",
       "lsb-base", "passwd", "sysvinit-utils", "tzdata", "ucf", "usr-is-merged", "usrmerge")

#: What a library needs and leaves to a package that is on every Debian system.
COMPANIONS = {"libtinfo6": "ncurses-base"}

#: Not unpacked: what a person reads elsewhere, and memory is all the disk there is.
LEFT_OUT = ("usr/share/doc", "usr/share/info", "usr/share/lintian", "usr/share/locale", "usr/share/man")

#: Trees are made anew when this changes.
FORMAT = "2"

NAME = re.compile(r"[a-z0-9][a-z0-9.+-]+")
MERGED = ("bin", "sbin", "lib", "lib64")


def package_name(text):
    if not NAME.fullmatch(text):
        raise say.Usage(f"--deb {text}: this is no name of a Debian package")
    return text


def status(names):
    """What apt is told to be installed."""
    stanza = ("Package: {}\nStatus: install ok installed\nPriority: optional\nSection: misc\n"
              "Maintainer: nobody\nArchitecture: all\nVersion: 999:0\nDescription: not in the guest\n")
    return "\n".join(stanza.format(name) for name in CUT if name not in names)


def apt(names, *words):
    """apt-get of its own cache, without any right to the machine's."""
    own = CACHE / "apt"
    (own / "archives/partial").mkdir(parents=True, exist_ok=True)
    known = own / "status"
    known.write_text(status(names))
    return ["apt-get", "-o", f"Dir::State::status={known}", "-o", f"Dir::Cache={own}",
            "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=", "-o", "Acquire::Retries=2",
            "-y", "-q", "--no-install-recommends", *words]


def apt_environment():
    return dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C")


def run(command, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, text=True, errors="replace",
                          env=apt_environment(), check=False, **more)


def complaint(text):
    """The first thing apt calls an error, in one line."""
    errors = [line[3:] for line in text.splitlines() if line.startswith("E: ")]
    return errors[0] if errors else text.strip().splitlines()[-1] if text.strip() else "no reason given"


def archives_of(uris):
    """File name and size of each archive that `apt-get --print-uris` lists."""
    lines = (re.match(r"'[^']*' (\S+\.deb) ([0-9]+)", line) for line in uris.splitlines())
    return [(line[1], int(line[2])) for line in lines if line]


def asked(names):
    # Of archives that are at hand it would say nothing.
    nothing = CACHE / "apt/nothing"
    (nothing / "partial").mkdir(parents=True, exist_ok=True)
    return run(apt(names, "-o", f"Dir::Cache::archives={nothing}", "--print-uris", "install", *names),
               capture_output=True)


def resolved(names):
    """The archives of the packages and of all they depend on; from the cache if apt's lists are as
    they were."""
    stamp = LISTS.stat().st_mtime_ns if LISTS.is_dir() else 0
    key = hashlib.sha256(repr((sorted(names), stamp, CUT)).encode()).hexdigest()[:24]
    known = CACHE / "resolved" / key
    if known.exists():
        return archives_of(known.read_text())
    say.progress("resolving: " + " ".join(names))
    answer = asked(names)
    if answer.returncode != 0 and not any(LISTS.glob("*_Packages*")):
        refreshed(names)
        answer = asked(names)
    if answer.returncode != 0:
        raise say.Usage(explained(names, answer.stderr))
    archives = archives_of(answer.stdout)
    if not archives:
        raise say.SystemFailed(f"--deb {names[0]}: apt names no archive to fetch: {complaint(answer.stdout)}")
    known.parent.mkdir(parents=True, exist_ok=True)
    known.write_text(answer.stdout)
    return archives


def explained(names, errors):
    for name in names:
        if f"locate package {name}\n" in errors + "\n" or f"Package '{name}' has no installation" in errors:
            return f"--deb {name}: there is no such package (the lists are as old as the last apt-get update)"
    return f"--deb: {complaint(errors)}"


def refreshed(names):
    say.progress("fetching the lists of packages")
    if os.geteuid() != 0:
        raise say.SystemFailed("apt has no lists of packages. This fetches them: sudo apt-get update")
    done = run(["apt-get", "update"], capture_output=True)
    if done.returncode != 0:
        raise say.SystemFailed(f"--deb {names[0]}: 'apt-get update' failed: {complaint(done.stderr)}")


def fetch(command):
    """Runs apt and tells of each archive it gets; what it complains about."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, errors="replace",
                          env=apt_environment()) as fetching:
        said = []
        for line in fetching.stdout:
            said.append(line)
            # Get:2 ADDRESS SUITE ARCHITECTURE NAME ARCHITECTURE VERSION [SIZE]
            got = re.match(r"Get:\d+ \S+ \S+ \S+ (\S+) .*\[(.*)\]", line)
            if got:
                say.progress(f"  {got[1]}, {got[2]}")
    return "".join(said)


def downloaded(names, archives):
    """Paths of the archives; apt gets the missing ones, and checks them."""
    folder = CACHE / "apt/archives"
    def missing():
        return [(name, size) for name, size in archives
                if not (folder / name).is_file() or (folder / name).stat().st_size != size]
    lacking = missing()
    if lacking:
        amount = sum(size for _, size in lacking) / (1 << 20)
        say.progress(f"downloading {len(lacking)} packages, {amount:.1f} MiB")
        errors = fetch(apt(names, "--download-only", "install", *names))
        if missing():
            raise say.SystemFailed(f"--deb: downloading failed: {complaint(errors)}; check the network "
                                   "and the package sources, then try again")
    return [folder / name for name, _ in archives]


def unpack(archive, root):
    """As dpkg does it: a folder of the package doesn't replace a link to one."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE) as sender:
        done = subprocess.run(
            ["tar", "-x", "--no-same-owner", "--keep-directory-symlink", "-C", root,
             *(f"--exclude=./{folder}/*" for folder in LEFT_OUT)],
            stdin=sender.stdout, capture_output=True, text=True, check=False)
    if sender.returncode != 0 or done.returncode != 0:
        archive.unlink(missing_ok=True)
        raise say.SystemFailed(f"{archive.name} can't be unpacked and was removed from the cache: "
                               f"{done.stderr.strip() or 'the archive is broken'}; try again")


def alternatives(script):
    """(link, path, priority) of each `update-alternatives --install` in a maintainer script, its slaves
    included. What a shell would have to work out first is passed over."""
    found = []
    for line in script.replace("\\\n", " ").splitlines():
        if "update-alternatives" not in line or "--install" not in line:
            continue
        try:
            words = shlex.split(line[line.index("update-alternatives"):], comments=True)
        except ValueError:
            continue
        at = words.index("--install")
        install = words[at + 1:at + 5]
        if len(install) < 4 or not install[3].isdigit():
            continue
        found.append((install[0], install[2], int(install[3])))
        slaves = [index for index, word in enumerate(words) if word == "--slave"]
        found += [(words[index + 1], words[index + 3], int(install[3]))
                  for index in slaves if index + 3 < len(words)]
    return [(link, path, priority) for link, path, priority in found
            if link.startswith("/") and path.startswith("/") and "$" not in link + path]


def inside(root, path):
    """A path of the guest in the tree, its folders' links followed as the guest would."""
    folder, name = os.path.split(path.lstrip("/"))
    for top in MERGED:
        if folder == top or folder.startswith(top + "/"):
            folder = "usr/" + folder
    return root / folder / name


def link_alternatives(root, scripts):
    """What update-alternatives would have made: the link with the highest priority of each name."""
    best = {}
    for script in scripts:
        for link, path, priority in alternatives(script):
            if priority >= best.get(link, ("", -1))[1] and os.path.lexists(inside(root, path)):
                best[link] = (path, priority)
    for link, (path, _) in best.items():
        place = inside(root, link)
        if not os.path.lexists(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(path)


def link_static(root):
    """bash-static brings bash-static: nobody means to type that."""
    for folder in ("usr/bin", "usr/sbin"):
        for program in (root / folder).glob("*-static"):
            name = program.with_name(program.name.removesuffix("-static"))
            if not os.path.lexists(name):
                name.symlink_to(program.name)


def maintainer_script(archive):
    """The script that would run after unpacking; empty if there is none."""
    done = subprocess.run(["dpkg-deb", "--info", archive, "postinst"], capture_output=True, text=True,
                          errors="replace", check=False)
    return done.stdout if done.returncode == 0 else ""


def unpacked(archives):
    """The folder with all of them, made once."""
    names = sorted(archive.name for archive in archives)
    key = hashlib.sha256("\n".join([FORMAT, *LEFT_OUT, *names]).encode()).hexdigest()[:24]
    tree = CACHE / "trees" / key
    if tree.exists():
        return tree
    say.progress(f"unpacking {len(archives)} packages")
    making = tree.with_name("making-" + key)
    shutil.rmtree(making, ignore_errors=True)
    for folder in MERGED:
        (making / "usr" / folder).mkdir(parents=True)
        (making / folder).symlink_to("usr/" + folder)
    for archive in archives:
        unpack(archive, making)
    link_alternatives(making, map(maintainer_script, archives))
    link_static(making)
    making.rename(tree)
    return tree


@contextlib.contextmanager
def locked():
    """apt's own cache and a tree in the making bear one user at a time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / ".lock", "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def completed(names):
    """The packages, and the companions of what they depend on."""
    brought = {name.partition("_")[0] for name, _ in resolved(names)}
    return [*names, *(companion for library, companion in COMPANIONS.items()
                      if library in brought and companion not in brought)]


def tree(names):
    """The folder with these packages and all they depend on."""
    with locked():
        names = completed(names)
        return unpacked(downloaded(names, resolved(names)))
