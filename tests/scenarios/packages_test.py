"""Debian packages, brought by --deb and run as they are."""


def packages(*names):
    return [word for name in names for word in ("--deb", name)]


def test_a_static_package(skerry_run):
    done = skerry_run(
        "bash", "-c", 'a=(1 2 3); (sleep 1 & wait); trap "echo bye" EXIT; echo ${#a[@]}; '
        "diff <(seq 3) <(seq 3) && echo same", options=packages("bash-static"))
    assert (done.stdout, done.returncode) == (b"3\nsame\nbye\n", 0), done.stderr


def test_dynamic_packages_with_what_they_depend_on(skerry_run):
    done = skerry_run("bash", "-c", """
        ls --version | head -n 1; awk 'BEGIN { print PROCINFO["version"] ~ /^5/ }'
        python3 -c 'import json, zlib; print(json.dumps([zlib.crc32(b"x")]))'
        ps -o comm= -p $$; test -L /bin -a -d /bin/ && echo /bin is /usr/bin; stat -c %a /tmp
        """, options=packages("bash", "coreutils", "procps", "gawk", "python3"))
    assert done.stdout.decode().splitlines() == [
        "ls (GNU coreutils) 9.1", "1", "[2363233923]", "bash", "/bin is /usr/bin", "1777"], done.stderr


def test_a_file_of_ones_own_replaces_that_of_a_package(skerry_run, tmp_path):
    own = tmp_path / "own"
    own.write_text("#!/bin/sh\necho mine\n")
    own.chmod(0o755)
    done = skerry_run("bash-static", options=[*packages("bash-static"), "--add", f"{own}:/bin/bash-static"])
    assert done.stdout == b"mine\n", done.stderr


def test_a_package_that_does_not_exist(skerry_run):
    done = skerry_run("true", options=packages("no-such-package-anywhere"))
    assert done.returncode == 2
    assert b"no-such-package-anywhere" in done.stderr and done.stderr.count(b"\n") <= 2
