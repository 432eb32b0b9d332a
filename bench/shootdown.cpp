// A page is unmapped in a space that other processors have loaded, where they are in user mode:
// they are interrupted, and waited for. What each does meanwhile is counted by a plugin of the
// emulator (tools/plugin/window.cpp), between the marks.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <bench/window.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/worker.hpp>

#include <runtime/clock.hpp>
#include <runtime/own.hpp>

#include <memory>
#include <vector>

namespace bench {

using namespace lab;

namespace {

void stay_in_user_mode() {
    for (;;) let_others_run();
}

} // namespace

void measure_shootdown() {
    runtime::AddressSpace const space(runtime::own_space);
    auto const memory = must(kit().memory.make_memory(2 * abi::page_bytes), "memory");
    auto const address = reserve(3 * abi::page_bytes) + abi::page_bytes;
    auto const attachment = must(space.attach(memory), "attach");
    auto const map = [&](abi::Word at, abi::Word page) {
        auto const done = space.map(attachment, at, page, 1, abi::Protection::read_write);
        if (done.error != abi::Error::ok) give_up("map", done.error);
    };
    map(address + abi::page_bytes, 1); // its neighbour keeps the table
    std::vector<std::unique_ptr<Worker>> others;
    if (setting("loaded=", 0) != 0)
        for (abi::Word i = 1; i < runtime::environment().boot->processors; i++) {
            others.push_back(std::make_unique<Worker>(
                runtime::own_process, runtime::AddressSpace{}, stay_in_user_mode, Arguments{},
                WorkerOptions{.priority = kit().priority, .processor = i}));
            others.back()->start();
        }
    auto const pause = must(kit().memory.make<runtime::Notification>(), "notification");
    (void)pause.wait_until(runtime::now_ns() + 20'000'000); // they are there by then
    for (auto rounds = setting("rounds=", 1); rounds > 0; rounds--) {
        map(address, 0);
        for (int turns = 0; turns < 8; turns++) let_others_run(); // all are in user mode by then
        bench_window_begins();
        must(space.unmap(address, 1), "unmap");
        bench_window_ends();
    }
}

} // namespace bench
