"""`./skerry lint`: formatting, floors, words that do not belong in the repository."""

import re
import subprocess

from skerry import floors, packages, places, say

#: Places on somebody's machine, and work that nobody has taken on.
FOREIGN = re.compile(re.escape(str(places.ROOT)) + r"\b|/home/\w|\bTODO\b(?!.*#\d)")


def tracked(*patterns):
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=places.ROOT, stdout=subprocess.PIPE, text=True,
                            check=True).stdout.split("\n")
    return sorted({name for name in listed if (places.ROOT / name).is_file()})


def unformatted(names):
    if not names:
        return []
    done = subprocess.run(["clang-format-19", "--dry-run", *names], cwd=places.ROOT,
                          stderr=subprocess.PIPE, text=True, check=False)
    found = re.findall(r"^(\S+?):\d+:\d+: warning: code should be clang-formatted", done.stderr,
                       re.MULTILINE)
    return [f"{name}: not formatted (clang-format-19 -i {name})" for name in sorted(set(found))]


def foreign_words():
    for name in tracked():
        if name == "tools/skerry/lint.py":
            continue
        text = (places.ROOT / name).read_bytes().decode(errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if match := FOREIGN.search(line):
                yield f"{name}:{number}: '{match[0]}' does not belong here"


def tidy(names):
    done = subprocess.run(["clang-tidy-19", "-p", places.GUEST, "--quiet", *names],
                          cwd=places.ROOT, check=False)
    return [] if done.returncode == 0 else ["clang-tidy-19 has found something (above)"]


def main(words):
    options = say.Parser("lint", __doc__)
    options.add_argument("--tidy", action="store_true", help="also run clang-tidy-19 (slow)")
    chosen = options.parse_args(words)
    packages.install(["clang-format-19"] + (["clang-tidy-19"] if chosen.tidy else []))
    findings = unformatted(tracked("*.cpp", "*.hpp")) + floors.offences() + list(foreign_words())
    if chosen.tidy:
        findings += tidy(tracked("*.cpp"))
    print("\n".join(findings) or "nothing to mend")
    return 1 if findings else 0
