#include <kernel/testing/random_steps.hpp>

#include <kernel/sched/schedule.hpp>

#include <algorithm>
#include <format>
#include <vector>

namespace kernel::testing {

namespace {

constexpr std::uint64_t area = 0x4000'0000; ///< where the programs map most

abi::Kind hint(std::uint16_t number, unsigned position) {
    using enum abi::Kind;
    switch (number) {
    case abi::UntypedRetype::number:
    case abi::UntypedRetypeUnread::number: return untyped;
    case abi::PoolGrow::number: return untyped;
    case abi::ProcessConfigure::number: return position == 0 ? cap_pool : address_space;
    case abi::ProcessBindEnd::number: return notification;
    case abi::ThreadConfigure::number: return position == 0 ? process : memory;
    case abi::ThreadSetKeeper::number:
    case abi::ThreadSetTimeout::number: return endpoint;
    case abi::ThreadBindNotification::number: return notification;
    case abi::ThreadBindContext::number: return sched_context;
    case abi::SpaceAttach::number: return memory;
    case abi::SpaceCopyMappings::number: return address_space;
    case abi::TimerArm::number: return notification;
    case abi::SchedContextConfigure::number: return sched_context;
    case abi::InterruptCreate::number:
    case abi::InterruptCreateMessage::number: return untyped;
    case abi::InterruptBind::number: return notification;
    case abi::DmaMap::number: return memory;
    case abi::DmaBindFault::number: return notification;
    case abi::DmaAttach::number: return dma_space;
    default: return none;
    }
}

/// Calls that end things are made less often, or nothing would be left to look at.
bool destructive(std::uint16_t number) {
    switch (number) {
    case abi::ThreadExit::number:
    case abi::ProcessExit::number:
    case abi::PoolDelete::number:
    case abi::PoolRevoke::number:
    case abi::ProcessKill::number:
    case abi::ProcessStop::number:
    case abi::ThreadSuspend::number: return true;
    default: return false;
    }
}

bool ends_caller(std::uint16_t number) {
    return number == abi::ThreadExit::number || number == abi::ProcessExit::number;
}

template <class F, class... C> void with_call(abi::CallList<C...>, std::uint64_t index, F&& f) {
    std::uint64_t i = 0;
    ((i++ == index ? f.template operator()<C>() : void()), ...);
}

template <class... C> constexpr std::uint64_t count_of(abi::CallList<C...>) { return sizeof...(C); }

} // namespace

RandomSteps::RandomSteps(Choice& choice, unsigned processors)
    : choice_(choice), world_(16 << 20, processors) {
    furnish();
    world_.late = processors > 1;
}

void RandomSteps::furnish() {
    arch::fake_machine.iommu.present = choice_.one_in(2);
    arch::fake_machine.tags_spaces = choice_.one_in(2);
    auto& a = world_.add_program({.privileged = true, .priority = 100, .bytes = 2 << 20});
    auto const last = root().processor_count - 1;
    auto& b = world_.add_program({.priority = 100, .processor = last, .bytes = 1 << 20});
    auto& c = world_.add_program({.foreign = true, .priority = 100});
    auto& d = world_.add_program({.foreign = true, .fpu_free = true, .priority = 90});
    auto& e = world_.add_program({.fpu_free = true, .priority = 110, .processor = last});
    std::vector<abi::CapAddress> common;
    for (auto const kind : {abi::Kind::endpoint, abi::Kind::endpoint, abi::Kind::notification,
                            abi::Kind::notification, abi::Kind::timer, abi::Kind::sched_context})
        common.push_back(world_.make(a, kind));
    common.push_back(world_.make(a, abi::Kind::memory, 64 << 10));
    common.push_back(world_.make(a, abi::Kind::untyped, 64 << 10));
    for (auto* program : {&a, &b, &e}) {
        if (program != &a)
            for (auto const address : common)
                world_.share(a, address, *program, abi::all_rights, choice_.below(4));
        for (unsigned i = 0; i < 3; i++) world_.make(*program, abi::Kind::reply);
        for (auto const kind : {abi::Kind::thread, abi::Kind::process, abi::Kind::address_space})
            world_.make(*program, kind);
        world_.make(*program, abi::Kind::memory, 32 << 10);
    }
    // Devices 0 to 3, of which 0 and 1 have a space to begin with.
    for (abi::Word device = 0; device < 2; device++) {
        auto const space = world_.make(a, abi::Kind::dma_space);
        world_.call<abi::DmaAttach>(a, a[at::control], space, device);
        world_.share(a, space, b);
    }
    world_.make(b, abi::Kind::dma_space);
    for (auto* other : {&b, &c, &d, &e})
        for (auto const number : {at::pool, at::process, at::space, at::thread, at::untyped})
            world_.share(*other, (*other)[number], a);
    for (auto const number : {at::process, at::space, at::thread}) world_.share(a, a[number], b);
    attach_all(a, common[6]);
    take_interrupts(a, common[2], common[3]);
    unsigned which = 0;
    for (auto* kept : {&c, &d, &e})
        world_.call<abi::ThreadSetKeeper>(a, world_.share(*kept, (*kept)[at::thread], a),
                                          common[which++ % 2]);
    for (auto& program : world_.programs()) program.thread->frame.rip = World::code + 2;
    // Some who wait to begin with, one of them on its callers' time alone.
    world_.add_thread(a, 120, true).frame.rip = World::code + 2;
    world_.add_thread(b, 95).frame.rip = World::code + 2;
}

/// Lines by level and by edge, shared and not, and messages.
void RandomSteps::take_interrupts(Program const& owner, abi::CapAddress first,
                                  abi::CapAddress second) {
    auto const keep = [&](testing::Outcome const& made, abi::CapAddress notification) {
        abi::CapAddress const interrupt{static_cast<std::uint32_t>(made.value)};
        world_.call<abi::InterruptBind>(owner, interrupt, notification, choice_.below(8));
    };
    for (abi::Word line = 0; line < 3; line++)
        for (auto const& notification : {first, second})
            keep(world_.call<abi::InterruptCreate>(owner, owner[at::control], owner[at::untyped],
                                                   line, line, abi::Word{0},
                                                   abi::Place{{}, owner.free_slot()}),
                 notification);
    for (auto const& notification : {first, second})
        keep(world_.call<abi::InterruptCreateMessage>(owner, owner[at::control], owner[at::untyped],
                                                      choice_.below(4), abi::Word{0},
                                                      abi::Place{{}, owner.free_slot()}),
             notification);
}

/// The same memory under the same numbers in every space, so that mappings can be copied.
void RandomSteps::attach_all(Program const& owner, abi::CapAddress memory) {
    auto const device = world_.call<abi::UntypedRetype>(
        owner, owner[at::device], abi::Kind::memory, abi::Word{2} << 30, owner[at::untyped],
        abi::Place{{}, owner.free_slot()}, abi::Cache::uncached);
    auto const ram = world_.make(owner, abi::Kind::memory, 256 << 10);
    for (auto& program : world_.programs())
        for (auto const one :
             {abi::CapAddress{static_cast<std::uint32_t>(device.value)}, memory, ram})
            world_.call<abi::SpaceAttach>(owner, world_.share(program, program[at::space], owner),
                                          one, abi::Word{0});
}

abi::CapAddress RandomSteps::capability(Thread& thread, abi::Kind kind) {
    auto* const pool = thread.process ? thread.process->pool() : nullptr;
    if (choice_.one_in(16))
        return abi::CapAddress{static_cast<std::uint32_t>(choice_.below(0x30000))};
    if (!pool) return {};
    std::vector<abi::CapAddress> fitting;
    std::vector<abi::CapAddress> all;
    for (std::uint16_t i = 0; i < 160; i++) {
        auto* const slot = pool->slot(i);
        if (!slot || slot->empty()) continue;
        all.push_back(slot->address(i));
        if (slot->object->kind == kind) fitting.push_back(slot->address(i));
    }
    auto const& list = fitting.empty() || choice_.one_in(12) ? all : fitting;
    return list.empty() ? abi::CapAddress{} : list[choice_.below(list.size())];
}

abi::Word RandomSteps::word(std::uint16_t number, unsigned position) {
    if (choice_.one_in(25)) {
        constexpr abi::Word odd[] = {~abi::Word{0},
                                     abi::Word{1} << 63,
                                     abi::user_end,
                                     abi::user_end - 4096,
                                     abi::user_end - 0x1000'0000,
                                     0xffff'ffff,
                                     abi::Word{1} << 47,
                                     0x7fff'ffff'ffff'ffff,
                                     4095,
                                     1};
        return choice_.of(odd);
    }
    auto const pages = [&]() -> abi::Word {
        constexpr abi::Word sizes[] = {1, 1, 2, 3, 4, 8, 16, 64, 511, 512, 513, 1024};
        return choice_.one_in(60) ? abi::Word{262144} : choice_.of(sizes);
    };
    auto const address = [&]() -> abi::Word {
        constexpr abi::Word steps[] = {0x1000, 0x1000, 0x10000, 0x20'0000, 0x20'0000, 0x4000'0000};
        auto const step = choice_.of(steps);
        return area + step * choice_.below(step == 0x4000'0000 ? 3 : 40);
    };
    switch (number) {
    case abi::UntypedRetype::number:
    case abi::UntypedRetypeUnread::number: {
        constexpr abi::Word sizes[] = {0, 0, 4096, 8192, 12288, 65536, 1 << 17, 2 << 20};
        return choice_.of(sizes);
    }
    case abi::SpaceMap::number:
        return position == 0   ? 1 + choice_.below(choice_.one_in(6) ? 6 : 3)
               : position == 1 ? address()
               : position == 2 ? choice_.one_in(2) ? 0 : choice_.below(16)
                               : pages();
    case abi::SpaceAttach::number: return choice_.below(4);
    case abi::SpaceUnmap::number:
    case abi::SpaceProtect::number:
    case abi::SpaceTranslate::number:
    case abi::SpaceGuard::number:
        if (position < 2) return position == 0 ? address() : pages();
        break;
    case abi::SpaceCopyMappings::number:
        if (position == 1 || position == 2) return position == 1 ? address() : pages();
        break;
    case abi::TimerArm::number:
        if (position == 0) return arch::fake_machine.tsc + choice_.below(20'000'000);
        break;
    case abi::NotificationWait::number:
        return choice_.one_in(2) ? 0 : arch::fake_machine.tsc + choice_.below(20'000'000);
    case abi::SchedContextConfigure::number: {
        constexpr abi::Word budgets[] = {20'000, 100'000, 1'000'000, 5'000'000};
        if (position == 3 || choice_.one_in(3)) break;
        return position == 1 ? choice_.of(budgets) : 5'000'000 + choice_.below(10'000'000);
    }
    case abi::DmaMap::number:
    case abi::DmaUnmap::number:
        // Without an IOMMU a space knows its mappings by physical address.
        return arch::fake_machine.iommu.present || choice_.one_in(3)
                   ? abi::page_bytes * choice_.below(choice_.one_in(4) ? 1 << 15 : 24)
                   : (arch::FakeMachine::ram_start + abi::page_bytes * choice_.below(800)).raw;
    case abi::DmaAttach::number:
    case abi::DmaRelease::number: return choice_.below(4);
    case abi::ThreadSetPriority::number: return 80 + choice_.below(50);
    default: break;
    }
    return choice_.below(choice_.one_in(3) ? 6 : 2);
}

template <class T>
abi::Word RandomSteps::argument(Thread& thread, std::uint16_t number, unsigned position) {
    if constexpr (std::is_same_v<T, abi::CapAddress>) {
        auto const optional = number == abi::UntypedRetype::number ? 2u : 8u;
        return choice_.one_in(optional) ? 0 : capability(thread, hint(number, position)).raw;
    } else if constexpr (std::is_same_v<T, abi::Place>) {
        auto const pool =
            choice_.one_in(3) ? capability(thread, abi::Kind::cap_pool) : abi::CapAddress{};
        return abi::encode(abi::Place{pool, static_cast<std::uint16_t>(choice_.below(160))});
    } else if constexpr (std::is_same_v<T, std::uint16_t>) {
        return choice_.one_in(20) ? choice_.below(0x10000) : choice_.below(160);
    } else if constexpr (std::is_same_v<T, abi::Kind>) {
        return 1 + choice_.below(choice_.one_in(20) ? 16 : 11);
    } else if constexpr (std::is_same_v<T, abi::Cache>) {
        return choice_.one_in(6) ? choice_.below(4) : 0;
    } else if constexpr (std::is_same_v<T, abi::RightsMask>) {
        return choice_.one_in(3) ? choice_.below(256) : 0xff;
    } else if constexpr (std::is_same_v<T, abi::Protection>) {
        constexpr abi::Word sensible[] = {0, 1, 3, 3, 5};
        return choice_.one_in(12) ? choice_.below(9) : choice_.of(sensible);
    } else if constexpr (std::is_same_v<T, abi::RunOperation>) {
        return choice_.below(choice_.one_in(12) ? 5 : 2);
    } else {
        return word(number, position);
    }
}

template <class C> void RandomSteps::call(Thread& thread) {
    if (destructive(C::number) && !choice_.one_in(8)) return;
    if (ends_caller(C::number) && !choice_.one_in(20)) return;
    // Powering off would end the fun.
    if constexpr (C::number == abi::ControlPower::number) return;
    auto const target =
        C::kind == abi::Kind::none ? abi::CapAddress{} : capability(thread, C::kind);
    std::array<abi::Word, 6> words{};
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((words[I] = argument<std::tuple_element_t<I, typename C::Args>>(thread, C::number, I)),
         ...);
    }(std::make_index_sequence<std::tuple_size_v<typename C::Args>>{});
    if (C::number == abi::UntypedRetype::number &&
        words[0] != static_cast<abi::Word>(abi::Kind::untyped) &&
        words[0] != static_cast<abi::Word>(abi::Kind::memory) && !choice_.one_in(10))
        words[1] = words[4] = 0; // these have no size
    auto const slot = abi::CapAddress{static_cast<std::uint32_t>(words[0])}.slot();
    // What the programs stand on is deleted and revoked less often still.
    if ((C::number == abi::PoolDelete::number || C::number == abi::PoolRevoke::number) &&
        slot < at::free && !choice_.one_in(10))
        return;
    auto& frame = thread.frame;
    frame.rax = abi::call_word(C::number, target);
    frame.rdi = words[0], frame.rsi = words[1], frame.rdx = words[2];
    frame.r10 = words[3], frame.r8 = words[4], frame.r9 = words[5];
    last_ = std::format("call {:#x} on {:#x}: {:#x} {:#x} {:#x} {:#x} {:#x}", C::number, target.raw,
                        words[0], words[1], words[2], words[3], words[4]);
    frame.rip = World::code;
    world_.enter_once(thread);
}

void RandomSteps::message_call(Thread& thread) {
    constexpr std::uint16_t numbers[] = {abi::EndpointCall::number,
                                         abi::EndpointSend::number,
                                         abi::EndpointReceive::number,
                                         abi::EndpointReceive::number,
                                         abi::EndpointReplyReceive::number,
                                         abi::EndpointReplyReceive::number,
                                         abi::ReplySend::number,
                                         abi::EndpointCall::number};
    auto const number = choice_.of(numbers);
    auto const kind = number == abi::ReplySend::number ? abi::Kind::reply : abi::Kind::endpoint;
    auto tag =
        abi::MessageTag{static_cast<std::uint16_t>(choice_.below(9)),
                        static_cast<std::uint32_t>(choice_.below(choice_.one_in(5) ? 80 : 9)),
                        choice_.one_in(5) ? static_cast<std::uint32_t>(choice_.below(6)) : 0};
    for (auto const flag : {abi::MessageTag::flag_wait_for_server, abi::MessageTag::flag_mapping,
                            abi::MessageTag::flag_clear_kick})
        if (choice_.one_in(6)) tag = tag.with(flag);
    if (choice_.one_in(2)) tag = tag.with(abi::MessageTag::flag_deadline);
    if (choice_.one_in(4)) tag = tag.with(static_cast<abi::ReplyKind>(choice_.below(4)));
    std::array<abi::Word, 8> words;
    for (auto& one : words) one = choice_.below(4);
    if (tag.has(abi::MessageTag::flag_mapping)) {
        words[1] = 1 | choice_.below(6) << 16 | choice_.below(3) << 20;
        words[2] = area + 0x1000 * choice_.below(64);
        words[4] = 1;
    }
    fill_page(thread);
    auto const target = capability(thread, kind);
    world_.set_message(thread, abi::call_word(number, target),
                       {tag, words, capability(thread, abi::Kind::reply),
                        arch::fake_machine.tsc + choice_.below(10'000'000)});
    last_ = std::format("message {:#x} on {:#x}, tag {:#x}", number, target.raw, tag.raw);
    thread.frame.rip = World::code;
    world_.enter_once(thread);
}

/// Something to read for the calls that read the message page.
void RandomSteps::fill_page(Thread& thread) {
    auto* const page = thread.message_page;
    if (!page) return;
    for (auto& sent : page->sent_caps) sent = capability(thread, abi::Kind::none).raw;
    page->registers = {};
    page->registers.rip = World::code + (choice_.one_in(8) ? ~abi::Word{0} : 2);
    page->registers.rflags = choice_.below(~abi::Word{0});
    page->registers.fs_base = choice_.one_in(8) ? ~abi::Word{0} : choice_.below(1 << 20);
}

void RandomSteps::native_call(Thread& thread) {
    if (choice_.one_in(3)) return message_call(thread);
    if (auto* const page = thread.message_page; page && choice_.one_in(2)) {
        fill_page(thread);
        if (choice_.one_in(2))
            for (unsigned i = 0; i < 4; i++)
                page->runs[i] = {
                    word(abi::SpaceUnmap::number, 0) | choice_.below(5) | choice_.below(6) << 4,
                    static_cast<std::uint32_t>(choice_.below(8)),
                    static_cast<std::uint32_t>(choice_.below(choice_.one_in(4) ? 2000 : 20))};
    }
    with_call(abi::Calls{}, choice_.below(count_of(abi::Calls{})),
              [&]<class C>() { call<C>(thread); });
}

bool RandomSteps::act(Thread& thread) {
    auto& frame = thread.frame;
    arch::step_budget =
        choice_.one_in(4) ? 1 + static_cast<unsigned>(choice_.below(8)) : ordinary_budget_;
    // Interrupted in a call, which goes on; or it comes back with another, since it was given other
    // registers or other code.
    if (frame.rip == World::code && !choice_.one_in(8)) {
        last_ = std::format("the call {:#x} again", frame.rax);
        world_.enter_once(thread);
        return true;
    }
    frame.rip = World::code + 2;
    auto const what = choice_.below(thread.foreign ? 8 : 30);
    if (what == 0) {
        last_ = "a page fault";
        world_.page_fault(thread, area + choice_.below(1 << 20), choice_.below(32));
    } else if (what == 1) {
        last_ = "an exception";
        world_.exception(thread, choice_.below(14), 0);
    } else if (thread.foreign || what == 2) {
        last_ = "a foreign call";
        frame.rip = World::code;
        world_.foreign_call(thread, choice_.below(400));
    } else {
        native_call(thread);
    }
    return true;
}

void RandomSteps::touch_some() {
    for (unsigned i = 0; i < 4; i++) arch::fake_machine.touch(word(abi::SpaceUnmap::number, 0));
}

/// Devices access what they were told, and what they were not. What they write is nobody's loss
/// yet.
void RandomSteps::device_acts() {
    for (std::uint32_t device = 0; device < 4; device++) {
        auto const address = word(abi::DmaMap::number, 1);
        auto const write = choice_.one_in(2);
        auto& machine = arch::fake_machine;
        if (!machine.iommu.present || machine.device_access(device, address, write)) continue;
        if (auto* const space = DmaSpace::of_device(device); space && choice_.one_in(8))
            space->refused({.address = address, .device = device, .write = write});
    }
}

/// The objects of a kind.
template <class T> std::vector<T*> RandomSteps::all() {
    std::vector<T*> found;
    auto const collect = [&](auto const& self, Slot& slot) -> void {
        if (slot.object->kind == T::static_kind &&
            std::ranges::find(found, slot.object) == found.end())
            found.push_back(static_cast<T*>(slot.object));
        for (auto* child = slot.first_child; child; child = child->next) self(self, *child);
    };
    for (auto* anchor : world_.anchors()) collect(collect, *anchor);
    return found;
}

/// When all wait for each other, somebody unseen ends one wait.
bool RandomSteps::wake_somebody() {
    auto threads = all<Thread>();
    std::erase_if(threads, [](Thread* thread) {
        return !thread->process || thread->state == Thread::State::ended;
    });
    if (threads.empty()) return false;
    auto& thread = *threads[choice_.below(threads.size())];
    last_ = "somebody is woken";
    unsigned budget = ~0u;
    if (thread.process->ends()) {
        World::end(*thread.process);
        return true;
    }
    if (thread.held) thread.process->hold(false, budget);
    if (thread.state == Thread::State::suspended || thread.state == Thread::State::keeper_lost)
        thread.run();
    else if (thread.state != Thread::State::fresh)
        thread.kick();
    world_.leave();
    return true;
}

/// Somebody unseen who may do anything changes who runs, where, and on what time; often at the very
/// moment at which somebody's time is used up, or a turn ends.
void RandomSteps::meddle() {
    auto threads = all<Thread>();
    std::erase_if(threads, [](Thread* thread) {
        return !thread->process || thread->process->ends() ||
               thread->state == Thread::State::ended || thread->state == Thread::State::fresh;
    });
    auto const contexts = all<SchedContext>();
    if (threads.empty() || contexts.empty()) return;
    auto& machine = arch::fake_machine;
    for (auto* const one : root().running())
        for (auto const moment : {one->budget_end, one->slice_end})
            if (moment > machine.tsc && moment < machine.tsc + 10'000'000 && choice_.one_in(4))
                machine.tsc = moment;
    auto& thread = *threads[choice_.below(threads.size())];
    auto& context = *contexts[choice_.below(contexts.size())];
    auto const what = choice_.below(8);
    last_ = std::format("somebody meddles: {}", what);
    switch (what) {
    case 0: {
        auto const ticks = choice_.one_in(3) ? 0 : 20'000 + choice_.below(1'000'000);
        context.configure(ticks, ticks ? 5'000'000 : 0);
        context.move(*root().processors[choice_.below(root().processor_count)]);
        break;
    }
    case 1:
        if (!context.owner) thread.bind_context(&context);
        break;
    case 2:
        // Who waits may be without time of his own, until somebody gives it back.
        if (thread.waits()) thread.bind_context(nullptr);
        break;
    case 3: thread.kick(); break;
    case 4: unload(thread, true); break;
    case 5:
        schedule::unready(thread);
        thread.priority = static_cast<std::uint8_t>(80 + choice_.below(50));
        schedule::make_ready(thread);
        break;
    case 6:
        thread.suspend();
        if (choice_.one_in(4)) break;
        thread.run();
        break;
    default: {
        unsigned budget = ~0u;
        if (thread.process->state == abi::ProcessState::running)
            thread.process->hold(true, budget);
        else
            thread.process->hold(false, budget);
    }
    }
    if (choice_.one_in(2)) world_.advance(0);
    world_.leave();
}

bool RandomSteps::step() {
    if (auto const count = root().processor_count; count > 1) {
        auto const acting = static_cast<unsigned>(choice_.below(count));
        world_.on(acting);
        if (!world_.current() || choice_.one_in(2)) world_.settle(acting);
    }
    auto const what = choice_.below(40);
    if (what == 0) {
        last_ = "a device interrupt";
        if (choice_.one_in(2))
            world_.interrupt(static_cast<std::uint32_t>(choice_.below(6)));
        else
            world_.interrupt_by_message(
                static_cast<std::uint8_t>(arch::first_device_vector + choice_.below(8)));
        return true;
    }
    if (what == 1) {
        meddle();
        return true;
    }
    if (what < 4 || !world_.current()) {
        last_ = "time";
        auto const idle = !world_.current();
        world_.advance(choice_.below(6'000'000));
        return !idle || world_.current() || wake_somebody();
    }
    if (what < 10) {
        // Whoever is able to run might be the one that does.
        std::vector<Thread*> able;
        for (auto& queue : world_.processor().ready.queues_)
            for (auto& thread : queue) able.push_back(&thread);
        if (!able.empty()) world_.become(*able[choice_.below(able.size())]);
    }
    touch_some();
    device_acts();
    return act(*world_.current());
}

} // namespace kernel::testing
