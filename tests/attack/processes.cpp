// A process of as many threads as one may have, all waiting at one Endpoint: it is stopped, goes
// on, loses its server and is killed. None of this may keep interrupts waiting for long
// (`./skerry bench latency`).

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>
#include <runtime/lab/worker.hpp>

#include <deque>

namespace attack {

namespace {

using abi::Word;
using lab::must;

/// A foreign thread's whole life. It has no stack.
[[gnu::naked]] void ask_for_ever() { asm volatile("1: syscall; jmp 1b"); }

void serve_and_sleep(Word endpoint) {
    abi::CapAddress const address{static_cast<std::uint32_t>(endpoint)};
    (void)runtime::call<abi::EndpointServe>(address, Word{1});
    for (;;) (void)runtime::call<abi::Yield>();
}

/// A thread with time of its own and little else.
class Thin {
public:
    Thin(lab::Neighbour const& process, runtime::Endpoint keeper) {
        must(thread_.configure(process.process(), {}, 0, runtime::Thread::fpu_free), "configure");
        must(thread_.set_priority(lab::kit().priority), "priority");
        must(thread_.bind_context(context_.address()), "time");
        must(thread_.set_keeper(keeper.address()), "keeper");
        abi::RegisterFile registers{};
        registers.rip = reinterpret_cast<Word>(&ask_for_ever);
        registers.rflags = 0x202;
        must(thread_.write_registers(registers), "registers");
        must(thread_.resume(), "resume");
    }
    abi::ThreadState state() const { return must(thread_.inspect(), "inspect").state; }

private:
    runtime::Owned<runtime::Thread> thread_ =
        must(lab::kit().memory.make<runtime::Thread>(), "thread");
    runtime::Owned<runtime::SchedContext> context_ =
        must(lab::kit().memory.make<runtime::SchedContext>(), "time");
};

void most_threads() {
    Outcome outcome("attack/processes/most-threads");
    lab::OwnImage const image;
    auto const endpoint = must(lab::kit().memory.make<runtime::Endpoint>(), "endpoint");
    lab::Neighbour crowd(image, "crowd", lab::Neighbour::Abi::foreign);
    runtime::Process const process{crowd.process()};
    std::deque<Thin> threads;
    for (Word i = 0; i < abi::max_process_threads; i++)
        threads.emplace_back(crowd, endpoint.view());
    auto const extra = must(lab::kit().memory.make<runtime::Thread>(), "thread");
    outcome.expect(abi::Error::out_of_range,
                   extra.configure(crowd.process(), {}, 0, 0).error_or(abi::Error::ok),
                   "one more thread");
    auto const all = [&](abi::ThreadState state) {
        for (auto const& thread : threads)
            if (thread.state() != state) return false;
        return true;
    };
    for (int tries = 0; tries < 1000 && !all(abi::ThreadState::calling); tries++)
        (void)runtime::call<abi::Yield>();
    outcome.expect(all(abi::ThreadState::calling), "not all have asked");
    {
        lab::Neighbour server(image, "server");
        lab::Worker const worker(server.process(), server.space(), serve_and_sleep,
                                 {server.give(endpoint.address()).raw},
                                 {.priority = lab::kit().priority});
        worker.start();
        for (int i = 0; i < 10; i++) (void)runtime::call<abi::Yield>();
        outcome.expect(!runtime::call<abi::EndpointServe>(endpoint.address(), Word{0}).has_value(),
                       "nobody serves them");
        must(runtime::Process{server.process()}.kill(1), "kill the server");
    }
    outcome.expect(all(abi::ThreadState::calling), "they wait for another server");
    must(process.stop(), "stop");
    must(process.start(), "start");
    outcome.expect(must(process.inspect(), "inspect").threads == abi::max_process_threads, "count");
    must(process.kill(1), "kill");
    outcome.expect(all(abi::ThreadState::ended), "not all have ended");
}

} // namespace

void attack_processes() { most_threads(); }

} // namespace attack
