"""`./skerry size`: code lines (not blank, not comment; C++ and assembly; no tests) by room."""

import re

from skerry import floors, places, say

PROMISE = 10_000
PROMISED = ("kernel", "abi", "base")
TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/', re.DOTALL)


def without_comments(text):
    def replace(match):
        token = match[0]
        return token if token[0] in "\"'" else "\n" * token.count("\n")
    return TOKEN.sub(replace, text)


def code_lines(text):
    return sum(1 for line in without_comments(text).splitlines() if line.strip())


def counted(path):
    relative = path.relative_to(places.ROOT)
    is_code = path.suffix in (".cpp", ".hpp", ".S", ".s")
    is_test = path.stem.endswith(("_test", "_fuzz")) or relative.parts[0] == "tests" \
        or relative.parts[:3] == ("kernel", "arch", "host") or "testing" in relative.parts
    return is_code and not is_test


def by_room():
    sizes = {}
    for top in floors.FLOORS:
        for path in sorted((places.ROOT / top).rglob("*")):
            if path.is_file() and counted(path):
                name = floors.room(path.relative_to(places.ROOT)) or top
                files, lines = sizes.get(name, (0, 0))
                sizes[name] = files + 1, lines + code_lines(path.read_text(errors="replace"))
    return sizes


def promised(sizes):
    """The lines that the promise is about."""
    return sum(sizes[name][1] for name in PROMISED)


def main(words):
    say.Parser("size", __doc__).parse_args(words)
    sizes = by_room()
    print(f"{'room':28}{'files':>7}{'lines':>8}")
    for name, (files, lines) in sizes.items():
        print(f"{name:28}{files:7}{lines:8}")
    print(f"{'all':28}{sum(f for f, _ in sizes.values()):7}{sum(n for _, n in sizes.values()):8}")
    kept = promised(sizes)
    print(f"\nkernel with abi and base: {kept} lines; the promise is under {PROMISE}")
    return 0 if kept < PROMISE else 1
