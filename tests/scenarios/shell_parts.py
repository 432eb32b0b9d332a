"""Takes apart what shell/run prints."""

import re

MARK = re.compile(rb"@@@ (\S+) (\d+) (\d+)\n")


def split(text):
    """For each script its status and what it printed."""
    found, at = {}, 0
    while mark := MARK.match(text, at):
        end = mark.end() + int(mark[3])
        found[mark[1].decode()] = int(mark[2]), text[mark.end():end]
        at = end
    return found
