"""A driver that programs its device to reach what is not its own, with an IOMMU and without."""

import pytest
from harness import fixtures

#: Without the mask it would leave the upper bits of an address out. By the instruction, its 100 ms are as long on a
#: busy machine: what has to happen before the transfer does.
EDU = ("-device", "edu,dma_mask=0xffffffffffffffff", "-icount", "shift=3,sleep=off")


@pytest.mark.machines({"smp": 2})
@pytest.mark.parametrize("iommu", [True, False], ids=["confined", "unconfined"])
def test_a_device_reaches_only_what_it_is_given(tmp_path, iommu):
    log = fixtures.alone("attack", tmp_path, "only=attack/device", iommu=iommu, more=EDU)
    found = list(fixtures.outcomes(log))
    assert found and found[-1][0] == "attack/the-system-is-still-there", log[-2000:]
    assert [outcome for outcome in found if not outcome[1]] == []
    assert len(found) == (9 if iommu else 5)
    assert ("an-iommu-confines" in log) == iommu
