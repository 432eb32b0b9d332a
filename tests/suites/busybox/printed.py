"""Reads what run.sh prints."""

import re

from suites import outcomes

APPLET = re.compile(r"@@@ (\S+)")
CASE = re.compile(r"(PASS|FAIL): (.*)")
ASH = re.compile(r"(ash-\S+/\S+): ?.*?(ok|fail)$")


def applets(text):
    """For each test, `APPLET: NAME`, whether it passed; those that the build leaves out do not count."""
    def pairs():
        applet = None
        for line in text.splitlines():
            if match := APPLET.fullmatch(line):
                applet = match[1]
            elif match := CASE.fullmatch(line):
                yield f"{applet}: {match[2]}", match[1] == "PASS"
    return outcomes.numbered(pairs())


def ash(text):
    return outcomes.numbered((match[1], match[2] == "ok") for match in map(ASH.match, text.splitlines()) if match)


def at_length(text, name):
    """What the suite says of one test that failed."""
    if name.startswith("ash-"):
        _, _, rest = text.partition("@@@ " + name.replace("/", "-") + ".fail\n")
        return rest.partition("\n@@@ ")[0][:2000]
    applet, _, test = name.partition(": ")
    _, _, rest = text.partition(f"@@@ {applet}\n")
    before, _, after = rest.partition(f"\nFAIL: {test}\n")
    return "\n".join(before.splitlines()[-8:] + after.splitlines()[:30])[:2000]
