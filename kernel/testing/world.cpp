#include <kernel/testing/world.hpp>

#include <kernel/call/again.hpp>
#include <kernel/ipc/message.hpp>
#include <kernel/log/check.hpp>
#include <kernel/object/make.hpp>
#include <kernel/sched/held.hpp>

#include <abi/message.hpp>

#include <algorithm>
#include <new>
#include <utility>

#include <sanitizer/asan_interface.h>

namespace kernel::testing {

namespace {

enum Anchor : std::size_t { ram, device, control, io_ports, reserved };

constexpr std::uint64_t device_bytes = std::uint64_t{8} << 30;

template <class T> T demand(base::Result<T> result) {
    check(result.has_value(), "the world has memory enough");
    return *result;
}

Processor& fresh_processor(unsigned number) {
    static Processor processors[World::most_processors];
    static arch::Core cores[World::most_processors];
    // Outside of the arena: a state of the kernel, as tests copy it, does not know its past.
    static abi::TraceRing rings[World::most_processors];
    auto& processor = *new (&processors[number]) Processor;
    cores[number] = {.number = number};
    processor.number = number;
    processor.core = &cores[number];
    processor.trace = &rings[number];
    return processor;
}

World* the_world = nullptr;

} // namespace

std::uint16_t Program::free_slot() const {
    auto number = at::free;
    while (!pool->slot(number)->empty()) number++;
    return number;
}

World::World(std::uint64_t ram_bytes, unsigned processors) {
    auto& machine = arch::fake_machine;
    machine.reset(ram_bytes);
    the_world = this;
    machine.answer = [](unsigned number) { the_world->answer(number); };
    new (&root()) Root;
    for (unsigned i = 0; i < processors; i++) {
        machine.act_as(i);
        machine.extended_registers.fill(std::byte{0xee});
        root().add(fresh_processor(i));
        arch::set_processor(root().processors[i]);
    }
    machine.act_as(0);

    // The boot's own objects live outside the arena and for ever.
    static Control control_object;
    static IoPorts ports_object;
    alignas(Untyped) static std::byte untyped[2][sizeof(Untyped)];
    alignas(Reserved) static std::byte kept[sizeof(Reserved)];
    control_object.caps = ports_object.caps = 0;
    auto* const memory =
        new (untyped[0]) Untyped(arch::FakeMachine::ram_start, ram_bytes, false, false, nullptr);
    auto* const devices = new (untyped[1])
        Untyped(arch::FakeMachine::device_start, device_bytes, true, false, nullptr);
    auto* const image = new (kept) Reserved({0x10'0000}, 0x20'0000);
    derivation::fill(anchor_slots_[ram], *memory, abi::all_rights, 255, nullptr);
    derivation::fill(anchor_slots_[device], *devices, abi::all_rights, 255, nullptr);
    derivation::fill(anchor_slots_[control], control_object, abi::all_rights, 0, nullptr);
    derivation::fill(anchor_slots_[io_ports], ports_object, abi::all_rights,
                     Slot::extent(0, 0x10000), nullptr);
    derivation::fill(anchor_slots_[reserved], *image, abi::all_rights, 0, nullptr);
}

World::~World() { arch::fake_machine.reset(0); }

std::vector<Slot*> World::anchors() {
    std::vector<Slot*> all;
    for (auto& slot : anchor_slots_)
        if (!slot.empty()) all.push_back(&slot);
    return all;
}

Slot& World::put(CapPool& pool, std::uint16_t number, Object& object, std::uint64_t data,
                 Slot& parent) {
    auto& slot = *pool.slot(number);
    derivation::fill(slot, object, abi::all_rights, data, &parent);
    return slot;
}

Program& World::add_program(ProgramOptions options) {
    auto& all = static_cast<Untyped&>(*anchor_slots_[ram].object);
    auto const take = [&] {
        return all.take_range(options.bytes, options.bytes, Untyped::Clearing::none);
    };
    auto taken = take();
    while (!taken && taken.error() == again) taken = take(); // the gap before it is zeroed in steps
    auto const range = demand(std::move(taken));
    auto& memory =
        *demand(kernel::make<Untyped>(all, range.start, options.bytes, false, range.clean, &all));
    auto& pool = *demand(kernel::make<CapPool>(memory));
    demand(pool.grow());
    auto& own = put(pool, at::untyped, memory, 255, anchor_slots_[ram]);
    auto& pool_slot = put(pool, at::pool, pool, 0, own);
    auto& space = *demand(kernel::make<AddressSpace>(memory));
    check(space.initialise().has_value(), "the world has memory enough");
    auto& space_slot = put(pool, at::space, space, 0, own);
    auto& process = *demand(kernel::make<Process>(memory));
    put(pool, at::process, process, 0, own);
    derivation::derive(process.pool_slot, pool_slot, abi::all_rights, 0);
    derivation::derive(process.space_slot, space_slot, abi::all_rights, 0);
    process.foreign = options.foreign;
    process.state = abi::ProcessState::running;
    if (options.privileged) {
        put(pool, at::control, *anchor_slots_[control].object, 0, anchor_slots_[control]);
        put(pool, at::io_ports, *anchor_slots_[io_ports].object, anchor_slots_[io_ports].data,
            anchor_slots_[io_ports]);
        put(pool, at::device, *anchor_slots_[device].object, 255, anchor_slots_[device]);
    }

    auto const pages =
        demand(memory.take_range(abi::page_bytes, abi::page_bytes, Untyped::Clearing::whole));
    auto& page = *demand(kernel::make<Memory>(memory, pages.start, std::uint64_t{1},
                                              abi::Cache::write_back, false, &memory));
    auto& page_slot = put(pool, at::message, page, Slot::extent(0, 1), own);

    auto& thread = *demand(kernel::make<Thread>(memory));
    put(pool, at::thread, thread, 255, own);
    derivation::derive(thread.message_slot, page_slot, page_slot.rights, page_slot.data);
    thread.message_page = reinterpret_cast<abi::MessagePage*>(arch::to_virtual(pages.start));
    process.join(thread);
    thread.foreign = options.foreign;
    thread.fpu_free = options.fpu_free;
    thread.priority = options.priority;
    thread.frame.rip = code;
    thread.frame.rsp = stack;
    SchedContext* context = nullptr;
    if (!options.passive) {
        context = demand(kernel::make<SchedContext>(memory));
        context->processor = root().processors[options.processor];
        put(pool, at::context, *context, 0, own);
        context->configure(0, 0);
        thread.bind_context(context);
    }
    thread.run();
    leave();
    return programs_.emplace_back(
        Program{&memory, &pool, &space, &process, &thread, context, thread.message_page});
}

Thread& World::add_thread(Program& program, std::uint8_t priority, bool passive) {
    auto const address = make(program, abi::Kind::thread);
    auto const memory = make(program, abi::Kind::memory, abi::page_bytes);
    auto const configured = call<abi::ThreadConfigure>(program, address, program[at::process],
                                                       memory, abi::Word{0}, abi::Word{0});
    check(configured.ok(), "a thread can be configured");
    check(call<abi::ThreadSetPriority>(program, address, abi::Word{priority}).ok(), "priority");
    if (!passive) {
        auto const context = make(program, abi::Kind::sched_context);
        check(call<abi::ThreadBindContext>(program, address, context).ok(), "time");
    }
    auto& thread = object<Thread>(program, address);
    thread.frame.rip = code;
    thread.frame.rsp = stack;
    check(call<abi::ThreadResume>(program, address).ok(), "a thread can be resumed");
    return thread;
}

abi::CapAddress World::share(Program const& from, abi::CapAddress what, Program const& to,
                             abi::RightsMask rights, abi::Word badge) {
    auto& source = *from.pool->find(what);
    auto const number = to.free_slot();
    auto& slot = *to.pool->slot(number);
    auto const badged = badge != 0 && (source.object->kind == abi::Kind::endpoint ||
                                       source.object->kind == abi::Kind::notification);
    derivation::derive(slot, source, source.rights & rights, badged ? badge : source.data);
    return slot.address(number);
}

bool World::gone(Object const& object) {
    // The first word may be the link of a free block.
    return __asan_address_is_poisoned(&object.home) != 0;
}

void World::leave() {
    {
        Held held{processor()};
        leave_kernel();
    }
    settle();
}

void World::on(unsigned number) { arch::fake_machine.act_as(number); }

void World::answer(unsigned number) {
    auto const last = arch::fake_machine.acting;
    on(number);
    auto& self = processor();
    self.core->called = false;
    // From user mode it enters with an interrupt.
    if (!inside_[number] && self.current) self.current->frame.vector = 0xf0;
    auto const wanted = remote::serve(self);
    if ((wanted & (remote::look | remote::come_in)) != 0) inside_[number] = true;
    on(last);
}

void World::settle(unsigned number) {
    auto const last = arch::fake_machine.acting;
    if (root().processors[number]->core->called) answer(number);
    if (std::exchange(inside_[number], false)) {
        on(number);
        Held held{processor()};
        leave_kernel();
    }
    on(last);
}

void World::settle() {
    for (auto* const one : root().running())
        if (!late || (inside_[one->number] && one->current)) settle(one->number);
}

void World::become(Thread& thread) {
    on(thread.processor->number);
    settle(thread.processor->number);
    auto& self = processor();
    if (self.current == &thread) return;
    check(schedule::runnable(thread), "a thread that acts is able to run");
    if (auto* const last = self.current; last && schedule::runnable(*last))
        self.ready.push_front(*last);
    schedule::unready(thread);
    // As if nobody better had been ready.
    self.current = &thread;
    auto const priority = std::exchange(thread.priority, std::uint8_t{255});
    leave();
    thread.priority = priority;
}

namespace {

/// What entry.S does.
Switch enter_fast(Thread& thread) {
    auto const number = thread.frame.rax >> 32;
    auto* const path = thread.foreign                 ? &kernel_fast_foreign_call
                       : number == CALL_ENDPOINT_CALL ? &kernel_fast_call
                       : number == CALL_REPLY_RECEIVE ? &kernel_fast_reply_receive
                                                      : nullptr;
    auto& gate = this_processor().gate;
    if (!path || !gate.enter()) return {nullptr, &thread};
    auto const result = path(&thread);
    if (auto* const to = result.to)
        arch::exchange_bases(thread.fs_base, thread.gs_base, to->fs_base, to->gs_base);
    gate.leave();
    return result;
}

} // namespace

void World::enter_once(Thread& thread) {
    become(thread);
    auto& frame = thread.frame;
    frame.vector = Frame::syscall;
    frame.rip += 2;
    // Not a tail call: a function that preserves nothing would return in our place.
    auto const [to, from] = enter_fast(thread);
    auto* const next = to ? to : kernel_system_call(from);
    check(next == current(), "the kernel returns the thread that runs now");
    settle();
}

Outcome World::enter(Thread& thread) {
    while (true) {
        auto const before = thread.frame.rip;
        enter_once(thread);
        auto const runs = std::ranges::any_of(
            root().running(), [&](auto const* one) { return one->current == &thread; });
        if (!runs && (gone(thread) || !thread.queued)) return {false, abi::Error::ok, 0};
        auto& frame = thread.frame;
        if (frame.rip != before) return {true, static_cast<abi::Error>(frame.rax), frame.rdx};
    }
}

void World::set_call(Thread& thread, abi::Word word, std::array<abi::Word, 6> arguments) {
    auto& frame = thread.frame;
    frame.rax = word;
    frame.rdi = arguments[0];
    frame.rsi = arguments[1];
    frame.rdx = arguments[2];
    frame.r10 = arguments[3];
    frame.r8 = arguments[4];
    frame.r9 = arguments[5];
}

void World::set_message(Thread& thread, abi::Word word, Message const& what) {
    auto const& words = what.words;
    set_call(thread, word, {words[0], words[1], words[2], words[3], words[4], words[5]});
    auto& frame = thread.frame;
    frame.r12 = words[6];
    frame.r13 = words[7];
    frame.rbx = what.tag.raw;
    frame.r14 = what.reply.raw;
    frame.r15 = what.deadline;
}

void World::foreign_call(Thread& thread, abi::Word number, std::array<abi::Word, 6> arguments) {
    become(thread);
    set_call(thread, number, arguments);
    enter_once(thread);
}

void World::page_fault(Thread& thread, abi::Word address, abi::Word error) {
    become(thread);
    thread.frame.vector = 14;
    thread.fault_vector = 14;
    thread.fault_address = address;
    thread.fault_error = error;
    if (address < abi::user_end && thread.space->guarded({address}))
        thread.fault_error |= abi::fault_access::guard;
    ipc::to_keeper(thread, Sending::page_fault);
    leave();
}

void World::exception(Thread& thread, abi::Word vector, abi::Word code_word) {
    become(thread);
    thread.frame.vector = vector;
    thread.fault_vector = vector;
    thread.fault_error = code_word;
    thread.fault_address = 0;
    ipc::to_keeper(thread, Sending::exception);
    leave();
}

void World::advance(std::uint64_t ns) {
    auto& machine = arch::fake_machine;
    auto const last = machine.acting;
    auto const end = machine.tsc + ns;
    for (unsigned at_once = 0;;) {
        auto first = end + 1;
        unsigned whose = 0;
        for (auto* const one : root().running()) {
            on(one->number);
            if (machine.timer && *machine.timer < first) {
                first = *machine.timer;
                whose = one->number;
            }
        }
        if (first > end) break;
        on(whose);
        at_once = first > machine.tsc ? 0 : at_once + 1;
        check(at_once < 10'000, "time goes on between interrupts");
        machine.tsc = std::max(machine.tsc, first);
        machine.timer.reset();
        schedule::timer_interrupt();
        leave();
    }
    on(last);
    machine.tsc = end;
}

bool World::interrupt(std::uint32_t line) {
    auto const entry = arch::fake_machine.line[line];
    bool const masked = (entry & 0x1'0000) != 0;
    return !masked && interrupt_by_message(static_cast<std::uint8_t>(entry), entry >> 57);
}

bool World::interrupt_by_message(std::uint8_t vector, unsigned processor) {
    auto const last = arch::fake_machine.acting;
    on(processor);
    bool heard;
    {
        Held held{this->processor()};
        Thread* woken;
        heard = root().interrupts.fire(vector, woken);
        woken ? leave_kernel(*woken) : leave_kernel();
    }
    settle();
    on(last);
    return heard;
}

abi::CapAddress World::make(Program const& program, abi::Kind kind, abi::Word size,
                            abi::Cache cache) {
    auto const made =
        call<abi::UntypedRetype>(program, program[at::untyped], kind, size, abi::CapAddress{},
                                 abi::Place{{}, program.free_slot()}, cache);
    check(made.ok(), "the world has memory enough");
    return abi::CapAddress{static_cast<std::uint32_t>(made.value)};
}

void World::end(Process& process) {
    unsigned budget = ~0u;
    process.end(0, budget);
}

void World::remove(Program const& program, abi::CapAddress address) {
    unsigned budget = ~0u;
    teardown::remove(*program.pool->find(address), budget);
    reap();
}

void World::reap() {
    while (!root().dying.empty()) {
        unsigned budget = teardown::step_budget;
        teardown::reap(budget);
    }
    leave();
}

} // namespace kernel::testing
