// Files in memory, and descriptors.

#include <bench/linux/report.hpp>

namespace measure {
namespace {

constexpr char const* path = "/tmp/measure.file";
constexpr char const* new_path = "/tmp/measure.new";
char page[page_bytes] = {1};

long filled_file() {
    auto const file = open(path, read_write | create | truncate);
    for (int i = 0; i < 16; i++) write(file, page, page_bytes);
    return file;
}

Word place(int round) { return static_cast<Word>(round & 15) * page_bytes; }

void contents() {
    constexpr auto whole = static_cast<long>(page_bytes);
    auto const file = filled_file();
    measure("linux/pread/1-byte", many, [&](int) { return pread(file, page, 1, 0) == 1; });
    measure("linux/pread/4-kib", many,
            [&](int i) { return pread(file, page, page_bytes, place(i)) == whole; });
    measure("linux/pwrite/4-kib", many,
            [&](int i) { return pwrite(file, page, page_bytes, place(i)) == whole; });
    truncate_file(file, 0);
    close(file);
    auto const grown = open(path, read_write | create | truncate);
    measure("linux/append/4-kib", many,
            [&](int) { return write(grown, page, page_bytes) == whole; });
    truncate_file(grown, 0);
    close(grown);
    auto const sink = open("/dev/null", write_only);
    measure("linux/write-dev-null", many, [&](int) { return write(sink, page, 1) == 1; });
    close(sink);
}

void names() {
    close(filled_file());
    measure("linux/open-close", many, [](int) { return close(open(path, read_only)) == 0; });
    measure("linux/stat", many, [](int) {
        Word status[18];
        return stat(path, status) == 0;
    });
    remove(path);
    measure("linux/create-unlink", many, [](int) {
        close(open(new_path, read_write | create | exclusive));
        return remove(new_path) == 0;
    });
}

void descriptors() {
    measure("linux/dup-close", many, [](int) { return close(duplicate(0)) == 0; });
    auto const event = make_event(1, 0);
    struct {
        int file;
        short wanted, found;
    } polled{static_cast<int>(event), 1, 0};
    measure("linux/poll/1-ready", many, [&](int) { return poll(&polled, 1, -1) == 1; });
    auto const epoll = make_epoll();
    unsigned happened[3] = {1, 0, 0};
    epoll_add(epoll, event, happened);
    measure("linux/epoll/1-ready", many,
            [&](int) { return epoll_wait(epoll, happened, 1, -1) == 1; });
    close(epoll), close(event);
}

} // namespace

void measure_files() {
    contents();
    names();
    descriptors();
}

} // namespace measure
