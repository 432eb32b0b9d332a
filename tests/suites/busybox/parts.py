"""How the suite is divided among boots."""

from suites.busybox import printed, tree
from suites.part import Part

SHARES = 4
#: Of the shell's tests those that only count, and take as long as all others together.
LONG = "ash-z_slow"
NAMES = [f"applets-{share + 1}" for share in range(SHARES)] + ["ash", "ash-long"]


def of(folder, name):
    if name == "ash":
        chosen = [item for item in tree.ash_folders(folder) if item != LONG]
    elif name == "ash-long":
        chosen = [LONG]
    else:
        chosen = tree.applets(folder)[int(name.removeprefix("applets-")) - 1::SHARES]
        return Part(["applets", *chosen], printed.applets, lambda test: test.partition(":")[0] in chosen,
                    printed.at_length)
    return Part(["ash", *chosen], printed.ash, lambda test: test.partition("/")[0] in chosen, printed.at_length)
