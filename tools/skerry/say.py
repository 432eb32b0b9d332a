"""What we say to the person at the terminal, and the two ways to give up."""

import argparse
import sys

#: Where messages and progress go; `run -- COMMAND` keeps standard output for the command.
stream = sys.stdout


class Usage(Exception):
    """The person asked for the impossible: one clear line, status 2, nothing started."""


class SystemFailed(Exception):
    """The system or its building failed: status 125."""


def to_stderr():
    global stream
    stream = sys.stderr


def line(text):
    """A message that must be seen, whatever becomes of standard output."""
    print("skerry: " + text, file=sys.stderr, flush=True)


def progress(text):
    print(text, file=stream, flush=True)


class Parser(argparse.ArgumentParser):
    """Options whose mistakes end in one line."""

    def __init__(self, name, text):
        super().__init__(prog="./skerry " + name, description=text, allow_abbrev=False,
                         formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message):
        raise Usage(f"{message}; see {self.prog} --help")
