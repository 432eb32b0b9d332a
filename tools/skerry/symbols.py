"""What is at an address of the kernel or of a program: the names in its ELF file."""

import bisect
import subprocess

CODE, DATA = "tTwW", "bBdDrR"


class Symbols:
    def __init__(self, elf, kinds=CODE + DATA):
        names = subprocess.run(["llvm-nm-19", "--demangle", "--defined-only", elf], check=True,
                               stdout=subprocess.PIPE, text=True).stdout
        found = sorted((int(words[0], 16), words[2]) for words in
                       (line.split(" ", 2) for line in names.splitlines()) if words[1] in kinds)
        self._at = [at for at, _ in found]
        self._names = [name for _, name in found]

    def name(self, address):
        """The symbol at or before the address."""
        return self._names[max(bisect.bisect_right(self._at, address) - 1, 0)]

    def address(self, name):
        return self._at[self._names.index(name)]


def short(name):
    """A function without its parameters and what it is a template of."""
    depth, kept = 0, ""
    for letter in name.replace("(anonymous namespace)::", "").removeprefix("kernel::"):
        if letter == "(" and depth == 0:
            break
        depth += {"<": 1, ">": -1}.get(letter, 0)
        kept += letter if depth == 0 and letter != ">" else ""
    return kept.split(" ")[-1]
