"""Picks the command; every command is a module of this package with a `main(words)`."""

import importlib
import os
import signal
import sys

from skerry import say

HELP = """\
Skerry: a capability microkernel with an operating system around it.

  ./skerry run  [options] [-- COMMAND ...]   install what is missing, build, boot; with a command:
                                             run it, print its output, leave with its exit status
  ./skerry test [pattern]                    install what is missing, build, run every test
  ./skerry bench [pattern] [--vs linux]      measure in guest instructions, Debian's Linux beside
  ./skerry image [-o FILE] [options]         an ISO that starts by BIOS and by UEFI
  ./skerry demo                              the promise shown in a minute: load, kills, survival
  ./skerry trace [options] -- COMMAND        run it, and tell who ran, who called whom and where the
                                             time of Linux calls went; a file for the Perfetto UI
  ./skerry debug                             boot and wait for gdb, which has all symbols
  ./skerry size                              code lines by room
  ./skerry docs                              write docs/reference anew from the headers
  ./skerry lint                              formatting, floors, words that do not belong
  ./skerry help                              this text; every command also takes --help
"""

COMMANDS = {"run": "run", "test": "testing", "image": "iso_command", "bench": "bench", "demo": "demo",
            "debug": "debug", "trace": "trace", "size": "size", "lint": "lint", "docs": "docs"}


def main(words):
    if not words or words[0] in ("help", "--help", "-h"):
        print(HELP, end="")
        return 0
    if words[0] not in COMMANDS:
        raise say.Usage(f"there is no command '{words[0]}'; ./skerry help lists them")
    module = importlib.import_module("skerry." + COMMANDS[words[0]])
    return module.main(words[1:])


def open_streams():
    """A closed standard stream would hand its number to the next file opened."""
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def guarded(words):
    open_streams()
    try:
        return main(words)
    except say.Usage as error:
        say.line(str(error))
        return 2
    except say.SystemFailed as error:
        say.line(str(error))
        return 125
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(guarded(sys.argv[1:]))
