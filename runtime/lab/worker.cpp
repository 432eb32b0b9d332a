#include <runtime/lab/worker.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <abi/message.hpp>

namespace lab {

namespace {

constexpr abi::Word stack_bytes = 4 * abi::page_bytes;

abi::RegisterFile entry(abi::Word function, Arguments const& arguments, abi::Word stack_top) {
    abi::RegisterFile registers{};
    registers.rip = function;
    registers.rsp = stack_top - 8; // as if it had been called
    registers.rflags = 0x202;
    registers.rdi = arguments[0];
    registers.rsi = arguments[1];
    registers.rdx = arguments[2];
    registers.rcx = arguments[3];
    registers.r8 = arguments[4];
    registers.r9 = arguments[5];
    return registers;
}

} // namespace

Worker::Worker(abi::CapAddress process, runtime::AddressSpace space, abi::Word function,
               Arguments const& arguments, WorkerOptions const& options)
    : stack_(stack_bytes), message_page_(abi::page_bytes),
      thread_(must(kit().memory.make<runtime::Thread>(), "thread")),
      context_(must(kit().memory.make<runtime::SchedContext>(), "time")) {
    if (space) stack_.share_with(space);
    must(thread_.configure(process, message_page_.memory().address(), 0,
                           options.fpu_free ? runtime::Thread::fpu_free : 0),
         "configure a thread");
    must(thread_.set_priority(options.priority), "priority");
    if (options.processor != 0)
        must(kit().control.set_budget(context_.view(), 0, 0, options.processor), "a processor");
    must(thread_.bind_context(context_.address()), "bind time");
    if (options.keeper) must(thread_.set_keeper(options.keeper.address()), "keeper");
    must(thread_.write_registers(
             entry(function, arguments, stack_.address() + stack_.bytes().size())),
         "registers");
}

void Worker::start() const { must(thread_.resume(), "resume"); }

void Worker::make_passive() const { must(thread_.bind_context({}), "take time away"); }

void Worker::settle() const {
    for (int tries = 0; tries < 1000; tries++) {
        auto const state = must(thread_.inspect(), "inspect a thread").state;
        if (state == abi::ThreadState::receiving || state == abi::ThreadState::waiting ||
            state == abi::ThreadState::calling)
            return;
        must(runtime::call<abi::Yield>(), "yield");
    }
    give_up("a worker does not come to rest", abi::Error::bad_state);
}

} // namespace lab
