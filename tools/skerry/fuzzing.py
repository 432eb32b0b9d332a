"""How long and from which seed the tests that make things up go on: `./skerry test fuzz --seconds N --seed S`
tells them by the environment."""

import dataclasses
import os
import pathlib

SECONDS, SEED, REPORT = "SKERRY_FUZZ_SECONDS", "SKERRY_FUZZ_SEED", "SKERRY_FUZZ_REPORT"


@dataclasses.dataclass(frozen=True)
class Wanted:
    seconds: int = 0  #: 0: a short, counted run
    seed: int = 1
    report_file: str = ""

    def words(self):
        """For the kernel's command line."""
        return f"seed={self.seed} " + (f"seconds={self.seconds}" if self.seconds else "calls=40000")

    def report(self, sentence):
        """What came of it, for who asked."""
        if self.report_file:
            with pathlib.Path(self.report_file).open("a", encoding="utf-8") as file:
                file.write(f"seed {self.seed}: {sentence}\n")

    def environment(self):
        return {SECONDS: str(self.seconds), SEED: str(self.seed), REPORT: self.report_file}


def wanted():
    return Wanted(int(os.environ.get(SECONDS, 0)), int(os.environ.get(SEED, 1)), os.environ.get(REPORT, ""))
