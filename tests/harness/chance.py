"""For tests that hold Skerry against this machine's Linux: now and then who comes first decides a line,
on either side. A difference counts if it shows twice."""


class Answers:
    """What an expensive question was answered, kept until somebody asks anew."""

    def __init__(self, ask):
        self._ask = ask
        self._known = None

    def get(self, anew):
        if anew or self._known is None:
            self._known = self._ask()
        return self._known


def shows_twice(look):
    """Runs `look(anew)`, which asserts; once more, with `anew`, if it fails."""
    try:
        look(False)
    except AssertionError:
        look(True)
