"""For tests that hold Skerry against this machine's Linux: now and then who comes first decides a line,
on either side. A difference counts if it shows twice; one that shows once is told beside the outcome."""


class Answers:
    """What an expensive question was answered, kept until somebody asks anew."""

    def __init__(self, ask):
        self._ask = ask
        self._known = None

    def get(self, anew):
        if anew or self._known is None:
            self._known = self._ask()
        return self._known


def shows_twice(look, record_property):
    """Runs `look(anew)`, which asserts; once more, with `anew`, if it fails."""
    try:
        look(False)
    except AssertionError as difference:
        look(True)
        record_property("differed once", str(difference).partition("\n")[0])
