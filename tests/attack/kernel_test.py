"""The attack program alone on the kernel: every call with everything that is wrong with it, instructions
that are not a user's, all of memory, and calls at random."""

import pytest
from harness import fixtures


def attack(folder, append=""):
    """What came of every attack: name, outcome, detail."""
    text = fixtures.alone("attack", folder, append)
    found = list(fixtures.outcomes(text))
    assert found and found[-1][0] == "attack/the-system-is-still-there", text[-2000:]
    return found


@pytest.mark.machines({"smp": 2, "iommu": True})
def test_no_native_program_gets_at_the_kernel(tmp_path):
    no_attack_succeeds(attack(tmp_path))


def test_nor_at_one_that_is_isolated(tmp_path):
    """The ways in and out of the kernel are others then."""
    no_attack_succeeds(attack(tmp_path, "isolation=on"))


def no_attack_succeeds(found):
    assert [outcome for outcome in found if not outcome[1]] == []
    assert len(found) > 90


@pytest.mark.parametrize("processors", [1, 2])
def test_time_is_not_taken_from_others(tmp_path, processors):
    """By a clock that counts instructions, 16 ns each: what a budget leaves to others is then exact."""
    clock = ["-icount", "shift=4,sleep=off", "-rtc", "clock=vm"]
    text = fixtures.alone("attack", tmp_path, "only=attack/time clock=counted", smp=processors,
                          more=clock)
    found = list(fixtures.outcomes(text))
    assert [outcome for outcome in found if not outcome[1]] == []
    assert len(found) == 10


@pytest.mark.parametrize("processors", [2, 4])
def test_a_processor_reaches_what_runs_on_another(tmp_path, processors):
    text = fixtures.alone("attack", tmp_path, f"only=attack/processors processors={processors}", smp=processors)
    found = list(fixtures.outcomes(text))
    assert len(found) == 6 and [outcome for outcome in found if not outcome[1]] == [], text[-2000:]


@pytest.mark.parametrize("seed", [2, 3])
def test_no_sequence_of_calls_stops_the_kernel(tmp_path, seed):
    found = attack(tmp_path, f"only=attack/random seed={seed} calls=150000")
    assert [outcome for outcome in found if not outcome[1]] == []
