// A thread of the program that brings its pages: userfaultfd. The last group, because this thread
// never ends, and a program with a second thread has dearer descriptors on Linux.

#include <bench/linux/report.hpp>

namespace measure {
namespace {

constexpr Word rounds = warm_up + many;
constexpr Word api = 0xc018'aa3f, enroll = 0xc020'aa00, zero_page = 0xc020'aa04;
constexpr Word missing_pages = 1;

long control(long file, Word request, Word* argument) {
    return call(16, static_cast<Word>(file), request, address(argument));
}

void bring_pages(void* source) {
    auto const file = *static_cast<long*>(source);
    Word message[4];
    while (read(file, message, sizeof message) == sizeof message) {
        Word range[4] = {message[2] & ~(page_bytes - 1), page_bytes, 0, 0};
        if (control(file, zero_page, range) != 0) return;
    }
}

} // namespace

void measure_pager() {
    auto const* const name = "linux/userfaultfd/round-trip";
    if (!wanted(name)) return;
    static long file;
    file = call(323, 02000000);
    Word version[3] = {0xaa, 0, 0};
    if (file < 0 || control(file, api, version) != 0) return report_absent(name);
    auto* const memory = map(rounds * page_bytes, map_private);
    if (!mapped(memory)) return report_absent(name);
    advise(memory, rounds * page_bytes, no_huge_pages);
    Word range[4] = {address(memory), rounds * page_bytes, missing_pages, 0};
    Thread thread; // when this goes it waits for a page, and the program ends
    if (control(file, enroll, range) != 0 || !thread.start(bring_pages, &file))
        return report_absent(name);
    measure(name, many, [&](int i) {
        return static_cast<char volatile*>(memory)[static_cast<Word>(i) * page_bytes] == 0;
    });
}

} // namespace measure
