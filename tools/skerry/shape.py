"""The machine that is emulated where nobody says otherwise: `./skerry test --smp N --iommu --boot WAY` tells every
test by a variable of the environment."""

import dataclasses
import json
import os

VARIABLE = "SKERRY_MACHINE"
#: How the kernel is started: by the emulator itself, or by GRUB from an ISO under either firmware.
WAYS = ("direct", "bios", "uefi")


@dataclasses.dataclass(frozen=True)
class Shape:
    smp: int = 1
    iommu: bool = False
    boot: str = "direct"

    @classmethod
    def of(cls, options):
        """Of the options that `options.add_machine` made."""
        return cls(**{field.name: getattr(options, field.name) for field in dataclasses.fields(cls)})

    def __str__(self):
        return f"{self.boot}-{self.smp}" + ("-iommu" if self.iommu else "")

    def settings(self):
        """For `emulator.command_line`."""
        return dataclasses.asdict(self)

    def environment(self):
        return {VARIABLE: json.dumps(self.settings())}


def usual():
    return Shape(**json.loads(os.environ.get(VARIABLE, "{}")))
