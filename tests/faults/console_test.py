"""The serial driver and the console are killed in the middle of output and input: no byte is lost, none
comes twice, and nobody who uses the line notices more than a pause."""

import random

import pytest

LINES = "".join(f"line {number}\n" for number in range(10000)).encode()

#: Counts to ten thousand, and ends a service every now and then. A kill is repeated while the service
#: is waiting for its own restart, which takes longer the more often it has failed.
COUNT_AND_KILL = """
i=0
while [ $i -lt 10000 ]; do
    echo "line $i"
    i=$((i+1))
    case $i in
    2000|3500|5000|6500|8000)
        for service in SERVICES; do
            until echo kill > /svc/$service/control; do sleep 0.1; done 2>/dev/null
        done ;;
    esac
done
"""

#: Sends back what it reads, while services are being killed. The first kills come before the end of the
#: input by all means: it is read only when they have begun.
KILL_AND_CAT = """
for service in SERVICES; do echo kill > /svc/$service/control; done
(for round in 1 2 3 4; do
    for service in SERVICES; do sleep 0.2; echo kill > /svc/$service/control; done
done 2>/dev/null) &
cat
wait
"""

SERVICES = ["uart", "console", "uart console"]


def incarnation(run, service):
    """How often a service of a fresh system was started, after a script: for the tests' own sake."""
    done = run("/bin/busybox", "sh", "-c",
               f"echo kill > /svc/{service}/control; sleep 1; cat /svc/{service}/status")
    words = done.stdout.decode().split()
    return int(words[words.index("incarnation") + 1])


@pytest.mark.parametrize("services", SERVICES)
def test_output_survives_five_kills(skerry_run, services):
    done = skerry_run("/bin/busybox", "sh", "-c", COUNT_AND_KILL.replace("SERVICES", services))
    assert done.returncode == 0, done.stderr
    assert done.stdout == LINES


@pytest.mark.parametrize("services", SERVICES)
def test_input_and_output_survive_kills(skerry_run, services):
    sent = random.Random(services).randbytes(200_000)
    done = skerry_run("/bin/busybox", "sh", "-c", KILL_AND_CAT.replace("SERVICES", services),
                      stdin=sent)
    assert done.returncode == 0, done.stderr
    assert done.stdout == sent


def test_a_killed_driver_is_a_new_one(skerry_run):
    assert incarnation(skerry_run, "uart") == 2


def test_a_person_goes_on_typing(console):
    session = console()
    for service in ("uart", "console", "uart"):
        assert session.run(f"echo kill > /svc/{service}/control; echo after $((40+2))") == \
            "after 42"
    assert session.run("echo still here") == "still here"
