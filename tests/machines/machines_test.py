"""Many machines: little and much memory, holes, several processors, processors that lack something. Each is
started for a moment; what is refused is refused in a sentence."""

import re
import subprocess
import time

import pytest
from harness import debugger, fixtures
from skerry import emulator, image, places, symbols

MIB, GIB = emulator.MIB, emulator.MIB << 10
STACKS = 0xffffc00000000000  # kernel/arch/x86_64/direct_map.hpp
REFUSED = re.compile(r"^Skerry can't start here: (.+?)\r*\n", re.MULTILINE)


@pytest.fixture(scope="module")
def program():
    with image.alone("machines") as made:
        yield made


def start(program, folder, **machine):
    """The log of a machine that ends, or that has refused."""
    log = folder / "system.log"
    log.write_text("")
    with emulator.Machine(emulator.command_line(program, log=log, channel="null", **machine)) as running:
        end = time.monotonic() + fixtures.HANG
        while running.poll() is None and time.monotonic() < end:
            if REFUSED.search(log.read_text(errors="replace")):
                break
            time.sleep(0.02)
    return log.read_text(errors="replace")


def looked_at(program, folder, **machine):
    """What the program found: memory and its upper end in MiB, processors."""
    log = start(program, folder, **machine)
    found = list(fixtures.outcomes(log))
    assert len(found) == 2 and all(good for _, good, _ in found), (machine, log[-2000:])
    return [int(number) for number in re.findall("[0-9]+", re.search("MACHINE .*", log)[0])]


#: Size, more words for the emulator, and where the memory ends: from 2 GiB on it goes on above 4 GiB.
MEMORY = [
    (96, "", 96), (256, "", 256), (2047, "", 2047), (2049, "", 2049), (3072, "", 5120), (4096, "", 6144),
    (6000, "", 8048), (16384, "", 18432),
    (1024, "q35,max-ram-below-4g=512M", 4096 + 512), (4096, "q35,max-ram-below-4g=128M", 8192 - 128),
    (3071, "pc", 3071), (512, "pc,max-ram-below-4g=64M", 4096 + 448),
]


@pytest.mark.parametrize("size, kind, end", MEMORY)
def test_all_memory_is_found_wherever_it_lies(program, tmp_path, size, kind, end):
    memory, top, _ = looked_at(program, tmp_path, mem=size * MIB, more=["-M", kind] if kind else [])
    assert size - 8 <= memory <= size
    assert end - 1 <= top <= end


def test_memory_above_the_reach_of_an_old_processor(program, tmp_path):
    # Without pages of 1 GiB, and with addresses of 36 bits.
    memory, _, _ = looked_at(program, tmp_path, mem=8 * GIB, cpu="max,-pdpe1gb,phys-bits=36")
    assert memory >= 8 * 1024 - 16


@pytest.mark.parametrize("processors", range(1, 9))
def test_one_to_eight_processors(program, tmp_path, processors):
    assert looked_at(program, tmp_path, smp=processors)[2] == processors


def test_a_machine_without_an_interval_timer(program, tmp_path):
    assert looked_at(program, tmp_path, more=["-M", "q35,pit=off"])[2] == 1


def test_firmware_without_tables_is_refused_in_a_sentence(program, tmp_path):
    said = REFUSED.search(start(program, tmp_path, more=["-M", "microvm,acpi=off"]))
    assert said and said[1] == "its firmware lists no I/O APIC"


#: What the kernel uses where it is, and what it leaves to programs: all that the emulator can mask, but for
#: xgetbv1, since with this and xsaveopt masked the emulator hangs where XSAVE is turned on (QEMU 7.2).
OPTIONAL = """abm adx aes arat avx avx2 bmi1 bmi2 clflush clflushopt clwb cx16 de erms f16c fma hypervisor
    la57 lahf-lm mca mce mmx monitor movbe mtrr npt pclmulqdq pdpe1gb pks pku pni popcnt
    pse pse36 rdrand rdtscp sep smap smep ss sse4.1 sse4.2 sse4a ssse3 svm umip vaes xsaveopt""".split()


def without(*features):
    return ",".join(["max", *(feature if "=" in feature else f"{feature}=off" for feature in features)])


@pytest.mark.parametrize("lacking", [
    *([feature] for feature in "smap smep umip rdtscp rdrand pdpe1gb xsaveopt avx mce hypervisor".split()),
    ["smap", "smep", "umip"], ["avx", "xsaveopt"], OPTIONAL,
], ids=lambda lacking: lacking[0] if len(lacking) == 1 else f"{lacking[0]}-and-{len(lacking) - 1}-more")
def test_what_is_optional_may_lack(program, tmp_path, lacking):
    looked_at(program, tmp_path, cpu=without(*lacking))


@pytest.mark.parametrize("model", ["IvyBridge", "Haswell", "Skylake-Server", "Denverton", "EPYC"])
def test_processors_that_were_sold(program, tmp_path, model):
    looked_at(program, tmp_path, cpu=model)


@pytest.mark.parametrize("model, words, isolated", [
    ("Haswell", "", True), ("EPYC", "", False), ("Haswell", "isolation=off", False), ("EPYC", "isolation=on", True)])
def test_isolation_is_for_processors_that_need_it_or_as_told(program, tmp_path, model, words, isolated):
    log = start(program, tmp_path, cpu=model, append=words, smp=2)
    assert ("without the kernel's pages in their tables" in log) == isolated
    assert len([good for _, good, _ in fixtures.outcomes(log) if good]) == 2


def test_the_kernel_guesses_no_jump():
    code = subprocess.check_output(["llvm-objdump-19", "-d", "--no-show-raw-insn", places.KERNEL], text=True)
    found, function = [], ""
    for line in code.splitlines():
        if line.endswith(">:"):
            function = line.split()[1]
        elif re.search(r"\s(call|jmp)q?\s+\*", line):
            found.append(function)
    assert sorted(found) == ["<enter_long>:", "<kernel_boot>:", "<kernel_start_processor>:"], "once each, at boot"


def test_an_isolated_program_has_the_ways_in_and_nothing_else(program, tmp_path):
    kernel = symbols.Symbols(places.KERNEL)
    place = kernel.address("kernel::arch::(anonymous namespace)::interrupt_table")
    page = 4096
    image_parts = {(kernel.address("image_entry"), kernel.address("image_entry_end"), "-r-"), (place, place + page, "-r-")}
    stacks = {(top - 2 * page, top, "-rw") for top in (STACKS + (use + 1) * (64 << 10) for use in (1, 2, 3))}

    line = emulator.command_line(program, log=tmp_path / "log", append="isolation=on", more=[
        "-S", "-gdb", f"unix:{tmp_path}/gdb,server=on,wait=off"])
    with emulator.Machine(line), debugger.Debugger(tmp_path / "gdb") as at:
        # The first system call of all: nothing has changed the tables yet.
        at.run_to(kernel.address("syscall_entry_isolated"))
        mapped = [(int(begin, 16), int(end, 16), how) for begin, end, how in re.findall(
            "([0-9a-f]+)-([0-9a-f]+) [0-9a-f]+ (.*)", at.monitor("info mem").replace("\r", ""))]
    upper = {part for part in mapped if part[0] >= 1 << 47}
    direct = {part for part in upper if part[0] < STACKS}
    assert any(how.startswith("u") for _, _, how in mapped), "the program's own pages"
    assert all(how.startswith("-") for _, _, how in upper), "none of them is the program's"
    assert upper - direct == image_parts | stacks
    # The processor's entry page, and three for its descriptors with the bitmap of ports.
    assert sum(end - begin for begin, end, _ in direct) == 4 * page


@pytest.mark.parametrize("cpu, sentence", [
    *((without(feature), "every 64-bit processor has")
      for feature in "lm sse2 cmov pat apic msr tsc fxsr cx8 fpu pae pge".split()),
    ("pentium3", "every 64-bit processor has"),
    (without("nx"), "too old"), (without("syscall"), "too old"), (without("xsave"), "too old"), (without("fsgsbase"), "too old"), ("SandyBridge", "too old"), ("qemu64", "too old"),
])
def test_what_is_needed_is_asked_for_in_a_sentence(program, tmp_path, cpu, sentence):
    said = REFUSED.search(start(program, tmp_path, cpu=cpu))
    assert said and said[1].endswith(sentence)


@pytest.mark.parametrize("cpu", ["max,-rdtscp", "max,-rdrand", "max,-avx", "max,-xsaveopt", "Haswell"])
def test_linux_programs_run_on_others(skerry_run, cpu):
    done = skerry_run("sh", "-c", "awk 'BEGIN { print 1 / 4 }' | cat", options=["--cpu", cpu])
    assert (done.returncode, done.stdout) == (0, b"0.25\n")
