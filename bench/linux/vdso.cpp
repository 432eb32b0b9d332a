// Reading the time without a call: by the code that the system maps into every program.

#include <bench/linux/report.hpp>

namespace measure {
namespace {

// As in elf.h and linux/auxvec.h.
constexpr Word sysinfo_header = 33, of_loading = 1, of_dynamic = 2;
constexpr Word dynamic_hash = 4, dynamic_strings = 5, dynamic_symbols = 6;

struct Pair {
    Word type, value;
};
struct Segment {
    unsigned type, flags;
    Word offset, address, physical, file_bytes, memory_bytes, alignment;
};
struct Symbol {
    unsigned name;
    unsigned char info, other;
    unsigned short section;
    Word value, bytes;
};

bool same(char const* a, char const* b) {
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

using Gettime = int (*)(int, Word*);

Gettime find(Word image, char const* wanted) {
    auto const at = [=](Word offset) { return reinterpret_cast<char const*>(image + offset); };
    Word const table = *reinterpret_cast<Word const*>(at(32));
    auto const count = *reinterpret_cast<unsigned short const*>(at(56));
    Word shift = image;
    Pair const* dynamic = nullptr;
    for (unsigned i = 0; i < count; i++) {
        auto const& segment = reinterpret_cast<Segment const*>(at(table))[i];
        if (segment.type == of_loading) shift = image + segment.offset - segment.address;
        if (segment.type == of_dynamic) dynamic = reinterpret_cast<Pair const*>(at(segment.offset));
    }
    char const* strings = nullptr;
    Symbol const* symbols = nullptr;
    unsigned const* hash = nullptr;
    for (; dynamic && dynamic->type; dynamic++) {
        Word const address = shift + dynamic->value;
        if (dynamic->type == dynamic_strings) strings = reinterpret_cast<char const*>(address);
        if (dynamic->type == dynamic_symbols) symbols = reinterpret_cast<Symbol const*>(address);
        if (dynamic->type == dynamic_hash) hash = reinterpret_cast<unsigned const*>(address);
    }
    if (!strings || !symbols || !hash) return nullptr;
    for (unsigned i = 0; i < hash[1]; i++)
        if (same(strings + symbols[i].name, wanted))
            return reinterpret_cast<Gettime>(shift + symbols[i].value);
    return nullptr;
}

} // namespace

void measure_vdso(char** environment) {
    while (*environment) environment++;
    auto const* pair = reinterpret_cast<Pair const*>(environment + 1);
    while (pair->type && pair->type != sysinfo_header) pair++;
    auto const gettime = pair->type ? find(pair->value, "__vdso_clock_gettime") : nullptr;
    if (!gettime) return report_absent("linux/clock-gettime/vdso");
    measure("linux/clock-gettime/vdso", many, [=](int) {
        Word time[2];
        return gettime(1, time) == 0;
    });
}

} // namespace measure
