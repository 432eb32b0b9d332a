// The right capability, and arguments that make no sense: absurd numbers, misaligned and foreign
// addresses, capabilities of the wrong kind in second place, objects in the wrong state. Each must
// be refused.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>
#include <tests/attack/pool_photo.hpp>
#include <tests/attack/raw.hpp>
#include <tests/attack/zoo.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/own.hpp>

#include <array>

namespace attack {

namespace {

using abi::Error;
using abi::Word;
using lab::must;

constexpr Word top = Word{1} << 63;
constexpr Word all = ~Word{0};
constexpr Word kernel_half = 0xffff'8000'0000'0000;
constexpr Word first_hole = 0x0000'8000'0000'0000;
constexpr Word page = abi::page_bytes;

Word place(std::uint16_t slot) { return abi::encode(abi::Place{{}, slot}); }
template <class E> Word word(E value) { return static_cast<Word>(value); }

/// The calls of one kind of object, under one test name.
struct Group {
    Outcome outcome;
    Word const before = pool_photo();
    int count = 0;

    explicit Group(std::string_view name) : outcome(name) {}
    ~Group() { outcome.expect(pool_photo() == before, "a refused call changed the pool"); }

    template <class C> void refused(abi::CapAddress target, std::initializer_list<Word> words) {
        runtime::Line what;
        what.put("case {}, call {}", ++count, runtime::hex(C::number));
        outcome.expect_refused(raw_call<C>(target, words), what.text());
    }
    template <class C>
    void error(Error wanted, abi::CapAddress target, std::initializer_list<Word> words) {
        runtime::Line what;
        what.put("case {}, call {}", ++count, runtime::hex(C::number));
        outcome.expect(wanted, raw_call<C>(target, words), what.text());
    }
};

void untyped(Zoo const& zoo, std::uint16_t slot) {
    Group on("attack/arguments/untyped");
    auto const target = zoo.untyped.address();
    auto const retype = [&](Word kind, Word size, Word records, Word where, Word cache) {
        on.refused<abi::UntypedRetype>(target, {kind, size, records, where, cache});
    };
    auto const memory = word(abi::Kind::memory);
    for (Word const kind :
         {Word{0}, word(abi::Kind::interrupt), word(abi::Kind::io_ports), word(abi::Kind::reserved),
          word(abi::Kind::control), word(abi::Kind::attachment), Word{abi::kind_count}, Word{255},
          Word{256 + 7}, all})
        retype(kind, 0, 0, place(slot), 0);
    for (Word const size : {Word{0}, Word{1}, page - 1, page + 1, Word{1} << 43, Word{1} << 44,
                            Word{1} << 52, top, top + page, all, all - page + 1})
        retype(memory, size, 0, place(slot), 0);
    for (Word const size : {Word{0}, Word{2048}, 3 * page, Word{1} << 30, top, all})
        retype(word(abi::Kind::untyped), size, 0, place(slot), 0);
    for (Word const cache : {Word{3}, Word{255}, Word{256}, all})
        retype(memory, page, 0, place(slot), cache);
    retype(word(abi::Kind::endpoint), page, 0, place(slot), 0);
    retype(word(abi::Kind::endpoint), 0, 0, place(slot), 1);
    retype(memory, page, zoo.endpoint.address().raw, place(slot), 0);
    retype(memory, page, all, place(slot), 0);
    retype(memory, page, top | target.raw, place(slot), 0);
    retype(memory, page, 0, place(0), 0);
    retype(memory, page, 0, place(1), 0);
    retype(memory, page, 0, place(0xffff), 0);
    retype(memory, page, 0, top | place(slot), 0);
    retype(memory, page, 0, abi::encode(abi::Place{zoo.endpoint.address(), slot}), 0);
    retype(memory, page, 0, abi::encode(abi::Place{zoo.pool.address(), 300}), 0);
}

void pools(Zoo const& zoo, std::uint16_t slot) {
    Group on("attack/arguments/cap-pool");
    auto const own = runtime::own_pool;
    auto const source = Word{zoo.endpoint.address().raw};
    for (Word const number :
         {Word{0}, Word{1}, Word{0x7fff}, Word{0xffff}, Word{0x10000} | slot, top | slot, all}) {
        on.refused<abi::PoolCopy>(own, {number, source, 0xff});
        on.refused<abi::PoolMint>(own, {number, source, 0xff, 1, 0});
        on.refused<abi::PoolMove>(own, {number, source});
    }
    for (Word const from : {Word{0}, Word{slot}, Word{0xffff'ffff}, top | source, all}) {
        on.refused<abi::PoolCopy>(own, {slot, from, 0xff});
        on.refused<abi::PoolMint>(own, {slot, from, 0xff, 1, 0});
        on.refused<abi::PoolMove>(own, {slot, from});
        on.refused<abi::PoolDelete>(own, {from});
        on.refused<abi::PoolRevoke>(own, {from});
        on.refused<abi::PoolGrow>(own, {from});
    }
    on.refused<abi::PoolCopy>(own, {slot, source, 0x100});
    // What can't be narrowed, and what can't be widened.
    on.refused<abi::PoolMint>(own, {slot, zoo.untyped.address().raw, 0xff, 256, 0});
    on.refused<abi::PoolMint>(own, {slot, zoo.reply.address().raw, 0xff, 1, 0});
    auto const memory = Word{zoo.memory.address().raw};
    on.refused<abi::PoolMint>(own, {slot, memory, 0xff, 0, 0});
    on.refused<abi::PoolMint>(own, {slot, memory, 0xff, 0, Zoo::memory_pages + 1});
    on.refused<abi::PoolMint>(own, {slot, memory, 0xff, Zoo::memory_pages, 1});
    on.refused<abi::PoolMint>(own, {slot, memory, 0xff, all, 2});
    on.refused<abi::PoolMint>(own, {slot, memory, 0xff, 1, all});
    on.refused<abi::PoolMint>(own, {slot, memory, 0xff, Word{1} << 32, 1});
    auto const ports = Word{zoo.ports.address().raw};
    on.refused<abi::PoolMint>(own, {slot, ports, 0xff, 0, 1});
    on.refused<abi::PoolMint>(own, {slot, ports, 0xff, 0x2f8, 9});
    on.refused<abi::PoolMint>(own, {slot, ports, 0xff, 0x2f7, 2});
    on.refused<abi::PoolMint>(own, {slot, ports, 0xff, all, 2});
    on.refused<abi::PoolMint>(own, {slot, zoo.thread.address().raw, 0xff, 256, 0});
    on.refused<abi::PoolMint>(own, {slot, zoo.thread.address().raw, 0xff, all, 0});
    on.refused<abi::PoolGrow>(own, {zoo.endpoint.address().raw});
    on.refused<abi::PoolGrow>(zoo.pool.address(), {lab::kit().memory.address().raw});
    for (Word const number : {Word{0x7fff}, Word{0xffff}, Word{0x10001}, all})
        on.refused<abi::PoolInspect>(own, {number});
}

void processes(Zoo const& zoo) {
    Group on("attack/arguments/process");
    auto const target = zoo.process.address();
    auto const pool = Word{zoo.pool.address().raw};
    auto const space = Word{zoo.space.address().raw};
    on.refused<abi::ProcessConfigure>(target, {pool, space, 2});
    on.refused<abi::ProcessConfigure>(target, {pool, space, top});
    on.refused<abi::ProcessConfigure>(target, {space, pool, 0});
    on.refused<abi::ProcessConfigure>(target, {pool, 0, 0});
    on.refused<abi::ProcessConfigure>(target, {all, space, 0});
    on.error<abi::ProcessConfigure>(Error::bad_state, runtime::own_process, {pool, space, 0});
    on.refused<abi::ProcessBindEnd>(target, {0, 1});
    on.refused<abi::ProcessBindEnd>(target, {space, 1});
    on.refused<abi::ProcessBindEnd>(target, {top | zoo.notification.address().raw, 1});
}

void threads(Zoo const& zoo) {
    auto const fresh = must(zoo.untyped.make<runtime::Thread>(), "a thread");
    Group on("attack/arguments/thread");
    auto const target = zoo.thread.address();
    auto const process = Word{zoo.process.address().raw};
    on.refused<abi::ThreadConfigure>(target, {process, 0, 0, 0}); // it is configured
    on.refused<abi::ThreadConfigure>(fresh.address(), {process, 0, 0, 2});
    on.refused<abi::ThreadConfigure>(fresh.address(), {process, 0, 0, top});
    on.refused<abi::ThreadConfigure>(fresh.address(), {0, 0, 0, 0});
    on.refused<abi::ThreadConfigure>(fresh.address(), {zoo.pool.address().raw, 0, 0, 0});
    auto const memory = Word{zoo.memory.address().raw};
    for (Word const number : {Zoo::memory_pages, Zoo::memory_pages + 1, Word{1} << 52, top, all})
        on.refused<abi::ThreadConfigure>(fresh.address(), {process, memory, number, 0});
    on.refused<abi::ThreadConfigure>(fresh.address(), {process, process, 0, 0});
    on.refused<abi::ThreadSetKeeper>(target, {process});
    on.refused<abi::ThreadSetKeeper>(target, {all});
    for (Word const priority : {Word{256}, Word{0x10001}, top, all})
        on.refused<abi::ThreadSetPriority>(target, {priority});
    on.refused<abi::ThreadBindNotification>(target, {process});
    on.refused<abi::ThreadBindContext>(target, {process});
    on.error<abi::ThreadBindContext>(Error::already_bound, target, {runtime::first_context.raw});
    on.refused<abi::ThreadSetReceiveSlots>(target, {1, 5});
    on.refused<abi::ThreadSetReceiveSlots>(target, {1, all});
    on.refused<abi::ThreadSetReceiveSlots>(target, {0xffff, 2});
    on.refused<abi::ThreadSetReceiveSlots>(target, {0x10001, 1});
    on.refused<abi::ThreadReadRegisters>(runtime::first_thread, {});
    on.refused<abi::ThreadWriteRegisters>(runtime::first_thread, {});
    on.refused<abi::ThreadResume>(fresh.address(), {}); // it has no process
    on.refused<abi::ThreadSuspend>(fresh.address(), {});
}

void spaces(Zoo const& zoo, Word number) {
    Group on("attack/arguments/address-space");
    auto const space = zoo.space.address();
    auto const memory = Word{zoo.memory.address().raw};
    auto const writes = word(abi::Protection::read_write);

    on.refused<abi::SpaceAttach>(space, {memory, abi::max_attachments + 1});
    on.refused<abi::SpaceAttach>(space, {memory, all});
    on.refused<abi::SpaceAttach>(space, {memory, number});
    on.refused<abi::SpaceAttach>(space, {space.raw, 0});
    on.refused<abi::SpaceDetach>(space, {0});
    on.refused<abi::SpaceDetach>(space, {number + 1});
    on.refused<abi::SpaceDetach>(space, {Word{1} << 32 | number});
    on.refused<abi::SpaceDetach>(space, {all});

    for (Word const address : {Word{1}, page + 8, abi::user_end, first_hole, kernel_half, top,
                               all - page + 1, abi::user_end - page + 1}) {
        on.refused<abi::SpaceMap>(space, {number, address, 0, 1, writes, 0});
        on.refused<abi::SpaceUnmap>(space, {address, 1});
        on.refused<abi::SpaceProtect>(space, {address, 1, writes});
        on.refused<abi::SpaceTranslate>(space, {address, 1, 0});
        on.refused<abi::SpaceGuard>(space, {address, 1, 1});
    }
    for (Word const pages : {Word{1} << 36, Word{1} << 52, Word{1} << 62, top, all}) {
        on.refused<abi::SpaceMap>(space, {number, page, 0, pages, writes, 0});
        on.refused<abi::SpaceUnmap>(space, {page, pages});
        on.refused<abi::SpaceProtect>(space, {page, pages, writes});
        on.refused<abi::SpaceTranslate>(space, {page, pages, 0});
        on.refused<abi::SpaceGuard>(space, {page, pages, 1});
    }
    for (Word const offset : {Zoo::memory_pages, Word{1} << 32, Word{1} << 52, top, all})
        on.refused<abi::SpaceMap>(space, {number, page, offset, 1, writes, 0});
    on.refused<abi::SpaceMap>(space, {number, page, 0, Zoo::memory_pages + 1, writes, 0});
    for (Word const protection :
         {Word{2}, Word{4}, Word{6}, Word{7}, Word{8}, Word{256 + 3}, all}) {
        on.refused<abi::SpaceMap>(space, {number, page, 0, 1, protection, 0});
        on.refused<abi::SpaceProtect>(space, {page, 1, protection});
    }
    for (Word const operation : {Word{2}, Word{3}, Word{4}, Word{256}, all})
        on.refused<abi::SpaceMap>(space, {number, page, 0, 1, writes, operation});
    for (Word const attachment : {Word{0}, number + 1, Word{4096}, Word{1} << 32 | number, all}) {
        on.refused<abi::SpaceMap>(space, {attachment, page, 0, 1, writes, 0});
        on.refused<abi::SpaceApply>(space, {attachment, all});
    }
    on.refused<abi::SpaceApply>(space, {number, abi::runs_per_call + 1});
    on.refused<abi::SpaceTranslate>(space, {page, abi::translate_pages_per_call + 1, 0});
    on.refused<abi::SpaceTranslate>(space, {page, 1, 4});
    on.refused<abi::SpaceTranslate>(space, {page, 1, all});
    on.refused<abi::SpaceGuard>(space, {page, 1, 2});
    on.refused<abi::SpaceCopyMappings>(space, {space.raw, page, 1, 0});
    on.refused<abi::SpaceCopyMappings>(space, {runtime::own_space.raw, page, 1, 2});
    on.refused<abi::SpaceCopyMappings>(space, {memory, page, 1, 0});
    on.refused<abi::SpaceCopyMappings>(space, {runtime::own_space.raw, kernel_half, 1, 0});
}

void devices(Zoo const& zoo) {
    Group on("attack/arguments/devices");
    auto const events = Word{zoo.notification.address().raw};
    on.refused<abi::InterruptBind>(zoo.interrupt.address(), {0, 1});
    on.refused<abi::InterruptBind>(zoo.interrupt.address(), {zoo.endpoint.address().raw, 1});
    on.refused<abi::InterruptBind>(zoo.interrupt.address(), {top | events, 1});
    auto const ports = zoo.ports.address();
    for (Word const port : {Word{0}, Word{0x2f7}, Word{0x300}, Word{0x1'02f8}, top | 0x2f8, all}) {
        on.refused<abi::PortsRead>(ports, {port, 1});
        on.refused<abi::PortsWrite>(ports, {port, 1, 0});
    }
    for (Word const width : {Word{0}, Word{3}, Word{8}, Word{0x101}, all}) {
        on.refused<abi::PortsRead>(ports, {0x2f8, width});
        on.refused<abi::PortsWrite>(ports, {0x2f8, width, 0});
    }
    on.refused<abi::PortsRead>(ports, {0x2ff, 2});
    on.refused<abi::PortsRead>(ports, {0x2fe, 4});
    on.refused<abi::PortsRead>(ports, {0x2f9, 2});
    on.refused<abi::TimerArm>(zoo.timer.address(), {1, 0, 1});
    on.refused<abi::TimerArm>(zoo.timer.address(), {1, zoo.endpoint.address().raw, 1});
    on.refused<abi::ControlLog>(zoo.control.address(), {3073});
    on.refused<abi::ControlLog>(zoo.control.address(), {all});
    on.refused<abi::SetFsBase>({}, {abi::user_end});
    on.refused<abi::SetFsBase>({}, {first_hole});
    on.refused<abi::SetFsBase>({}, {kernel_half});
}

void device_spaces(Zoo const& zoo) {
    Group on("attack/arguments/dma-space");
    auto const space = zoo.device_space.address();
    auto const memory = Word{zoo.memory.address().raw};
    for (Word const address : {Word{1}, page - 1, top | 8, all})
        on.refused<abi::DmaMap>(space, {memory, address, 3});
    for (Word const protection : {Word{0}, Word{2}, Word{5}, Word{7}, Word{8}, top | 3, all})
        on.refused<abi::DmaMap>(space, {memory, 0, protection});
    for (Word const wrong : {Word{0}, Word{zoo.endpoint.address().raw}, top | memory, all})
        on.refused<abi::DmaMap>(space, {wrong, 0, 3});
    for (Word const address : {Word{0}, Word{1}, page, top, all})
        on.error<abi::DmaUnmap>(Error::not_mapped, space, {address});
    on.refused<abi::DmaBindFault>(space, {zoo.endpoint.address().raw, 1});
    on.refused<abi::DmaBindFault>(space, {all, 1});
    on.error<abi::DmaTakeFault>(Error::would_block, space, {});
    auto const control = zoo.control.address();
    for (Word const wrong : {Word{0}, Word{zoo.endpoint.address().raw}, all})
        on.refused<abi::DmaAttach>(control, {wrong, 0});
    for (Word const device : {Word{1} << 32, top, all}) {
        on.refused<abi::DmaAttach>(control, {space.raw, device});
        on.refused<abi::DmaRelease>(control, {device});
    }
    on.error<abi::DmaRelease>(Error::not_attached, control, {0xfff8});
}

void interrupts(Zoo const& zoo, std::uint16_t slot) {
    Group on("attack/arguments/interrupts");
    auto const control = zoo.control.address();
    auto const memory = Word{zoo.untyped.address().raw};
    for (Word const line : {Word{0xffff}, Word{0xffff'ffff}, Word{1} << 32 | 4, top | 4, all})
        on.error<abi::InterruptCreate>(Error::out_of_range, control,
                                       {memory, line, 0, 0, place(slot)});
    for (Word const flags : {Word{4}, top, all})
        on.error<abi::InterruptCreate>(Error::bad_argument, control,
                                       {memory, 4, flags, 0, place(slot)});
    for (Word const processor : {Word{64}, Word{1} << 32, all}) {
        on.error<abi::InterruptCreate>(Error::out_of_range, control,
                                       {memory, 4, 0, processor, place(slot)});
        on.error<abi::InterruptCreateMessage>(Error::out_of_range, control,
                                              {memory, 0, processor, place(slot)});
    }
    on.refused<abi::InterruptCreateMessage>(control, {memory, 0, 0, place(0)});
    on.refused<abi::InterruptCreateMessage>(control, {memory, 0, 0, all});
    on.error<abi::InterruptMessage>(Error::bad_state, zoo.interrupt.address(), {});
    on.error<abi::InterruptCreate>(Error::busy, control, {memory, 3, 1, 0, place(slot)});

    for (Word const device : {Word{1} << 32, top, all})
        on.error<abi::InterruptCreateMessage>(Error::out_of_range, control,
                                              {memory, device, 0, place(slot)});

    // All vectors, twice: what was given back is there again.
    std::size_t first = 0;
    for (int round = 0; round < 2; round++) {
        std::array<runtime::Owned<runtime::Interrupt>, 256> taken;
        std::size_t count = 0;
        auto error = Error::ok;
        while (count < taken.size() && error == Error::ok) {
            auto made = zoo.control.make_message_interrupt(zoo.untyped, 0);
            if (made)
                taken[count++] = *std::move(made);
            else
                error = made.error();
        }
        on.outcome.expect(Error::busy, error, "all vectors are taken");
        on.outcome.expect(round == 0 || count == first, "and given back");
        first = count;
    }
}

} // namespace

void attack_arguments() {
    Zoo const zoo;
    auto const slot = must(runtime::allocate_slot(), "slot");
    untyped(zoo, slot);
    pools(zoo, slot);
    processes(zoo);
    threads(zoo);
    auto const number = must(zoo.space.attach(zoo.memory), "attach");
    spaces(zoo, number);
    must(zoo.space.detach(number), "detach");
    devices(zoo);
    interrupts(zoo, slot);
    device_spaces(zoo);
    runtime::release_slot(slot);
}

} // namespace attack
