// Two processes that answer each other through file descriptors.

#include <bench/linux/report.hpp>

namespace measure {
namespace {

char buffer[page_bytes];

void round_trips(char const* name, int from, int to, int peer_from, int peer_to, Word bytes) {
    Peer const peer{[&] {
        while (read(peer_from, buffer, bytes) > 0)
            if (write(peer_to, buffer, bytes) <= 0) return;
    }};
    measure(name, many, [&](int) {
        return write(to, buffer, bytes) == static_cast<long>(bytes) &&
               read(from, buffer, bytes) > 0;
    });
}

void through_pipes(char const* name, Word bytes) {
    int there[2], back[2];
    if (make_pipe(there) != 0 || make_pipe(back) != 0) return report_absent(name);
    round_trips(name, back[0], there[1], there[0], back[1], bytes);
    close(there[0]), close(there[1]), close(back[0]), close(back[1]);
}

void through_sockets(char const* name, Word kind) {
    int ends[2];
    if (make_socket_pair(kind, ends) != 0) return report_absent(name);
    round_trips(name, ends[0], ends[0], ends[1], ends[1], 1);
    close(ends[0]), close(ends[1]);
}

void through_events() {
    auto const there = make_event(0, 0), back = make_event(0, 0);
    if (there < 0 || back < 0) return report_absent("linux/eventfd/round-trip");
    Word count = 1;
    {
        Peer const peer{[&] {
            while (read(there, &count, 8) == 8) {
                count = 1;
                if (write(back, &count, 8) != 8) return;
            }
        }};
        measure("linux/eventfd/round-trip", many, [&](int) {
            count = 1;
            return write(there, &count, 8) == 8 && read(back, &count, 8) == 8;
        });
    }
    close(there), close(back);
}

void events_alone() {
    auto const file = make_event(0, nonblocking);
    Word count = 1;
    measure("linux/eventfd/write-no-waiter", many,
            [&](int) { return write(file, &count, 8) == 8; });
    // A semaphore: each read takes one.
    auto const semaphore = make_event(many + warm_up, nonblocking | 1);
    measure("linux/eventfd/read-pending", many,
            [&](int) { return read(semaphore, &count, 8) == 8; });
    close(file), close(semaphore);
}

} // namespace

void measure_channels() {
    through_pipes("linux/pipe/round-trip", 1);
    through_pipes("linux/pipe/round-trip/4-kib", page_bytes);
    through_sockets("linux/unix-stream/round-trip", 1);
    through_sockets("linux/unix-seqpacket/round-trip", 5);
    through_events();
    events_alone();
}

} // namespace measure
