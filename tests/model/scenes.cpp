#include <tests/model/scenes.hpp>

namespace model {

using namespace kernel;
namespace at = kernel::testing::at;
using kernel::testing::Program;
using kernel::testing::World;

namespace {

constexpr std::uint64_t program_bytes = 64 << 10;

/// Writes a scene's actions down.
class Cast {
public:
    explicit Cast(Scene& scene) : scene_(scene) {
        Reading numbers{*scene.world};
        (void)numbers.discover();
        numbers_ = std::make_unique<Reading>(numbers);
        for (auto& program : scene.world->programs()) scene.roots.push_back(id(*program.pool));
        scene.driver = std::make_unique<Driver>(*scene.world);
    }

    Id id(kernel::Object const& object) const { return numbers_->id(&object); }

    template <class C> Action& call(Thread const& by, unsigned target, std::array<Word, 6> a = {}) {
        return scene_.actions.emplace_back(Action{.thread = id(by),
                                                  .call = C::number,
                                                  .target = static_cast<std::uint8_t>(target),
                                                  .arguments = a});
    }
    template <class C>
    Action& message(Thread const& by, unsigned target, unsigned reply = 0, Word flags = 0) {
        auto& action = call<C>(by, target);
        action.reply = static_cast<std::uint8_t>(reply);
        action.tag = abi::MessageTag{5, 1}.raw | flags;
        return action;
    }
    /// With the capability in `slot`.
    template <class C>
    void gift(Thread const& by, unsigned target, unsigned slot, unsigned reply = 0) {
        auto& action = message<C>(by, target, reply);
        action.tag = abi::MessageTag{5, 1, 1}.raw;
        action.sent_cap = static_cast<std::uint8_t>(slot);
    }
    void other(Action::What what, kernel::Object const* by = nullptr) {
        scene_.actions.emplace_back(Action{.what = what, .thread = by ? id(*by) : Id{0}});
    }

private:
    Scene& scene_;
    std::unique_ptr<Reading> numbers_;
};

/// Threads take capabilities into one slot; those that are not told otherwise stand alike.
void take_caps(std::initializer_list<Thread*> threads) {
    for (auto* thread : threads) {
        thread->receive_slot = receive_slot;
        thread->receive_slots = 1;
    }
}

/// The capability at `number` of one program in the same or another slot of the other.
void give(Program const& from, unsigned number, Program const& to, unsigned as,
          RightsMask rights = abi::all_rights, Word badge = 0) {
    auto& source = *from.pool->slot(static_cast<std::uint16_t>(number));
    derivation::derive(*to.pool->slot(static_cast<std::uint16_t>(as)), source,
                       source.rights & rights, badge ? badge : source.data);
}

void give_control(World& world, Program const& to) {
    for (auto* const anchor : world.anchors())
        if (anchor->object->kind == Kind::control)
            derivation::derive(*to.pool->slot(at::control), *anchor, abi::all_rights, 0);
}

Word kind(Kind of) { return static_cast<Word>(of); }
constexpr Word all = abi::all_rights;

// ---- capabilities and memory -------------------------------------------------------------------

void capabilities(Scene& scene) {
    auto& world = *scene.world;
    auto& a = world.add_program({.bytes = program_bytes});
    auto& b = world.add_program({.bytes = program_bytes});
    give(b, at::pool, a, 10);
    world.make(a, Kind::untyped, 8 << 10); // slot 16
    Cast cast{scene};
    auto& t = *a.thread;
    auto& u = *b.thread;
    for (Word const slot : {Word{17}, Word{18}}) {
        cast.call<abi::UntypedRetype>(t, 16, {kind(Kind::endpoint), 0, 0, slot});
        cast.call<abi::UntypedRetype>(t, 16, {kind(Kind::untyped), 4096, 0, slot});
    }
    cast.call<abi::UntypedRetype>(t, 16, {kind(Kind::memory), 4096, 0, 18});
    cast.call<abi::UntypedRetype>(t, 16, {kind(Kind::memory), 8192, at::untyped, 18});
    cast.call<abi::UntypedRetype>(t, 17, {kind(Kind::notification), 0, 0, 19});
    cast.call<abi::UntypedRetype>(t, 17, {kind(Kind::untyped), 4096, 0, 20});
    cast.call<abi::UntypedRetype>(t, 17, {kind(Kind::endpoint), 0, 0, Word{10} << 16 | 16});
    cast.call<abi::UntypedRetype>(t, 21, {kind(Kind::reply), 0, 0, 19});
    cast.call<abi::UntypedRetype>(t, 16, {kind(Kind::untyped), 5000, 0, 18});
    cast.call<abi::UntypedRetype>(t, 16, {kind(Kind::memory), 16384, 0, 18});
    cast.call<abi::UntypedRetype>(t, 16, {kind(Kind::endpoint), 64, 0, 18}); // has no size
    cast.call<abi::UntypedRetypeUnread>(t, 16, {4096, 0, 18});
    cast.call<abi::UntypedRetypeUnread>(t, at::untyped, {4096, 16, 18});
    cast.call<abi::PoolCopy>(t, at::pool, {21, 16, 0});
    cast.call<abi::PoolCopy>(t, at::pool, {20, 17, all});
    cast.call<abi::PoolCopy>(t, at::pool, {20, 17, 1});
    cast.call<abi::PoolCopy>(t, at::pool, {0, 17, all});
    cast.call<abi::PoolCopy>(t, 10, {16, 17, all});
    cast.call<abi::PoolCopy>(t, 10, {17, 18, all});
    cast.call<abi::PoolMint>(t, at::pool, {20, 17, all, 7, 0});
    cast.call<abi::PoolMint>(t, at::pool, {21, 20, 1, 9, 0});
    cast.call<abi::PoolMint>(t, at::pool, {19, 18, 3, 0, 1});
    cast.call<abi::PoolMint>(t, at::pool, {20, 18, 1, 1, 1});
    cast.call<abi::PoolMint>(t, at::pool, {20, 18, 1, 1, 2});
    cast.call<abi::PoolCopy>(t, at::pool, {22, 20, all});
    cast.call<abi::PoolCopy>(t, at::pool, {18, 17, all});
    cast.call<abi::PoolMove>(t, at::pool, {22, 17});
    cast.call<abi::PoolMove>(t, at::pool, {17, 20});
    cast.call<abi::PoolMove>(t, 10, {16, 20});
    for (Word slot = 16; slot <= 22; slot++) {
        cast.call<abi::PoolDelete>(t, at::pool, {slot});
        if (slot < 21) cast.call<abi::PoolRevoke>(t, at::pool, {slot});
    }
    cast.call<abi::PoolDelete>(t, 10, {16});
    cast.call<abi::PoolRevoke>(t, 10, {16});
    cast.call<abi::UntypedRetype>(t, 16, {kind(Kind::endpoint), 0, 0, 17}).stale = true;
    cast.call<abi::EndpointServe>(t, 20, {0});
    cast.call<abi::PoolCopy>(u, at::pool, {18, 16, all});
    cast.call<abi::PoolDelete>(u, at::pool, {16});
    cast.call<abi::PoolRevoke>(u, at::pool, {16});
    cast.call<abi::PoolDelete>(u, at::pool, {17});
    cast.call<abi::UntypedRetype>(u, 16, {kind(Kind::endpoint), 0, 0, 19});
    cast.call<abi::Reap>(t, 0);
}

// ---- messages and signals ----------------------------------------------------------------------

/// What a thread can do with an Endpoint in 16, a Notification in 17, a Reply.
void talk(Cast& cast, Thread const& by, unsigned reply, unsigned own_thread) {
    using Tag = abi::MessageTag;
    cast.message<abi::EndpointCall>(by, 16);
    cast.message<abi::EndpointCall>(by, 16, 0, Tag::flag_wait_for_server);
    cast.message<abi::EndpointSend>(by, 16);
    cast.message<abi::EndpointReceive>(by, 16, reply);
    cast.message<abi::EndpointReplyReceive>(by, 16, reply);
    cast.message<abi::ReplySend>(by, reply);
    cast.call<abi::NotificationSignal>(by, 17, {1});
    cast.call<abi::NotificationWait>(by, 17);
    cast.call<abi::NotificationPoll>(by, 17);
    if (own_thread) cast.call<abi::ThreadBindNotification>(by, own_thread, {17});
}

void messages(Scene& scene) {
    auto& world = *scene.world;
    auto& a = world.add_program({.bytes = program_bytes});
    auto& b = world.add_program({.priority = 110, .bytes = program_bytes});
    world.make(a, Kind::endpoint);     // 16
    world.make(a, Kind::notification); // 17
    world.make(a, Kind::reply);        // 18
    give(a, 16, b, 16, abi::all_rights, 7);
    give(a, 17, b, 17);
    world.make(b, Kind::reply); // 18
    give(b, at::thread, a, 11);
    give(b, at::process, a, 13);
    give(a, 16, a, 19, abi::mask(abi::EndpointRights::send)); // no right to grant, none to receive
    give(a, 16, a, 20, abi::mask(abi::EndpointRights::receive));
    take_caps({a.thread, b.thread});
    Cast cast{scene};
    auto& t = *a.thread;
    auto& u = *b.thread;
    talk(cast, t, 18, at::thread);
    cast.message<abi::EndpointReplyReceive>(t, 19, 18);
    cast.message<abi::EndpointReplyReceive>(t, 16, 17);
    cast.message<abi::EndpointCall>(t, 20);
    cast.message<abi::EndpointCall>(t, 16).stale = true;
    talk(cast, u, 18, at::thread);
    cast.message<abi::EndpointReceive>(u, 16, 18, abi::MessageTag::flag_deadline).deadline = 2;
    cast.message<abi::EndpointCall>(u, 16, 0, abi::MessageTag::flag_deadline).deadline = 1;
    cast.message<abi::EndpointCall>(t, 19);
    cast.message<abi::EndpointReceive>(t, 19, 18);
    cast.message<abi::EndpointReceive>(t, 16, 17);
    cast.gift<abi::EndpointCall>(t, 16, 17);
    cast.gift<abi::EndpointCall>(t, 19, 17);
    cast.gift<abi::EndpointReplyReceive>(u, 16, 17, 18);
    cast.call<abi::EndpointServe>(t, 16, {0});
    cast.call<abi::EndpointServe>(u, 16, {1});
    cast.call<abi::NotificationWait>(u, 17, {2});
    cast.call<abi::ThreadBindNotification>(t, at::thread, {0});
    cast.call<abi::ThreadSuspend>(t, 11);
    cast.call<abi::ThreadResume>(t, 11);
    cast.call<abi::ThreadKick>(t, 11);
    cast.call<abi::ProcessStop>(t, 13);
    cast.call<abi::ProcessStart>(t, 13);
    cast.call<abi::ProcessKill>(t, 13, {3});
    cast.call<abi::ProcessExit>(u, 0, {4});
    cast.call<abi::PoolDelete>(t, at::pool, {16});
    cast.call<abi::PoolRevoke>(t, at::pool, {16});
    cast.call<abi::PoolRevoke>(t, at::pool, {17});
    cast.call<abi::PoolDelete>(u, at::pool, {16});
    cast.call<abi::PoolDelete>(u, at::pool, {18});
    cast.call<abi::PoolDelete>(t, at::pool, {18});
    cast.call<abi::Yield>(t, 0);
    cast.other(Action::What::time);
}

// ---- time that is lent along calls -------------------------------------------------------------

void lending(Scene& scene) {
    auto& world = *scene.world;
    auto& a = world.add_program({.bytes = program_bytes});
    auto& b = world.add_program({.priority = 110, .bytes = program_bytes});
    world.make(a, Kind::endpoint); // 16
    world.make(a, Kind::endpoint); // 17
    for (unsigned const slot : {16u, 17u}) give(a, slot, b, slot);
    world.make(b, Kind::reply); // 18, 19
    world.make(b, Kind::reply);
    // Two servers without time of their own wait in one process: `p` calls on to `q`.
    auto& p = world.add_thread(b, 100, true);
    auto& q = world.add_thread(b, 100, true);
    for (unsigned i = 0; i < 24; i++)
        if (auto& slot = *b.pool->slot(static_cast<std::uint16_t>(i));
            slot.object == &p || slot.object == &q)
            give(b, i, a, slot.object == &p ? 11 : 12);
    give(b, at::process, a, 13);
    give(b, at::context, a, 14);
    // They got there on borrowed time.
    auto const lend = [&](Thread& thread, unsigned endpoint, unsigned reply) {
        thread.bind_context(b.context);
        world.message<abi::EndpointReceive>(thread, b[static_cast<std::uint16_t>(endpoint)],
                                            {.reply = b[static_cast<std::uint16_t>(reply)]});
        thread.bind_context(nullptr);
    };
    b.thread->bind_context(nullptr);
    leave_kernel();
    lend(p, 16, 18);
    lend(q, 17, 19);
    b.thread->bind_context(b.context);
    leave_kernel();
    Cast cast{scene};
    auto& t = *a.thread;
    auto& u = *b.thread;
    for (auto* by : {&t, &u}) {
        cast.message<abi::EndpointCall>(*by, 16);
        cast.message<abi::EndpointCall>(*by, 17);
        cast.message<abi::EndpointSend>(*by, 16);
    }
    cast.message<abi::EndpointCall>(p, 17);
    cast.message<abi::EndpointReplyReceive>(p, 16, 18);
    cast.message<abi::ReplySend>(p, 18);
    cast.message<abi::EndpointReplyReceive>(q, 17, 19);
    cast.message<abi::ReplySend>(q, 19);
    cast.message<abi::EndpointReceive>(q, 17, 19);
    cast.call<abi::ThreadExit>(q, 0);
    for (Word const target : {11u, 12u}) {
        auto const slot = static_cast<unsigned>(target);
        cast.call<abi::ThreadSuspend>(t, slot);
        cast.call<abi::ThreadResume>(t, slot);
        cast.call<abi::ThreadKick>(t, slot);
        cast.call<abi::ThreadBindContext>(t, slot, {at::context});
        cast.call<abi::ThreadBindContext>(t, slot, {14});
        cast.call<abi::ThreadBindContext>(t, slot, {0});
    }
    cast.call<abi::ThreadBindContext>(t, at::thread, {0});
    cast.call<abi::ThreadBindContext>(u, at::thread, {0});
    cast.call<abi::ThreadSuspend>(u, at::thread);
    cast.call<abi::ProcessKill>(t, 13, {1});
    cast.call<abi::PoolDelete>(u, at::pool, {18});
    cast.call<abi::PoolDelete>(u, at::pool, {19});
    cast.call<abi::PoolDelete>(u, at::pool, {at::context});
    cast.call<abi::PoolDelete>(t, at::pool, {at::context});
    cast.call<abi::PoolRevoke>(t, at::pool, {16});
    cast.call<abi::PoolDelete>(t, at::pool, {17});
}

// ---- budgets -----------------------------------------------------------------------------------

void budgets(Scene& scene) {
    auto& world = *scene.world;
    auto& m = world.add_program({.priority = 200, .bytes = program_bytes}); // manages and watches
    auto& c = world.add_program({.priority = 100, .bytes = program_bytes}); // a client
    give_control(world, m);
    world.make(m, Kind::endpoint);      // 16: the server's
    world.make(m, Kind::endpoint);      // 17: who is out of time is told of here
    world.make(m, Kind::reply);         // 18: the server's
    world.make(m, Kind::reply);         // 19
    world.make(m, Kind::sched_context); // 20
    world.make(m, Kind::notification);  // 21
    give(m, 17, m, 22, abi::all_rights, 9);
    give(m, 16, c, 16);
    give(m, 21, c, 21);
    give(c, at::thread, m, 11);
    give(c, at::process, m, 13);
    give(c, at::context, m, 14);
    auto& s = world.add_thread(m, 150, true); // a server without time, 23
    m.thread->bind_context(nullptr);
    leave_kernel();
    s.bind_context(m.context); // it got there on borrowed time
    world.message<abi::EndpointReceive>(s, m[16], {.reply = m[18]});
    s.bind_context(nullptr);
    m.thread->bind_context(m.context);
    leave_kernel();
    c.context->configure(tick_ns - 1, 3 * tick_ns);
    world.processor().slice_end = schedule::slice_ns;
    schedule::arm_timer();
    leave_kernel();
    Cast cast{scene};
    auto& t = *m.thread;
    auto& u = *c.thread;
    cast.message<abi::EndpointCall>(u, 16);
    cast.call<abi::NotificationWait>(u, 21);
    cast.message<abi::EndpointReplyReceive>(s, 16, 18);
    cast.message<abi::ReplySend>(s, 18);
    cast.message<abi::EndpointReceive>(s, 16, 18);
    cast.message<abi::EndpointReceive>(t, 17, 19);
    cast.message<abi::EndpointReplyReceive>(t, 17, 19);
    cast.message<abi::ReplySend>(t, 19);
    cast.message<abi::EndpointCall>(t, 16);
    cast.call<abi::NotificationWait>(t, 21, {1});
    cast.call<abi::NotificationSignal>(t, 21, {1});
    for (Word const context : {Word{14}, Word{20}, Word{at::context}}) {
        cast.call<abi::SchedContextConfigure>(t, at::control, {context, 1, 3, 0});
        if (context != 14)
            cast.call<abi::SchedContextConfigure>(t, at::control, {context, 0, 0, 0});
    }
    cast.call<abi::SchedContextConfigure>(t, at::control, {14, 1, 2, 0});
    cast.call<abi::ThreadBindContext>(t, 23, {20});
    cast.call<abi::ThreadBindContext>(t, 23, {0});
    cast.call<abi::ThreadBindContext>(t, 11, {0});
    cast.call<abi::ThreadBindContext>(t, 11, {14});
    cast.call<abi::ThreadSetTimeout>(t, 23, {22});
    cast.call<abi::ThreadSetTimeout>(t, 23, {0});
    cast.call<abi::ThreadSetTimeout>(t, 11, {22});
    for (unsigned const thread : {11u, 23u}) {
        cast.call<abi::ThreadSuspend>(t, thread);
        cast.call<abi::ThreadResume>(t, thread);
        cast.call<abi::ThreadKick>(t, thread);
    }
    cast.call<abi::ProcessKill>(t, 13, {3});
    cast.call<abi::PoolDelete>(t, at::pool, {18});
    cast.call<abi::PoolDelete>(t, at::pool, {19});
    cast.call<abi::PoolDelete>(t, at::pool, {14});
    cast.call<abi::PoolDelete>(t, at::pool, {20});
    cast.call<abi::PoolRevoke>(t, at::pool, {17});
    cast.call<abi::PoolDelete>(t, at::pool, {17});
    cast.other(Action::What::time);
}

// ---- keepers -----------------------------------------------------------------------------------

void keepers(Scene& scene) {
    using Tag = abi::MessageTag;
    auto& world = *scene.world;
    auto& a = world.add_program({.bytes = program_bytes});
    auto& f = world.add_program({.foreign = true, .bytes = program_bytes});
    world.make(a, Kind::endpoint);     // 16
    world.make(a, Kind::notification); // 17
    world.make(a, Kind::reply);        // 18
    world.make(a, Kind::reply);        // 19
    give(f, at::thread, a, 11);
    give(f, at::process, a, 13);
    give(a, 16, a, 20, abi::all_rights, 7);
    world.call<abi::ThreadSetKeeper>(a, a[11], a[20]);
    world.call<abi::ProcessBindEnd>(a, a[13], a[17], Word{2});
    take_caps({a.thread, f.thread});
    Cast cast{scene};
    auto& t = *a.thread;
    cast.other(Action::What::foreign_call, f.thread);
    cast.other(Action::What::page_fault, f.thread);
    for (unsigned const reply : {18u, 19u}) {
        cast.message<abi::EndpointReceive>(t, 16, reply);
        cast.message<abi::EndpointReplyReceive>(t, 16, reply);
        cast.message<abi::ReplySend>(t, reply);
    }
    auto const restart = Tag{}.with(abi::ReplyKind::restart).raw;
    cast.message<abi::EndpointReplyReceive>(t, 16, 18, restart);
    cast.message<abi::ReplySend>(t, 18, 0, restart | Tag::flag_clear_kick);
    cast.message<abi::EndpointReplyReceive>(t, 16, 18, Tag::flag_clear_kick);
    cast.gift<abi::ReplySend>(t, 18, 17);
    cast.call<abi::ThreadKick>(t, 11);
    cast.call<abi::ThreadSuspend>(t, 11);
    cast.call<abi::ThreadResume>(t, 11);
    cast.call<abi::ThreadSetKeeper>(t, 11, {0});
    cast.call<abi::ThreadSetKeeper>(t, 11, {16});
    cast.call<abi::ThreadSetKeeper>(t, 11, {17});
    cast.call<abi::ProcessStop>(t, 13);
    cast.call<abi::ProcessStart>(t, 13);
    cast.call<abi::ProcessKill>(t, 13, {3});
    cast.call<abi::ProcessBindEnd>(t, 13, {17, 4});
    cast.call<abi::ThreadBindNotification>(t, at::thread, {17});
    cast.call<abi::NotificationPoll>(t, 17);
    cast.call<abi::NotificationSignal>(t, 17, {1});
    cast.call<abi::PoolDelete>(t, at::pool, {16});
    cast.call<abi::PoolDelete>(t, at::pool, {20});
    cast.call<abi::PoolRevoke>(t, at::pool, {16});
    cast.call<abi::PoolDelete>(t, at::pool, {18});
    cast.call<abi::PoolDelete>(t, at::pool, {11});
    cast.call<abi::PoolDelete>(t, at::pool, {17});
    cast.call<abi::PoolRevoke>(t, at::pool, {17});
}

// ---- pages -------------------------------------------------------------------------------------

void pages(Scene& scene) {
    auto& world = *scene.world;
    auto& a = world.add_program({.bytes = 2 * program_bytes});
    auto& b = world.add_program({.bytes = 2 * program_bytes});
    give(b, at::space, a, 11);
    give(b, at::process, a, 13);
    world.make(a, Kind::memory, 3 * abi::page_bytes); // 16
    Cast cast{scene};
    auto& t = *a.thread;
    constexpr auto read = static_cast<Word>(abi::Protection::read);
    constexpr auto write = static_cast<Word>(abi::Protection::read_write);
    constexpr auto execute = static_cast<Word>(abi::Protection::read_execute);
    cast.call<abi::PoolMint>(t, at::pool, {17, 16, 1, 1, 2}); // two pages, readable
    cast.call<abi::PoolMint>(t, at::pool, {17, 16, all, 0, 3});
    cast.call<abi::PoolMint>(t, at::pool, {17, 16, 1, 0, 3});
    cast.call<abi::PoolDelete>(t, at::pool, {16});
    cast.call<abi::PoolDelete>(t, at::pool, {17});
    cast.call<abi::PoolRevoke>(t, at::pool, {16});
    cast.call<abi::PoolRevoke>(t, at::pool, {at::space});
    for (unsigned const space : {unsigned{at::space}, 11u}) {
        cast.call<abi::SpaceAttach>(t, space, {16, 0});
        cast.call<abi::SpaceAttach>(t, space, {17, 0});
        cast.call<abi::SpaceDetach>(t, space, {1});
        cast.call<abi::SpaceMap>(t, space, {1, 0, 0, 3, write, 0});
        cast.call<abi::SpaceMap>(t, space, {1, 1, 0, 2, read, 0});
        cast.call<abi::SpaceUnmap>(t, space, {0, 2});
        cast.call<abi::SpaceProtect>(t, space, {0, 3, read});
    }
    cast.call<abi::SpaceAttach>(t, at::space, {16, 1});
    cast.call<abi::SpaceDetach>(t, at::space, {2});
    cast.call<abi::SpaceMap>(t, at::space, {1, 4, 2, 1, write, 0});
    cast.call<abi::SpaceMap>(t, at::space, {1, 1, 2, 1, execute, 1});
    cast.call<abi::SpaceMap>(t, at::space, {2, 0, 0, 2, read, 1});
    cast.call<abi::SpaceMap>(t, at::space, {2, 3, 0, 1, write, 0});
    cast.call<abi::SpaceMap>(t, at::space, {1, 3, 3, 1, read, 0});
    cast.call<abi::SpaceMap>(t, at::space, {1, 3, 1, 1, 7, 0}); // writable and executable
    cast.call<abi::SpaceUnmap>(t, at::space, {4, 1});
    cast.call<abi::SpaceProtect>(t, at::space, {0, 4, write});
    cast.call<abi::SpaceProtect>(t, at::space, {4, 1, 0});
    cast.call<abi::SpaceGuard>(t, at::space, {2, 2, 1});
    cast.call<abi::SpaceGuard>(t, at::space, {2, 2, 0});
    cast.call<abi::SpaceGuard>(t, at::space, {4, 1, 1});
    cast.call<abi::SpaceMap>(t, at::space, {1, 2, 0, 1, read, 1}); // where a guard may be
    cast.call<abi::SpaceCopyMappings>(t, at::space, {11, 0, 4, 1});
    cast.call<abi::SpaceCopyMappings>(t, 11, {at::space, 0, 4, 1});
    cast.call<abi::SpaceCopyMappings>(t, 11, {at::space, 4, 1, 0});
    cast.call<abi::PoolDelete>(t, at::pool, {11});
    cast.call<abi::ProcessKill>(t, 13, {1});
    cast.call<abi::UntypedRetype>(t, at::untyped, {kind(Kind::memory), abi::page_bytes, 0, 16});
}

// ---- threads, processes, timers ----------------------------------------------------------------

void lives(Scene& scene) {
    auto& world = *scene.world;
    auto& a = world.add_program({.bytes = program_bytes});
    auto& b = world.add_program({.bytes = program_bytes});
    give(b, at::process, a, 13);
    give(b, at::thread, a, 11);
    world.make(a, Kind::thread);                  // 16
    world.make(a, Kind::sched_context);           // 17
    world.make(a, Kind::notification);            // 18
    world.make(a, Kind::timer);                   // 19
    world.make(a, Kind::memory, abi::page_bytes); // 20
    give(a, 18, b, 18);
    give(a, 18, a, 21, abi::mask(abi::NotificationRights::signal), 8);
    Cast cast{scene};
    auto& t = *a.thread;
    auto& u = *b.thread;
    auto& fresh = world.object<Thread>(a, a[16]);
    cast.call<abi::ThreadConfigure>(t, 16, {13, 20, 0, 0});
    cast.call<abi::ThreadConfigure>(t, 16, {13, 0, 0, 0});
    cast.call<abi::ThreadConfigure>(t, 16, {13, 20, 1, 0});
    cast.call<abi::ThreadBindContext>(t, 16, {17});
    cast.call<abi::ThreadBindContext>(t, 16, {0});
    cast.call<abi::ThreadBindContext>(t, 11, {17});
    cast.call<abi::ThreadSetPriority>(t, 16, {120});
    cast.call<abi::ThreadSetPriority>(t, 11, {90});
    cast.call<abi::PoolMint>(t, at::pool, {22, 11, all, 100, 0}); // a ceiling
    cast.call<abi::PoolMint>(t, at::pool, {23, 22, all, 110, 0});
    cast.call<abi::ThreadSetPriority>(t, 22, {110});
    cast.call<abi::PoolRevoke>(t, at::pool, {20});
    cast.call<abi::PoolRevoke>(u, at::pool, {at::space});
    for (unsigned const slot : {16u, 11u}) {
        cast.call<abi::ThreadResume>(t, slot);
        cast.call<abi::ThreadSuspend>(t, slot);
        cast.call<abi::ThreadKick>(t, slot);
    }
    cast.call<abi::ThreadBindNotification>(t, 16, {18});
    cast.call<abi::ProcessStop>(t, 13);
    cast.call<abi::ProcessStart>(t, 13);
    cast.call<abi::ProcessKill>(t, 13, {3});
    cast.call<abi::ProcessBindEnd>(t, 13, {18, 2});
    cast.call<abi::ProcessBindEnd>(t, 13, {21, 2});
    cast.call<abi::TimerArm>(t, 19, {1, 18, 4});
    cast.call<abi::TimerArm>(t, 19, {3, 21, 4});
    cast.call<abi::TimerCancel>(t, 19);
    cast.call<abi::NotificationWait>(t, 18);
    cast.call<abi::NotificationWait>(u, 18, {2});
    cast.call<abi::NotificationPoll>(t, 18);
    cast.call<abi::NotificationSignal>(t, 21, {1});
    cast.call<abi::NotificationWait>(t, 21);
    cast.call<abi::ThreadExit>(u, 0);
    cast.call<abi::ProcessExit>(u, 0, {5});
    cast.call<abi::ThreadExit>(fresh, 0);
    cast.call<abi::NotificationWait>(fresh, 18);
    cast.call<abi::ThreadSuspend>(u, at::thread);
    for (Word const slot : {11u, 13u, 16u, 17u, 18u, 19u, 20u})
        cast.call<abi::PoolDelete>(t, at::pool, {slot});
    cast.call<abi::PoolRevoke>(t, at::pool, {18});
    cast.call<abi::PoolRevoke>(u, at::pool, {at::untyped});
    cast.call<abi::PoolDelete>(u, at::pool, {at::process});
    cast.call<abi::PoolDelete>(u, at::pool, {at::space});
    cast.call<abi::PoolDelete>(u, at::pool, {at::pool});
    cast.other(Action::What::time);
}

// ---- interrupts of devices ---------------------------------------------------------------------

void interrupts(Scene& scene) {
    auto& world = *scene.world;
    auto& a = world.add_program({.bytes = program_bytes});
    auto& b = world.add_program({.priority = 110, .bytes = program_bytes});
    give_control(world, a);
    // 16, 17: a line by level; 18, 19: a line by edge; 20: a message.
    for (Word i = 0; i < 4; i++)
        world.call<abi::InterruptCreate>(a, a[at::control], a[at::untyped], i / 2, 1 - i / 2,
                                         Word{0}, abi::Place{{}, a.free_slot()});
    world.call<abi::InterruptCreateMessage>(a, a[at::control], a[at::untyped], Word{0}, Word{0},
                                            abi::Place{{}, a.free_slot()});
    world.make(a, Kind::notification); // 21
    world.make(a, Kind::notification); // 22
    give(a, 22, b, 22);
    give(a, 17, b, 17);
    give(a, 19, b, 19);
    for (std::uint16_t slot = 16; slot <= 20; slot++)
        world.call<abi::InterruptBind>(a, a[slot], a[slot % 2 ? 22 : 21], Word{1} << (slot - 16));
    Cast cast{scene};
    auto& t = *a.thread;
    auto& u = *b.thread;
    for (std::uint16_t slot = 16; slot <= 20; slot++) {
        cast.other(Action::What::interrupt, a.pool->slot(slot)->object);
        auto const& by = slot % 2 ? u : t;
        cast.call<abi::InterruptAcknowledge>(by, slot);
        cast.call<abi::InterruptMask>(by, slot);
        cast.call<abi::PoolDelete>(by, at::pool, {slot});
        cast.call<abi::InterruptBind>(by, slot, {22, 0x40});
    }
    cast.call<abi::NotificationWait>(t, 21);
    cast.call<abi::NotificationPoll>(t, 21);
    cast.call<abi::NotificationWait>(u, 22);
    cast.call<abi::NotificationPoll>(u, 22);
    cast.call<abi::PoolRevoke>(t, at::pool, {21});
    cast.call<abi::PoolRevoke>(t, at::pool, {22});
    cast.call<abi::PoolDelete>(t, at::pool, {17});
    cast.call<abi::PoolDelete>(t, at::pool, {21});
    cast.call<abi::PoolRevoke>(t, at::pool, {17});
}

// ---- calls that are interrupted half-way, and what others do in between ------------------------

void interrupted(Scene& scene) {
    auto& world = *scene.world;
    auto& a = world.add_program({.bytes = program_bytes});
    auto& b = world.add_program({.bytes = program_bytes});
    give(b, at::pool, a, 10);
    world.make(a, Kind::untyped, 8 << 10); // 16
    world.make(a, Kind::endpoint);         // 17
    give(a, 17, a, 18);
    give(a, 17, b, 16);
    give(b, 16, b, 17);
    world.make(b, Kind::reply);                       // 18
    world.make(a, Kind::memory, 2 * abi::page_bytes); // 19
    give(a, 19, b, 20);
    give(a, at::thread, b, 24);
    world.call<abi::SpaceAttach>(b, b[at::space], b[20], Word{1});
    world.call<abi::SpaceMap>(b, b[at::space], Word{1}, address_of(0), Word{0}, Word{2},
                              abi::Protection::read, abi::RunOperation::replace);
    Cast cast{scene};
    auto& t = *a.thread;
    auto& u = *b.thread;
    for (Word const slot : {16u, 17u, 19u}) {
        cast.call<abi::PoolRevoke>(t, at::pool, {slot});
        cast.call<abi::PoolDelete>(t, at::pool, {slot});
    }
    cast.call<abi::UntypedRetype>(t, 16, {kind(Kind::endpoint), 0, 0, 21});
    cast.call<abi::UntypedRetype>(t, 16, {kind(Kind::untyped), 4096, 0, 22});
    cast.call<abi::UntypedRetype>(t, 22, {kind(Kind::notification), 0, 0, 23});
    cast.call<abi::PoolCopy>(t, at::pool, {24, 17, all});
    cast.call<abi::PoolDelete>(t, at::pool, {22});
    cast.call<abi::Reap>(t, 0);
    cast.call<abi::PoolRevoke>(t, 10, {16});
    cast.call<abi::PoolCopy>(u, at::pool, {21, 16, all});
    cast.call<abi::PoolMint>(u, at::pool, {22, 17, all, 5, 0});
    cast.call<abi::PoolMove>(u, at::pool, {23, 16});
    cast.call<abi::PoolRevoke>(u, at::pool, {16});
    cast.call<abi::PoolDelete>(u, at::pool, {16});
    cast.call<abi::PoolDelete>(u, at::pool, {17});
    cast.call<abi::SpaceMap>(u, at::space, {1, 0, 0, 2, 1, 1});
    cast.call<abi::SpaceAttach>(u, at::space, {20, 2});
    cast.call<abi::SpaceDetach>(u, at::space, {1});
    cast.message<abi::EndpointReceive>(u, 16, 18);
    cast.message<abi::EndpointSend>(t, 17, 0, abi::MessageTag::flag_wait_for_server);
    cast.call<abi::EndpointServe>(u, 17, {1});
    cast.call<abi::ThreadSuspend>(u, 24);
    cast.call<abi::ThreadResume>(u, 24);
    cast.call<abi::Reap>(u, 0);
    scene.driver->interrupt();
}

constexpr SceneMaker all_scenes[] = {
    {"capabilities", 6, capabilities},
    {"messages", 5, messages},
    {"lending", 6, lending},
    {"budgets", 5, budgets},
    {"keepers", 5, keepers},
    {"pages", 5, pages},
    {"lives", 4, lives},
    {"interrupts", 5, interrupts},
    {"interrupted", 5, interrupted},
};

} // namespace

std::span<SceneMaker const> scenes() { return all_scenes; }

} // namespace model
