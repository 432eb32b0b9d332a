#include <kernel/ipc/keeper_reply.hpp>

#include <kernel/cap/derivation.hpp>
#include <kernel/ipc/copy_once.hpp>
#include <kernel/memory/address_space.hpp>
#include <kernel/sched/processor.hpp>
#include <kernel/trace/trace.hpp>

namespace kernel::ipc {

namespace {

/// The most pages that an answer may map: one table's worth.
constexpr std::uint64_t pages_per_answer = PageTables::entries;

} // namespace

/// Words 1 to 4 of an answer: attachment, Protection and RunOperation; address; page offset; pages.
base::Result<> map_for(Thread& thread, Frame const& words) {
    if (!thread.space) return base::fail(abi::Error::bad_state);
    if (words.r8 > pages_per_answer) return base::fail(abi::Error::out_of_range);
    auto const how = words.rsi;
    auto const mapping = AddressSpace::Mapping{
        .attachment = how & 0xffff,
        .address = {words.rdx},
        .offset = words.r10,
        .pages = words.r8,
        .protection = static_cast<abi::Protection>(how >> 16 & 0xf),
        .operation = static_cast<abi::RunOperation>(how >> 20 & 0xf),
    };
    return thread.space->map(mapping);
}

base::Result<abi::RegisterFile> registers_in(abi::MessagePage const& page) {
    auto const in = copy_once(page.registers);
    if (in.rip >= abi::user_end || in.rsp >= abi::user_end || in.fs_base >= abi::user_end ||
        in.gs_base >= abi::user_end)
        return base::fail(abi::Error::out_of_range);
    if (in.has_extended && !arch::ExtendedState::valid(page.extended_state))
        return base::fail(abi::Error::bad_argument);
    return in;
}

void write_registers(Thread& thread, abi::RegisterFile const& in, abi::MessagePage const& page) {
    unload(thread, true);
    if (in.has_extended) thread.extended.write(page.extended_state);
    // It does not go on with the call that it was in the middle of.
    if (thread.revokes) derivation::end_revoking(*thread.revokes);
    thread.progress = 0;
    thread.fs_base = in.fs_base;
    thread.gs_base = in.gs_base;
    arch::write_frame(thread.frame, in);
}

void read_registers(Thread& thread, abi::MessagePage& page) {
    unload(thread, true);
    arch::read_frame(thread.frame, page.registers);
    page.registers.fs_base = thread.fs_base;
    page.registers.gs_base = thread.gs_base;
    page.registers.has_extended = 1;
    thread.extended.read(page.extended_state);
}

base::Result<> answer_as_keeper(Thread& keeper, Reply& reply, abi::MessageTag tag) {
    auto& thread = *reply.caller;
    auto const kind = tag.reply_kind();
    if (kind > abi::ReplyKind::registers || tag.caps() > 0)
        return base::fail(abi::Error::bad_argument);
    if (kind == abi::ReplyKind::registers && !keeper.message_page)
        return base::fail(abi::Error::no_message_page);
    abi::RegisterFile registers;
    if (kind == abi::ReplyKind::registers) registers = TRY(registers_in(*keeper.message_page));
    if (tag.has(abi::MessageTag::flag_mapping)) TRY(map_for(thread, keeper.frame));
    if (kind == abi::ReplyKind::registers)
        write_registers(thread, registers, *keeper.message_page);
    else if (thread.sending == Sending::foreign) {
        if (kind == abi::ReplyKind::result)
            thread.frame.rax = keeper.frame.rdi;
        else
            arch::restart_call(thread.frame);
    }
    if (tag.has(abi::MessageTag::flag_clear_kick)) thread.kicked = false;
    trace::note(thread, trace::of(trace::Kind::answer));
    thread.leave_wait();
    thread.run();
    return {};
}

} // namespace kernel::ipc
