// A thread from nothing to runnable: made, configured, given time, priority and registers, resumed.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <runtime/lab/extent.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <runtime/message_page.hpp>
#include <runtime/own.hpp>

#include <optional>

namespace bench {

using namespace lab;

namespace {

/// What makes a thread, and what unmakes it.
class Creation {
public:
    explicit Creation(runtime::Memory message_page) : message_page_(message_page) {}

    void create() {
        auto made = kit().memory.make_at({{}, slot_}, abi::Kind::thread);
        if (!made) return;
        thread_ = runtime::Thread(*made);
        (void)thread_.configure(runtime::own_process, message_page_.address(), 0,
                                runtime::Thread::fpu_free);
        (void)thread_.bind_context(context_.address());
        (void)thread_.set_priority(0);
        auto& registers = runtime::message_page().registers;
        registers = {};
        registers.rip = 0x1000; // never reached: everybody else has a higher priority
        registers.rsp = 0x2000;
        (void)thread_.write_registers();
        complete_ = thread_.resume().has_value();
    }
    void destroy() {
        if (!thread_) return;
        if (!complete_) give_up("a thread was not made", abi::Error::bad_state);
        must(runtime::CapPool(runtime::own_pool).remove(thread_.address()), "delete a thread");
        thread_ = {};
    }

private:
    runtime::Memory message_page_;
    runtime::Owned<runtime::SchedContext> context_ =
        must(kit().memory.make<runtime::SchedContext>(), "time");
    std::uint16_t slot_ = must(runtime::allocate_slot(), "slot");
    runtime::Thread thread_;
    bool complete_ = false;
};

} // namespace

void measure_threads() {
    Extent const message_page(abi::page_bytes);
    Creation creation(message_page.memory());
    measure("kernel/thread/create", [&] { creation.destroy(); }, [&] { creation.create(); });
    creation.destroy();
}

} // namespace bench
