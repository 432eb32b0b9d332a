"""What a dynamic program needs beside itself: its loader, and the libraries that the loader finds."""

import re
import struct
import subprocess

PT_INTERP = 3
PATH = re.compile(r"^\s*(?:\S+ => )?(/\S+) \(0x", re.MULTILINE)


def loader(file):
    """The loader that an ELF program names (System V ABI, chapter 5: PT_INTERP); None for others."""
    with open(file, "rb") as program:
        header = program.read(64)
        if len(header) < 64 or header[:5] != b"\x7fELF\x02":
            return None
        table, = struct.unpack_from("<Q", header, 32)
        size, count = struct.unpack_from("<HH", header, 54)
        for index in range(count):
            place = table + index * size
            if place >= 1 << 63:
                return None
            program.seek(place)
            entry = program.read(56)
            if len(entry) < 56:
                return None
            kind, = struct.unpack_from("<I", entry)
            if kind == PT_INTERP:
                offset, = struct.unpack_from("<Q", entry, 8)
                length, = struct.unpack_from("<Q", entry, 32)
                if offset >= 1 << 63:
                    return None
                program.seek(offset)
                return program.read(min(length, 4096)).rstrip(b"\0").decode(errors="replace")
    return None


def needed(file):
    """Paths of the loader and of all libraries; the guest finds them where the host has them."""
    name = loader(file)
    if not name:
        return []
    try:
        listed = subprocess.run([name, "--list", file], stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, errors="replace", check=False)
    except OSError:
        return []  # a program for another C library: its loader may be added by hand
    return [name, *dict.fromkeys(path for path in PATH.findall(listed.stdout) if path != name)]
