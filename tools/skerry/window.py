"""What processors do between two marks in the benchmark, counted by a plugin of the emulator
(tools/plugin/window.cpp)."""

import dataclasses

from skerry import image, measuring, places, symbols

PROGRAM = "bench"


@dataclasses.dataclass(frozen=True)
class Processor:
    instructions: int
    in_kernel: int
    lines: int  #: of memory, that it touched
    shared: list  #: a sentence for each of them that another processor wrote


def sentence(words, kernel, program):
    reader, physical, address, instruction, writer, _, other_instruction = words

    def name(text):
        at = int(text, 16)
        return symbols.short((kernel if at >> 63 else program).name(at))
    return (f"processor {reader} in {name(instruction)} touches {address} (physical {physical}, {name(address)} or behind "
            f"it), which {writer} writes in {name(other_instruction)}")


def watched(append, smp, together):
    """Boots the benchmark; what each processor did while so many of them were between the marks, by its number."""
    program = symbols.Symbols(places.PROGRAMS / PROGRAM)
    marks = {"begin": hex(program.address("bench_window_begins")), "end": hex(program.address("bench_window_ends"))}
    with image.alone(PROGRAM) as boot:
        lines = measuring.watched("window", boot, marks | {"together": together}, smp=smp, append=append)
    said = [line.split() for line in lines]
    kernel = symbols.Symbols(places.KERNEL)
    shared = [(words[1], sentence(words[1:], kernel, program)) for words in said if words[0] == "SHARED"]
    return {int(words[1]): Processor(*map(int, words[2:5]), [text for who, text in shared if who == words[1]])
            for words in said if words[0] == "PROCESSOR"}
