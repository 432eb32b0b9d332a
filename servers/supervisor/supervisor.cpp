#include <servers/supervisor/supervisor.hpp>

#include <runtime/clock.hpp>
#include <servers/supervisor/journal.hpp>
#include <servers/supervisor/provision.hpp>

#include <abi/boot.hpp>

#include <algorithm>

namespace supervisor {

namespace {

namespace manifest = protocols::manifest;
using namespace protocols::services;

constexpr abi::Word end_bits = abi::Word{0xffff} << 32;
constexpr abi::Word session_bits = 0xffff'ffff;

runtime::Control control() { return runtime::Control({abi::boot_slot::control, 1}); }

/// An end that somebody asked for is no failure.
bool by_request(Cause cause) { return cause == Cause::stopped; }

} // namespace

Supervisor::Supervisor(World& world, runtime::Endpoint faults)
    : world_(world), loop_(faults, world.events), restarts_(loop_, [this] { start_due(); }),
      looks_(loop_, [this] { look(); }) {
    own_row_.name = protocols::make_name("supervisor");
    own_row_.state = State::running;
    own_row_.incarnation = 1;
    own_row_.log_offset = world.records.log_offset(world.records.own());
    own_row_.log_bytes = world.records.log_bytes(world.records.own());
    open_desks();
    loop_.on_signal(end_bits | session_bits, [this](abi::Word bits) { signalled(bits); });
    loop_.on_message([this](runtime::Request& request) { faulted(request); });
    loop_.on_idle([this] {
        if (changed_) show_rows();
        bool more = false;
        for (auto& desk : desks_) more = more || (desk && !desk->desk.prepare_sleep());
        return more;
    });
}

void Supervisor::run() {
    own_row_.started_ns = runtime::now_ns();
    for (auto& service : world_.services)
        if (service.row.state != State::failed) start(service);
    looks_.after(look_every_ns);
    loop_.run();
}

// ---- ends --------------------------------------------------------------------------------------

void Supervisor::signalled(abi::Word bits) {
    for (auto& service : world_.services)
        if ((bits & world_.end_bit(service.index)) != 0) notice_end(service);
    if ((bits & session_bits) != 0) serve_desks();
}

void Supervisor::faulted(runtime::Request& request) {
    // The faulting thread is held and never answered: it goes with its process.
    auto reply = request.hold();
    for (auto& service : world_.services) {
        if (request.badge() != fault_badge(service.index) || !service.built) continue;
        End how;
        how.fault_kind = request.tag().kind();
        std::copy_n(request.words().begin(), std::size(how.fault), how.fault);
        how.cause =
            how.fault_kind == abi::MessageKind::page_fault ? Cause::page_fault : Cause::exception;
        how.detail = how.fault[0];
        end(service, how);
    }
    loop_.recycle(std::move(reply));
}

void Supervisor::notice_end(Service& service) {
    if (!service.built) return;
    auto const info = service.incarnation.process.view().inspect();
    if (!info) return;
    if (info->state == abi::ProcessState::ended)
        return end(service, {Cause::exit, info->exit_code});
    // It runs, and yet we are told: one of the threads that it made has failed, and had nobody to
    // tell it to.
    end(service, {Cause::exception, 0});
}

void Supervisor::end(Service& service, End const& how) {
    static constinit std::array<char, crash_bytes> text{};
    auto const now = runtime::now_ns();
    auto const process = service.incarnation.process.view();
    // We know already: the signal of this end would be taken for one of the successor's.
    (void)process.bind_end(world_.events.address(), 0);
    auto const registers = hold_still(service);
    // One that never came to its loop has not touched its device, nor perhaps looked at what its
    // own predecessor left half done: then that is still what the next one has to know.
    if (registers.known && world_.records.status(service.index).turns != 0) {
        service.has_predecessor = true;
        service.predecessor = registers.file;
    }
    auto const used = process.inspect();
    service.row.processor_ns = used ? used->time_ns : 0;
    service.row.cause = how.cause;
    service.row.detail = how.detail;
    service.row.ended_ns = now;
    if (by_request(how.cause)) {
        note("{} was stopped", service.name());
    } else {
        auto const record = write_record(service, registers, world_.records, how, now, text);
        service.row.crash_length = static_cast<std::uint32_t>(record.size());
        show_crash(service, record);
        note_text(record);
    }
    (void)process.kill(static_cast<abi::Word>(how.cause));
    take_apart(service);
    after_end(service, how);
    changed_ = true;
}

void Supervisor::after_end(Service& service, End const& how) {
    service.row.state = State::stopped;
    if (by_request(how.cause)) return;
    switch (service.entry->on_end) {
    case manifest::OnEnd::leave: return;
    case manifest::OnEnd::power_off:
        (void)control().power_off(how.cause == Cause::exit ? how.detail : 125);
        return;
    case manifest::OnEnd::restart: break;
    }
    // Somebody wanted to see it die: that says nothing about its health.
    if (how.cause == Cause::killed) return start(service);
    auto const delay = service.policy.failed(service.row.started_ns, service.row.ended_ns);
    service.row.failures = service.policy.failures();
    if (!delay) return note("{} is given up", service.name());
    if (*delay == 0) return start(service);
    service.row.state = State::waiting;
    service.row.next_start_ns = service.row.ended_ns + *delay;
    arm_restarts();
}

// ---- starts ------------------------------------------------------------------------------------

void Supervisor::start(Service& service) {
    auto& row = service.row;
    row.incarnation++;
    row.started_ns = runtime::now_ns();
    row.processor_ns = row.turns = row.requests = 0;
    row.state = State::running;
    service.watch = HangWatch(std::uint64_t{service.entry->hang_ms} * 1'000'000);
    changed_ = true;
    auto const built = build(world_, service);
    if (built) return note("{} runs, incarnation {}", service.name(), row.incarnation);
    note("{} can't be built: {}", service.name(), built.error());
    take_apart(service);
    row.state = State::failed;
}

void Supervisor::start_due() {
    auto const now = runtime::now_ns();
    for (auto& service : world_.services)
        if (service.row.state == State::waiting && service.row.next_start_ns <= now) start(service);
    arm_restarts();
}

void Supervisor::arm_restarts() {
    std::uint64_t next = 0;
    for (auto const& service : world_.services)
        if (service.row.state == State::waiting && (next == 0 || service.row.next_start_ns < next))
            next = service.row.next_start_ns;
    if (next != 0) restarts_.at(next);
}

// ---- watching ----------------------------------------------------------------------------------

void Supervisor::look() {
    for (auto& service : world_.services)
        if (service.running()) look_at(service);
    changed_ = true;
    looks_.after(look_every_ns);
}

void Supervisor::look_at(Service& service) {
    auto const info = service.incarnation.process.view().inspect();
    if (!info || info->state != abi::ProcessState::running) return; // its end is on the way
    auto const& status = world_.records.status(service.index);
    auto& row = service.row;
    row.processor_ns = info->time_ns;
    row.turns = status.turns;
    row.requests = status.requests;
    if (service.watch.look(row.turns, row.processor_ns)) end(service, {Cause::hung, 0});
}

// ---- operators ---------------------------------------------------------------------------------

void Supervisor::open_desks() {
    auto const sessions = world_.sessions.all();
    std::size_t count = 0;
    for (std::size_t i = 0; i < sessions.size(); i++) {
        auto const view = world_.sessions.view(i);
        if (sessions[i].server != manifest::supervisor || count == most_desks ||
            view.size() < memory_bytes)
            continue;
        auto const& client = world_.services[sessions[i].client];
        auto wake =
            runtime::mint(client.holdings.events, abi::mask(abi::NotificationRights::signal),
                          abi::Word{1} << sessions[i].client_bit);
        if (!wake) continue;
        auto& memory = *reinterpret_cast<Memory*>(view.data());
        desks_[count].emplace(Desk{ServiceDesk(memory), wake->release()});
        desks_[count++]->desk.set_rows(static_cast<std::uint32_t>(world_.services.size() + 1));
    }
    changed_ = true;
}

void Supervisor::serve_desks() {
    for (auto& desk : desks_)
        while (auto const request = desk ? desk->desk.next() : std::nullopt) serve(*desk, *request);
}

void Supervisor::serve(Desk& desk, Request const& request) {
    auto const verdict = judge(request);
    if (desk.desk.answer(request, verdict)) (void)desk.client.signal();
    if (verdict == Verdict::accepted) act(request);
}

Verdict Supervisor::judge(Request const& request) const {
    if (request.action < Action::restart || request.action > Action::reboot)
        return Verdict::no_such_action;
    if (request.action >= Action::power_off) return Verdict::accepted;
    if (request.row == world_.services.size()) return Verdict::refused; // that is us
    if (request.row > world_.services.size()) return Verdict::no_such_service;
    auto const& service = world_.services[request.row];
    auto const state = service.row.state;
    switch (request.action) {
    case Action::kill: return state == State::running ? Verdict::accepted : Verdict::not_now;
    case Action::stop:
        return state == State::running || state == State::waiting ? Verdict::accepted
                                                                  : Verdict::not_now;
    // A failed one may be tried again if it failed in being built, not for want of a program.
    case Action::start:
        return state != State::running && service.holdings.own.bytes > 0 ? Verdict::accepted
                                                                         : Verdict::not_now;
    default: return service.holdings.own.bytes > 0 ? Verdict::accepted : Verdict::not_now;
    }
}

void Supervisor::act(Request const& request) {
    if (request.action == Action::power_off) (void)control().power_off(request.argument);
    if (request.action == Action::reboot) (void)control().restart();
    if (request.action >= Action::power_off) return;
    auto& service = world_.services[request.row];
    if (request.action == Action::kill) return end(service, {Cause::killed, 0});
    service.policy.forget();
    service.row.failures = 0;
    if (service.running() && request.action != Action::start) end(service, {Cause::stopped, 0});
    if (request.action == Action::stop)
        service.row.state = State::stopped;
    else
        start(service);
    changed_ = true;
}

// ---- showing -----------------------------------------------------------------------------------

void Supervisor::show_rows() {
    changed_ = false;
    auto const own = static_cast<std::uint32_t>(world_.services.size());
    own_row_.turns = runtime::environment().status->turns;
    if (auto const info = runtime::Process(runtime::own_process).inspect())
        own_row_.processor_ns = info->time_ns;
    for (auto& desk : desks_) {
        if (!desk) continue;
        for (auto const& service : world_.services) desk->desk.show(service.index, service.row);
        desk->desk.show(own, own_row_);
    }
}

void Supervisor::show_crash(Service const& service, std::string_view text) {
    for (auto& desk : desks_)
        if (desk) desk->desk.show_crash(service.index, text);
}

} // namespace supervisor
