#include <servers/linux/process/process_group.hpp>

#include <servers/linux/fs/terminal/terminal.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/signal/send.hpp>

namespace personality {

Session::Session(std::int32_t number) : id(number) {}
Session::~Session() = default;

void Session::release_foreground() {
    auto const group = std::exchange(former_foreground, nullptr);
    if (!group) return;
    group->signal(Signal::hup);
    group->signal(Signal::cont);
}

void end_session(Session& session) {
    if (session.terminal != nullptr) session.terminal->give_up();
    session.release_foreground();
}

ProcessGroup::ProcessGroup(std::int32_t number, Ref<Session> of)
    : id(number), session(std::move(of)) {}

void ProcessGroup::join(Process& process) {
    process.next_in_group = members_;
    members_ = &process;
    process.group = Ref<ProcessGroup>(this);
}

void ProcessGroup::leave(Process& process) {
    for (auto** at = &members_; *at != nullptr; at = &(*at)->next_in_group) {
        if (*at != &process) continue;
        *at = process.next_in_group;
        break;
    }
    process.next_in_group = nullptr;
    process.group = {}; // this may be the last reference to us
}

void ProcessGroup::signal(Signal what, std::int32_t code) {
    Ref<ProcessGroup> const hold(this);
    for (auto* member = members_; member != nullptr;) {
        auto* next = member->next_in_group;
        static_cast<void>(send_signal(*member, {.signal = what, .code = code}));
        member = next;
    }
}

bool ProcessGroup::orphaned() const {
    for (auto* member = members_; member != nullptr; member = member->next_in_group) {
        if (member->state == Process::State::zombie || member->parent == nullptr) continue;
        auto const& above = member->parent->group;
        if (!above || member->parent->init()) continue;
        if (above.get() != this && above->session == session) return false;
    }
    return true;
}

} // namespace personality
