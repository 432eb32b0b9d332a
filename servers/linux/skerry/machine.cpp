#include <servers/linux/skerry/machine.hpp>

#include <servers/linux/fs/svc/service_link.hpp>
#include <servers/linux/process/task.hpp>

#include <runtime/environment.hpp>
#include <runtime/log.hpp>
#include <runtime/message_page.hpp>
#include <runtime/start_page.hpp>

#include <cpuid.h>
#include <cstring>
#include <utility>

namespace personality {

namespace {

using runtime::AddressSpace;
using runtime::Owned;

using runtime::SchedContext;
using runtime::Thread;

abi::CapAddress cap(auto handle) { return abi::CapAddress(handle.raw); }

runtime::Untyped objects() { return runtime::Untyped(runtime::environment().objects); }

/// Whatever the kernel lacks to make something is memory to a program.
template <class T> Result<T> or_no_memory(base::Result<T> result) {
    if (!result) return fail(Errno::nomem);
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return std::move(*result);
}

template <class V> void remove(abi::CapAddress address) { Owned<V>(address).reset(); }

abi::MessageTag answer_tag(abi::ReplyKind kind, std::uint32_t words, bool clear_kick) {
    auto const tag = abi::MessageTag(0, words).with(kind);
    return clear_kick ? tag.with(abi::MessageTag::flag_clear_kick) : tag;
}

void put_registers(Registers const& registers) {
    auto& page = runtime::message_page();
    page.registers = registers.file;
    std::memcpy(page.extended_state, registers.extended, sizeof(page.extended_state));
}

} // namespace

SkerryMachine::SkerryMachine(Places const& places, std::span<SharedMemory const> memory)
    : places_(places), memory_(memory) {
    auto const slot = runtime::allocate_slot();
    bool made = slot.has_value() && add_reply().has_value();
    for (std::uint32_t i = 0; i < places.processors && made; i++) {
        auto keeper = objects().make<runtime::Endpoint>();
        made = keeper.has_value() && add_reply().has_value();
        if (made) keepers_[i] = keeper->release();
    }
    if (!made) runtime::give_up("no memory for the first objects");
    badge_slot_ = *slot;
}

bool SkerryMachine::numbered() const {
    constexpr unsigned extended = 0x8000'0001, rdtscp = 1U << 27;
    unsigned a = 0, b = 0, c = 0, d = 0;
    return places_.real == places_.processors && __get_cpuid(extended, &a, &b, &c, &d) != 0 &&
           (d & rdtscp) != 0;
}

base::Result<> SkerryMachine::place(SchedContext context, std::uint32_t processor) const {
    if (places_.real == 1) return {};
    return places_.time.set_budget(context, 0, 0, processor % places_.real);
}

// ---- spaces

Result<SpaceHandle> SkerryMachine::make_space() {
    auto space = TRY(or_no_memory(objects().make<AddressSpace>()));
    for (auto const& shared : memory_)
        TRY(or_no_memory(space.attach(shared.memory, shared.attachment)));
    return SpaceHandle{space.release().address().raw};
}

void SkerryMachine::destroy(SpaceHandle space) { remove<AddressSpace>(cap(space)); }

Result<> SkerryMachine::map(SpaceHandle space, std::uint64_t address, Frame first,
                            std::size_t pages, abi::Protection protection) {
    auto const done = AddressSpace(cap(space))
                          .map(frames->attachment(first), address, frames->offset(first), pages,
                               protection, abi::RunOperation::replace);
    if (done.error != abi::Error::ok) return fail(Errno::nomem);
    return {};
}

void SkerryMachine::unmap(SpaceHandle space, std::uint64_t address, std::size_t pages) {
    if (!AddressSpace(cap(space)).unmap(address, pages))
        runtime::give_up("a program's pages can't be unmapped");
}

void SkerryMachine::protect(SpaceHandle space, std::uint64_t address, std::size_t pages,
                            abi::Protection protection) {
    // If the kernel refuses, what it has is taken away: the next fault brings it back as it should
    // be.
    if (!AddressSpace(cap(space)).protect(address, pages, protection)) unmap(space, address, pages);
}

Result<> SkerryMachine::copy_mappings(SpaceHandle to, SpaceHandle from, std::uint64_t address,
                                      std::size_t pages, bool write_protect) {
    TRY(or_no_memory(AddressSpace(cap(to)).copy_mappings(AddressSpace(cap(from)), address, pages,
                                                         write_protect)));
    return {};
}

// ---- processes

Result<ProcessHandle> SkerryMachine::make_process(SpaceHandle space, std::string_view name) {
    auto process = TRY(or_no_memory(objects().make<runtime::Process>()));
    TRY(or_no_memory(process.configure({}, cap(space), runtime::Process::Abi::foreign)));
    TRY(or_no_memory(process.name(name)));
    TRY(or_no_memory(process.start()));
    return ProcessHandle{process.release().address().raw};
}

Result<> SkerryMachine::set_space(ProcessHandle handle, SpaceHandle space, std::string_view name) {
    runtime::Process const process(cap(handle));
    TRY(or_no_memory(process.name(name)));
    TRY(or_no_memory(process.stop()));
    auto const done =
        or_no_memory(process.configure({}, cap(space), runtime::Process::Abi::foreign));
    TRY(or_no_memory(process.start()));
    return done;
}

void SkerryMachine::destroy(ProcessHandle process) { remove<runtime::Process>(cap(process)); }

// ---- threads

Result<> SkerryMachine::set_keeper(Thread thread, abi::Word badge, std::uint32_t processor) {
    // A capability of the keeper with the task's badge; the thread's own is made from it, and stays
    // when ours goes.
    constexpr auto rights = abi::mask(abi::EndpointRights::send);
    auto const minted = runtime::CapPool(runtime::own_pool)
                            .mint(badge_slot_, keepers_[processor].address(), rights, badge);
    TRY(or_no_memory(minted));
    auto const set = or_no_memory(thread.set_keeper(*minted));
    static_cast<void>(runtime::CapPool(runtime::own_pool).remove(*minted));
    return set;
}

Result<ThreadHandle> SkerryMachine::make_thread(ProcessHandle process, Task& task,
                                                std::uint32_t processor) {
    auto thread = TRY(or_no_memory(objects().make<Thread>()));
    auto time = TRY(or_no_memory(objects().make<SchedContext>()));
    if (auto const joined = thread.configure(cap(process), {}, 0); !joined)
        return fail(joined.error() == abi::Error::out_of_range ? Errno::again : Errno::nomem);
    TRY(or_no_memory(thread.set_priority(program_priority)));
    TRY(or_no_memory(place(time.view(), processor)));
    TRY(or_no_memory(thread.bind_context(time.address())));
    // One for each thread that may wait, one for each processor's next receive, one to change over.
    if (made_replies_ < threads_ + processors() + 2) TRY(add_reply());
    auto const badge = badges_.add(task);
    if (badge == 0) return fail(Errno::again);
    if (auto const set = set_keeper(thread.view(), badge, processor); !set) {
        badges_.remove(badge);
        return fail(set.error());
    }
    threads_++;
    return ThreadHandle{thread.release().address().raw, time.release().address().raw, badge};
}

bool SkerryMachine::move(ThreadHandle handle, std::uint32_t processor) {
    // From here on it calls the other thread of ours, from wherever it is.
    return set_keeper(Thread(cap(handle)), handle.badge, processor) &&
           place(SchedContext(abi::CapAddress(handle.time)), processor);
}

void SkerryMachine::start(ThreadHandle handle, Registers const& registers) {
    Thread const thread(cap(handle));
    put_registers(registers);
    if (!thread.write_registers() || !thread.resume()) log("a new thread can't run\n");
}

void SkerryMachine::destroy(ThreadHandle thread) {
    remove<Thread>(cap(thread));
    badges_.remove(thread.badge);
    threads_--;
    remove<SchedContext>(abi::CapAddress(thread.time));
}

void SkerryMachine::kick(ThreadHandle thread) { static_cast<void>(Thread(cap(thread)).kick()); }

void SkerryMachine::read(ThreadHandle thread, Registers& registers) {
    if (!Thread(cap(thread)).read_registers()) return;
    auto const& page = runtime::message_page();
    registers.file = page.registers;
    std::memcpy(registers.extended, page.extended_state, sizeof(registers.extended));
}

void SkerryMachine::set_priority(ThreadHandle thread, std::uint32_t rank) {
    // The ranks of Linux share the levels there are.
    constexpr abi::Word levels = highest_program_priority - program_priority;
    constexpr abi::Word ranks = 99;
    auto const priority = program_priority + (rank * levels + ranks - 1) / ranks;
    static_cast<void>(Thread(cap(thread)).set_priority(priority));
}

std::uint64_t SkerryMachine::processor_time(ThreadHandle thread) {
    auto const used = SchedContext(abi::CapAddress(thread.time)).used();
    return used ? *used : 0;
}

// ---- answers

Result<> SkerryMachine::add_reply() {
    if (made_replies_ == most_replies) return fail(Errno::again);
    auto reply = TRY(or_no_memory(objects().make<runtime::Reply>()));
    replies_[free_replies_++] = reply.release().address();
    made_replies_++;
    return {};
}

runtime::Reply SkerryMachine::take_reply() {
    return runtime::Reply(std::exchange(replies_[--free_replies_], {}));
}

void SkerryMachine::return_reply(runtime::Reply reply) {
    replies_[free_replies_++] = reply.address();
}

void SkerryMachine::answer(ReplyHandle handle, std::int64_t result, bool clear_kick) {
    runtime::Reply const reply(cap(handle));
    static_cast<void>(reply.send(answer_tag(abi::ReplyKind::result, 1, clear_kick),
                                 static_cast<abi::Word>(result)));
    return_reply(reply);
}

void SkerryMachine::answer(ReplyHandle handle, Registers const& registers, bool clear_kick) {
    runtime::Reply const reply(cap(handle));
    put_registers(registers);
    static_cast<void>(reply.send(answer_tag(abi::ReplyKind::registers, 0, clear_kick)));
    return_reply(reply);
}

void SkerryMachine::drop(ReplyHandle reply) { return_reply(runtime::Reply(cap(reply))); }

// ---- the rest

void SkerryMachine::log(std::string_view text) { runtime::log_text(text); }

void SkerryMachine::power_off(std::uint32_t) {
    if (supervisor == nullptr || !supervisor->ask(protocols::services::Action::power_off, 0))
        runtime::give_up("nobody here can stop the machine");
}

} // namespace personality
