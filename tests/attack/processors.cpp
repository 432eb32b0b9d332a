// What one processor does to a thread that runs on another: stop it, take pages and memory from
// under it, move it; and two that take pages away at once. On a machine with one processor the
// same, in turn.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>

#include <runtime/clock.hpp>
#include <runtime/lab/extent.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/worker.hpp>
#include <runtime/own.hpp>

#include <atomic>

namespace attack {

namespace {

using abi::Word;
using lab::must;

constexpr Word ms = 1'000'000;
constexpr runtime::AddressSpace space{runtime::own_space};

/// What the workers do, for whoever watches.
std::atomic<Word> rounds[2];

[[noreturn]] void spin(Word which) {
    for (;;) rounds[which]++;
}

[[noreturn]] void read_for_ever(Word address, Word which) {
    for (;; rounds[which]++) (void)*reinterpret_cast<Word volatile*>(address);
}

/// Its FS base is its own, wherever it runs; where it was not, that is counted.
[[noreturn]] void keep_base(Word base, Word which) {
    (void)runtime::call<abi::SetFsBase>(base);
    for (;; rounds[which]++) {
        Word now;
        asm volatile("rdfsbase %0" : "=r"(now));
        if (now != base) rounds[1 - which]++;
    }
}

/// Map a page, write to it, unmap it.
[[noreturn]] void map_and_unmap(Word attachment, Word address, Word which) {
    for (;; rounds[which]++) {
        (void)space.map(attachment, address, 0, 8, abi::Protection::read_write);
        for (Word i = 0; i < 8; i++)
            *reinterpret_cast<Word volatile*>(address + i * abi::page_bytes) = which;
        (void)space.unmap(address, 8);
    }
}

class Pause {
public:
    void wait(Word ns) const { (void)nobody_.wait_until(runtime::now_ns() + ns); }
    /// Until somebody has gone on by so many rounds.
    bool until(Word which, Word more) const {
        auto const enough = rounds[which] + more;
        for (int tries = 0; tries < 20'000 && rounds[which] < enough; tries++) wait(ms);
        return rounds[which] >= enough;
    }

private:
    runtime::Owned<runtime::Notification> nobody_ =
        must(lab::kit().memory.make<runtime::Notification>(), "notification");
};

lab::WorkerOptions on(Word processor, runtime::Endpoint keeper = {}) {
    return {.priority = lab::kit().priority - 1, .processor = processor, .keeper = keeper};
}

void stop(Word last, Pause const& pause) {
    Outcome outcome("attack/processors/stop");
    lab::Worker const worker(runtime::own_process, {}, spin, {0}, on(last));
    worker.start();
    for (int i = 0; i < 10; i++) {
        outcome.expect(pause.until(0, 100), "it does not run");
        must(worker.thread().suspend(), "suspend");
        Word const then = rounds[0];
        pause.wait(ms / 2);
        outcome.expect(rounds[0] == then, "it runs though it is suspended");
        must(worker.thread().resume(), "resume");
    }
}

/// Take the page away in one of two ways; its reader's keeper must hear of it.
template <class Take>
void take_page(std::string_view name, Word last, Pause const& pause, Take&& take) {
    Outcome outcome(name);
    auto const keeper = must(lab::kit().memory.make<runtime::Endpoint>(), "endpoint");
    auto const reply = must(lab::kit().memory.make<runtime::Reply>(), "reply");
    auto const memory = must(lab::kit().memory.make_memory(abi::page_bytes), "memory");
    auto const address = lab::reserve(abi::page_bytes);
    auto const attachment = must(space.attach(memory.view()), "attach");
    (void)space.map(attachment, address, 0, 1, abi::Protection::read_write);
    lab::Worker const worker(runtime::own_process, {}, read_for_ever, {address, 0},
                             on(last, keeper.view()));
    worker.start();
    outcome.expect(pause.until(0, 100), "it does not run");
    take(address, memory.view());
    Word const then = rounds[0];
    auto const fault = keeper.receive_until(runtime::now_ns() + 10'000 * ms, reply.view());
    outcome.expect(fault.ok() && fault.tag.kind() == abi::MessageKind::page_fault &&
                       fault.words[0] == address,
                   "it still reads what is gone");
    outcome.expect(rounds[0] <= then + 1, "it has read what was gone");
}

void two_unmap_at_once(Word last, Pause const& pause) {
    Outcome outcome("attack/processors/two-unmap-at-once");
    lab::Extent const memory(16 * abi::page_bytes);
    auto const attachment = must(space.attach(memory.memory()), "attach");
    lab::Worker const one(runtime::own_process, {}, map_and_unmap,
                          {attachment, lab::reserve(abi::large_page_bytes), 0}, on(0));
    lab::Worker const two(runtime::own_process, {}, map_and_unmap,
                          {attachment, lab::reserve(abi::large_page_bytes), 1}, on(last));
    one.start();
    two.start();
    outcome.expect(pause.until(0, 100) && pause.until(1, 100), "one of them has stopped");
}

void move(Word last, Pause const& pause) {
    Outcome outcome("attack/processors/move");
    rounds[1] = 0;
    lab::Worker const worker(runtime::own_process, {}, keep_base, {0x1234'5000, 0}, on(0));
    worker.start();
    for (Word i = 0; i < 20; i++) {
        outcome.expect(pause.until(0, 50), "it does not run");
        must(lab::kit().control.set_budget(worker.context(), 0, 0, i % 2 == 0 ? last : 0), "move");
    }
    outcome.expect(rounds[1] <= 1, "it had another's registers");
}

} // namespace

void attack_processors() {
    auto const last = lab::setting("processors=", 1) - 1;
    Pause const pause;
    stop(last, pause);
    take_page("attack/processors/unmap", last, pause,
              [](Word address, runtime::Memory) { must(space.unmap(address, 1), "unmap"); });
    take_page("attack/processors/revoke", last, pause, [](Word, runtime::Memory memory) {
        must(runtime::CapPool(runtime::own_pool).revoke(memory.address()), "revoke");
    });
    two_unmap_at_once(last, pause);
    move(last, pause);
}

} // namespace attack
