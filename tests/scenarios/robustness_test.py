"""Programs that want everything, and files that lie: an error each time, and the system goes on."""

import os
import struct

import pytest

from skerry import places


def shell(skerry_run, script, **more):
    return skerry_run("sh", "-c", script, **more)


def test_a_program_that_eats_all_memory_is_ended_and_the_shell_goes_on(skerry_run):
    done = shell(skerry_run, """
        awk 'BEGIN { s = "0123456789abcdef"; while (1) { s = s s; a[n++] = s } }'; echo $?
        tail -c 2000000000 /dev/zero | wc -c; echo $?
        echo still here; grep -c MemFree /proc/meminfo
        awk 'BEGIN { for (i = 0; i < 1000; i++) s += i; print s }'
        grep -h ^incarnation /svc/linux/status""", options=["--mem", "128M"])
    lines = done.stdout.decode().splitlines()
    assert lines[0] != "0"
    assert lines[-4:] == ["still here", "1", "499500", "incarnation     1"]
    assert done.returncode == 0


def test_many_eaters_at_once(skerry_run):
    done = shell(skerry_run, """
        for i in 1 2 3 4 5 6; do awk 'BEGIN { while (1) a[n++] = "some text " n }' 2>/dev/null & done
        wait; echo all have ended; ls / | grep -c bin; grep -h ^incarnation /svc/linux/status""",
                 options=["--mem", "96M"])
    assert done.stdout.decode().splitlines() == ["all have ended", "2", "incarnation     1"]


def test_files_that_fill_the_memory_get_an_error_and_give_it_back(skerry_run):
    done = shell(skerry_run, """
        for round in 1 2 3; do
            dd if=/dev/zero of=/tmp/big bs=1M count=4000 2>&1 | grep -c 'No space left'
            echo x | cat; rm /tmp/big
        done
        dd if=/dev/zero of=/tmp/again bs=1M count=20 2>/dev/null && wc -c < /tmp/again
        grep -h ^incarnation /svc/linux/status""", options=["--mem", "128M"])
    assert done.stdout.decode().splitlines() == ["1", "x"] * 3 + ["20971520", "incarnation     1"]


def test_a_fork_bomb_meets_its_limit(skerry_run):
    done = shell(skerry_run, """
        su nobody -s /bin/sh -c 'ulimit -u 40; b() { b | b & }; b; sleep 1' 2>&1 | grep -c 'fork' | awk '{ print ($1 > 0) }'
        for p in $(ps -o pid,user | awk '$2 == "nobody" { print $1 }'); do kill -9 $p; done 2>/dev/null
        echo still here; grep -h ^incarnation /svc/linux/status""")
    assert done.stdout.decode().splitlines() == ["1", "still here", "incarnation     1"]


def test_a_fork_bomb_without_a_limit(skerry_run):
    done = shell(skerry_run, """
        (b() { b | b & }; b) 2>/dev/null
        sleep 2; kill -9 -1; echo never""", options=["--timeout", "100", "--mem", "128M"])
    # The bomb's last act takes its own shell along, or the shell goes on where kill spares its caller.
    assert done.returncode in (0, 1, 137)


def test_two_thousand_processes_one_after_the_other(skerry_run):
    done = shell(skerry_run, """
        free | awk '/^Mem/ { print $3 }' > /tmp/before
        i=0; while [ $i -lt 2000 ]; do (:); i=$((i + 1)); done; echo $i
        free | awk '/^Mem/ { print $3 }' > /tmp/after
        echo $(($(cat /tmp/after) - $(cat /tmp/before)))""")
    count, grown = done.stdout.split()
    assert count == b"2000"
    assert int(grown) < 400, "KiB that nobody gives back"


def test_five_thousand_files_and_deep_folders(skerry_run):
    done = shell(skerry_run, """
        mkdir /tmp/many; cd /tmp/many
        awk 'BEGIN { for (i = 0; i < 5000; i++) { f = "file" i; print i > f; close(f) } }'
        ls | wc -l; cat file4999; rm -r /tmp/many; ls /tmp | wc -l
        cd /tmp; i=0; while [ $i -lt 500 ]; do mkdir d; cd d; i=$((i + 1)); done; pwd | wc -c
        echo x > f; cd /; find /tmp/d -name f | wc -l; rm -rf /tmp/d; ls /tmp | wc -l""")
    assert done.stdout.split() == [b"5000", b"4999", b"0", b"1005", b"1", b"0"]


def elf(entry=0x400078, kind=2, machine=62, headers=(), table_offset=64, count=None):
    """A 64-bit ELF file with program headers (type, flags, offset, address, in file, in memory, alignment)."""
    header = struct.pack("<4sBBBBQHHIQQQIHHHHHH", b"\x7fELF", 2, 1, 1, 0, 0, kind, machine, 1, entry, table_offset, 0,
                         0, 64, 56, len(headers) if count is None else count, 64, 0, 0)
    table = b"".join(struct.pack("<IIQQQQQQ", kind, flags, offset, address, address, file, memory, align)
                     for kind, flags, offset, address, file, memory, align in headers)
    return header + table


def load(offset=0, address=0x400000, file=0x1000, memory=0x1000, flags=5, align=0x1000):
    return 1, flags, offset, address, file, memory, align


#: exit(42): mov $60,%eax; mov $42,%edi; syscall
EXIT = bytes.fromhex("b83c000000bf2a0000000f05")

LIES = {
    "honest": elf(headers=[load(file=120 + len(EXIT), memory=120 + len(EXIT))]) + EXIT,
    "empty": b"",
    "magic": b"\x7fELF",
    "cut": elf(headers=[load()])[:70],
    "random": b"\x7fELF\2\1\1" + os.urandom(500),
    "other-machine": elf(machine=40, headers=[load()]) + EXIT,
    "relocatable": elf(kind=1, headers=[load()]) + EXIT,
    "no-segments": elf(),
    "table-outside": elf(table_offset=1 << 40, headers=[load()]) + EXIT,
    "table-wraps": elf(table_offset=(1 << 64) - 56, headers=[load()]) + EXIT,
    "many-segments": elf(headers=[load()], count=0xffff) + EXIT,
    "beyond-the-file": elf(headers=[load(file=1 << 30, memory=1 << 30)]) + EXIT,
    "more-in-file": elf(headers=[load(file=0x2000, memory=0x1000)]) + EXIT,
    "in-the-kernel": elf(headers=[load(address=0xffffffff80000000)]) + EXIT,
    "at-zero": elf(entry=0x78, headers=[load(address=0)]) + EXIT,
    "wraps": elf(headers=[load(address=(1 << 64) - 0x1000, memory=0x10000)]) + EXIT,
    "huge": elf(headers=[load(memory=1 << 46)]) + EXIT,
    "skewed": elf(headers=[load(offset=1, address=0x400000)]) + EXIT,
    "overlapping": elf(headers=[load(), load(address=0x400800)]) + EXIT,
    "odd-alignment": elf(headers=[load(align=3)]) + EXIT,
    "interpreter-of-nothing": elf(headers=[load(), (3, 4, 0, 0, 0, 0, 1)]) + EXIT,
    "interpreter-endless": elf(headers=[load(), (3, 4, 120, 0, 1 << 40, 1 << 40, 1)]) + EXIT,
    "nowhere-entry": elf(entry=0x7fff00000000, headers=[load(file=0x200, memory=0x200)]) + EXIT,
    "kernel-entry": elf(entry=0xffffffff80000000, headers=[load(file=0x200, memory=0x200)]) + EXIT,
    "crooked-entry": elf(entry=0x8000000000000000, headers=[load(file=0x200, memory=0x200)]) + EXIT,
}


def test_programs_that_lie_about_themselves(skerry_run, tmp_path):
    folder = tmp_path / "lies"
    folder.mkdir()
    for name, content in LIES.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o755)
    done = shell(skerry_run, """
        cd /lies; for name in *; do ./$name > /dev/null 2>&1 < /dev/null; echo $name $?; done
        grep -h ^incarnation /svc/linux/status""", options=["--add", folder])
    lines = done.stdout.decode().splitlines()
    assert lines.pop() == "incarnation     1"
    statuses = {name: int(status) for name, status in map(str.split, lines)}
    assert statuses.keys() == LIES.keys()
    assert statuses.pop("honest") == 42
    # An empty file is a script of nothing, and what is not there does no harm until somebody looks.
    assert statuses.pop("empty") == 0
    assert statuses.pop("beyond-the-file") == 42
    assert [name for name, status in statuses.items() if status in (0, 42)] == []


def test_a_lie_as_the_command_itself(skerry_run, tmp_path):
    lie = tmp_path / "lie"
    lie.write_bytes(LIES["in-the-kernel"])
    lie.chmod(0o755)
    done = skerry_run("/lie", options=["--add", lie])
    assert (done.returncode, done.stdout) == (126, b"")
    assert done.stderr.count(b"\n") == 1


def test_too_much_is_refused_before_anything_starts(skerry_run, tmp_path):
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(300 << 20)
    done = skerry_run("true", options=["--mem", "512M", "--add", big])
    assert done.returncode == 2
    assert done.stderr == b"skerry: --add: 300 MiB is too much; with this --mem up to 256 MiB can be added\n"


@pytest.mark.parametrize("change, names", [
    ('[service.uart]', "uart"),
    ('[service.more]\npriority = 1\nuses = { line = "nobody" }\n', "nobody"),
    ('[service.more]\npriority = 1\nports = { mine = "0x3f8-0x3ff" }\n', "uart"),
    ('[service.more]\npriority = 1\nram = { share = "20 %" }\n', "%"),
])
def test_a_policy_that_makes_no_sense_is_refused(skerry_run, tmp_path, change, names):
    policy = tmp_path / "policy.toml"
    policy.write_text((places.ROOT / "manifests/default.toml").read_text() + "\n" + change)
    done = skerry_run("true", options=["--manifest", policy])
    assert (done.returncode, done.stdout) == (125, b"")
    assert b"policy.toml:" in done.stderr and names.encode() in done.stderr
