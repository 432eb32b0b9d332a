#include <servers/supervisor/builder.hpp>

#include <servers/supervisor/giving.hpp>
#include <servers/supervisor/journal.hpp>

#include <abi/boot.hpp>
#include <runtime/object/control.hpp>

#include <algorithm>
#include <cstring>

namespace supervisor {

namespace {

namespace slot = protocols::start_slot;

constexpr abi::CapAddress boot_cap(std::uint16_t number) { return {number, 1}; }

/// Zeroes, then the parts of the file that are not used in place.
void fill_memory(Service& service) {
    auto const bytes = service.holdings.own_view.bytes();
    std::memset(bytes.data(), 0, bytes.size());
    for (auto const& copy : service.plan->copies())
        std::memcpy(bytes.subspan(copy.own_offset, copy.bytes).data(),
                    service.program.file.subspan(copy.file_offset, copy.bytes).data(), copy.bytes);
}

base::Result<> make_objects(Service& service) {
    auto& incarnation = service.incarnation;
    auto const objects = service.holdings.objects;
    service.built = true; // from here on there is something to take apart
    TRY(incarnation.pool.make(objects));
    TRY(incarnation.space.make(objects));
    TRY(incarnation.process.make(objects));
    TRY(incarnation.thread.make(objects));
    TRY(incarnation.context.make(objects));
    if (service.entry->budget_ns != 0)
        TRY(runtime::Control(boot_cap(abi::boot_slot::control))
                .set_budget(incarnation.context.view(), service.entry->budget_ns,
                            service.entry->period_ns, 0));
    auto const process = incarnation.process.view();
    TRY(process.configure(incarnation.pool.view().address(), incarnation.space.view().address(),
                          runtime::Process::Abi::native));
    TRY(process.name(service.name()));
    auto& own = service.holdings.own;
    TRY(own.lent.copy(own.memory));
    return {};
}

base::Result<> map_image(Child& child, Records const& records) {
    auto& service = child.service();
    auto const own = TRY(child.attach(service.holdings.own.lent.view()));
    auto const text = TRY(child.attach(service.holdings.text));
    for (auto const& it : service.plan->mappings()) {
        bool const in_place = it.from == PlannedMapping::From::program;
        TRY(child.map(in_place ? text : own, it.address, it.page, it.pages, it.protection));
    }
    TRY(child.guard(service.plan->stack_address() - abi::page_bytes));

    auto const i = service.index;
    TRY(child.map_whole(runtime::Memory(boot_cap(abi::boot_slot::clock)),
                        protocols::clock_page_address, abi::page_bytes, abi::Protection::read));
    TRY(child.map_whole(records.status_page(i), protocols::status_page_address, abi::page_bytes,
                        abi::Protection::read_write));
    return child.map_whole(records.log_ring(i), protocols::log_ring_address, records.log_bytes(i),
                           abi::Protection::read_write);
}

base::Result<> give_own_objects(Child& child) {
    auto& service = child.service();
    auto const& incarnation = service.incarnation;
    TRY(child.copy_to(slot::pool, incarnation.pool.view().address()));
    TRY(child.copy_to(slot::process, incarnation.process.view().address()));
    TRY(child.copy_to(slot::space, incarnation.space.view().address()));
    // The ceiling of its priority is the priority itself.
    TRY(child.mint_to(slot::thread, incarnation.thread.view().address(), abi::all_rights,
                      service.entry->priority));
    TRY(child.copy_to(slot::context, incarnation.context.view().address()));
    // Its threads have no higher ceiling; beside a budget there is no other time.
    auto const limited = service.entry->budget_ns != 0;
    TRY(child.mint_to(slot::objects, service.holdings.objects.address(),
                      limited ? abi::mask(abi::UntypedRights::retype) : abi::all_rights,
                      service.entry->priority));
    TRY(child.copy_to(slot::events, service.holdings.events.address()));
    TRY(child.copy_to(slot::endpoint, service.holdings.endpoint.address()));
    if ((service.entry->control & abi::mask(abi::ControlRights::log)) != 0)
        TRY(child.copy_to(slot::log, boot_cap(abi::boot_slot::control),
                          abi::mask(abi::ControlRights::log)));
    return child.mint_to(slot::message, service.holdings.own.lent.view().address(), abi::all_rights,
                         LayoutPlan::message_page, 1);
}

base::Result<> run(World const& world, Service& service) {
    auto const& incarnation = service.incarnation;
    auto const& holdings = service.holdings;
    auto const thread = incarnation.thread.view();
    auto const process = incarnation.process.view();
    bool const fpu_free =
        (service.entry->flags & protocols::manifest::service_flags::fpu_free) != 0;
    TRY(thread.configure(process.address(), holdings.own.lent.view().address(),
                         LayoutPlan::message_page, fpu_free ? runtime::Thread::fpu_free : 0));
    TRY(thread.set_keeper(holdings.keeper.address()));
    TRY(thread.set_priority(service.entry->priority));
    TRY(thread.bind_notification(holdings.events.address()));
    TRY(thread.bind_context(incarnation.context.view().address()));
    TRY(process.bind_end(world.events.address(), world.end_bit(service.index)));

    abi::RegisterFile registers{};
    registers.rip = service.plan->entry();
    registers.rsp = protocols::stack_top;
    registers.rflags = 0x202;
    TRY(thread.write_registers(registers));
    TRY(process.start());
    return thread.resume();
}

/// What was made in our own slots went with the revoke of what it was made of.
void forget(Service& service) {
    auto& incarnation = service.incarnation;
    incarnation.pool.forget();
    incarnation.space.forget();
    incarnation.process.forget();
    incarnation.thread.forget();
    incarnation.context.forget();
    service.holdings.own.lent.forget();
    for (auto& piece : service.holdings.ram) piece.lent.forget();
}

/// Empties the slot of `lent` and whatever hangs below it.
void take_back(LentMemory& memory) {
    runtime::CapPool const pool(runtime::own_pool);
    if (!memory.lent.view()) return;
    (void)pool.revoke(memory.lent.view().address());
    (void)pool.remove(memory.lent.view().address());
}

} // namespace

base::Result<> build(World& world, Service& service) {
    fill_memory(service);
    world.records.clear_status(service.index);
    TRY(make_objects(service));
    auto& page = *reinterpret_cast<protocols::StartPage*>(service.holdings.own_view.bytes().data());
    Child child(service, page);
    TRY(map_image(child, world.records));
    TRY(give_own_objects(child));
    TRY(give_sessions(world, child));
    TRY(give_resources(world, child));
    auto const& boot = *runtime::environment().boot;
    child.finish_page({boot.command_line,
                       std::min<std::size_t>(boot.command_line_bytes, sizeof boot.command_line)});
    return run(world, service);
}

void take_apart(Service& service) {
    if (!service.built) return;
    runtime::CapPool const pool(runtime::own_pool);
    // Everything of the incarnation was made of its Untyped, what it made itself included.
    if (auto const done = pool.revoke(service.holdings.objects.address()); !done)
        note("{}: taking apart: {}", service.name(), done.error());
    take_back(service.holdings.own);
    for (auto& piece : std::span(service.holdings.ram).first(service.holdings.ram_pieces))
        take_back(piece);
    forget(service);
    service.built = false;
}

} // namespace supervisor
