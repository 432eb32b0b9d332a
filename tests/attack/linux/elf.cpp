// Executables that lie: a small program that leaves with 42, with every byte of its headers changed
// in turn, and with whole fields that make no sense. Starting it must fail or it must die, alone.

#include <tests/attack/linux/attacks.hpp>
#include <tests/attack/linux/outcome.hpp>

namespace linux_attack {

namespace {

constexpr Word base = 0x40'0000;
constexpr Word header_bytes = 64 + 56; // ELF header and one program header

struct [[gnu::packed]] File {
    // ELF-64 header (System V ABI, chapter 4)
    unsigned char ident[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    unsigned short type = 2, machine = 62;
    unsigned version = 1;
    Word entry = base + header_bytes, program_headers = 64, section_headers = 0;
    unsigned flags = 0;
    unsigned short header_size = 64, program_header_size = 56, program_header_count = 1,
                   section_header_size = 64, section_header_count = 0, section_names = 0;
    // its program header
    unsigned segment_type = 1, segment_flags = 5;
    Word offset = 0, address = base, physical = base, file_bytes = sizeof(File),
         memory_bytes = sizeof(File), alignment = 0x1000;
    // mov $60, %eax; mov $42, %edi; syscall
    unsigned char code[12] = {0xb8, 60, 0, 0, 0, 0xbf, 42, 0, 0, 0, 0x0f, 0x05};
};
static_assert(sizeof(File) == header_bytes + 12);

constexpr char const* path = "/tmp/attack-elf";
constexpr int stuck_after_ms = 400;

/// Writes the file and runs it; how it ended. 99: it could not be started.
int run(File const& file, Word bytes = sizeof(File)) {
    call(number::unlink, address(path));
    long const out = call(number::open, address(path), 0x241, 0755); // create, truncate, write
    if (out < 0) return -2;
    write(static_cast<int>(out), &file, bytes);
    call(number::close, static_cast<Word>(out));
    long const child = fork();
    if (child == 0) {
        char const* const arguments[] = {path, nullptr};
        call(number::execve, address(path), address(arguments), address(arguments + 1));
        exit(99);
    }
    return child > 0 ? end_of(child, stuck_after_ms) : -3;
}

void truth(Outcome& outcome) {
    int const end = run({});
    outcome.expect(end == 42, "the true program does not run", end);
}

void every_byte() {
    Outcome outcome("linux/elf-headers-with-a-wrong-byte");
    constexpr int changes[] = {0x01, 0x80, 0xff};
    truth(outcome);
    for (Word at = 0; at < header_bytes; at++)
        for (int const change : changes) {
            File file;
            reinterpret_cast<unsigned char*>(&file)[at] ^= static_cast<unsigned char>(change);
            int const end = run(file);
            outcome.expect(end != -1, "a changed program neither fails nor ends: byte",
                           static_cast<long>(at));
            outcome.expect(end > -2, "nothing can be started any more: byte",
                           static_cast<long>(at));
        }
    truth(outcome);
}

void wild_fields() {
    Outcome outcome("linux/elf-headers-with-wild-fields");
    constexpr Word wild[] = {0,
                             1,
                             0xfff,
                             0x1000,
                             0x7fff'ffff'f000,
                             0x7fff'ffff'ffff,
                             0x8000'0000'0000,
                             0xffff'8000'0000'0000,
                             0xffff'ffff'ffff'f000,
                             ~Word{0}};
    constexpr Word File::* fields[] = {&File::entry,    &File::program_headers, &File::offset,
                                       &File::address,  &File::file_bytes,      &File::memory_bytes,
                                       &File::alignment};
    for (auto const field : fields)
        for (Word const value : wild) {
            File file;
            file.*field = value;
            outcome.expect(run(file) > -1, "a lying program neither fails nor ends",
                           static_cast<long>(value));
        }
    constexpr unsigned short counts[] = {0, 2, 100, 0xffff};
    for (auto const count : counts) {
        File file;
        file.program_header_count = count;
        outcome.expect(run(file) > -1, "a wrong number of headers", count);
    }
    truth(outcome);
}

void cut_short() {
    Outcome outcome("linux/elf-files-cut-short");
    for (Word bytes = 0; bytes < sizeof(File); bytes += 3) {
        int const end = run({}, bytes);
        outcome.expect(end > -1 && (end != 42 || bytes >= header_bytes + 12), "a part of a program",
                       static_cast<long>(bytes));
    }
    // A program that is its own interpreter, and one whose interpreter is a folder.
    constexpr char const* scripts[] = {
        "#!/tmp/attack-elf\n", "#!/\n", "#!\n", "#!", "#! \t \n", "#!/bin/none with arguments\n"};
    for (auto const* const text : scripts) {
        File file;
        Word length = 0;
        auto* const bytes = reinterpret_cast<char*>(&file);
        while (text[length] != 0) {
            bytes[length] = text[length];
            length++;
        }
        outcome.expect(run(file, length) > -1, "a script without an interpreter",
                       static_cast<long>(length));
    }
    truth(outcome);
}

} // namespace

void lying_programs() {
    every_byte();
    wild_fields();
    cut_short();
    call(number::unlink, address(path));
}

} // namespace linux_attack
