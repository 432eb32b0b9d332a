#include <servers/linux/skerry/keeper.hpp>

#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/end.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/signal/signal.hpp>

#include <runtime/environment.hpp>
#include <runtime/log.hpp>
#include <runtime/message_page.hpp>

#include <cstring>
#include <utility>

namespace personality {

namespace {

using abi::MessageKind;
using abi::MessageTag;

runtime::Notification events() { return runtime::Notification(runtime::environment().events); }

/// Word 1 of a reply with a mapping.
abi::Word how(PageRun const& run, std::uint32_t attachment) {
    return attachment | static_cast<abi::Word>(run.protection) << 16 |
           static_cast<abi::Word>(abi::RunOperation::replace) << 20;
}

/// Whether an answer may wait until others have been served: nothing that they do can make it
/// wrong. A mapping could be stale then, the shared registers somebody else's, and a kick a new
/// one.
bool may_wait(Answer const& answer) {
    return answer.kind == Answer::Kind::result && !answer.clear_kick;
}

} // namespace

Keeper::Keeper(System& system, SkerryMachine& machine, runtime::Endpoint endpoint)
    : system_(system), machine_(machine), endpoint_(endpoint) {
    auto timer = runtime::Untyped(runtime::environment().objects).make<runtime::Timer>();
    if (!timer) runtime::give_up("no memory for a timer");
    timer_ = std::move(*timer);
    reply_ = machine_.take_reply();
}

void Keeper::listen(abi::Word bits, SignalListener& listener) {
    listeners_[listener_count_++] = {bits, &listener};
}

void Keeper::signalled(abi::Word bits) {
    if ((bits & timer_event) != 0) armed_ = never;
    system_.attention = true;
    for (auto const& each : std::span(listeners_).first(listener_count_)) {
        if ((bits & each.bits) != 0) each.listener->signalled(bits & each.bits);
    }
}

// This and `exchange` are parts of the loop, which every call pays for.
[[gnu::always_inline]] inline Answer Keeper::serve(runtime::Received const& received) {
    auto const& words = received.words;
    auto const kind = received.tag.kind();
    if (kind == MessageKind::notification) {
        signalled(words[0]);
        return {.kind = Answer::Kind::gone};
    }
    Task& task = *reinterpret_cast<Task*>(received.badge);
    switch (kind) {
    case MessageKind::foreign_call:
        return serve_call(task, words[6],
                          {words[0], words[1], words[2], words[3], words[4], words[5]}, words[7]);
    case MessageKind::page_fault: return serve_fault(task, words[0], words[1]);
    case MessageKind::exception: return serve_exception(task, words[0], words[1], words[2]);
    case MessageKind::kicked: return serve_kick(task);
    default: return {.kind = Answer::Kind::gone};
    }
}

void Keeper::before_wait() {
    for (;;) {
        if (system_.alarms.next() != never) {
            auto const now = system_.now();
            if (system_.alarms.next() <= now) system_.alarms.advance(now);
        }
        run_ready(system_);
        bury(system_);
        // Listeners that nobody has asked for have had their look already, and still wait for a
        // signal.
        if (std::exchange(system_.attention, false))
            for (auto const& each : std::span(listeners_).first(listener_count_))
                system_.attention |= each.listener->before_wait();
        bool const more = !system_.ready.empty() || system_.attention;
        auto const next = system_.alarms.next();
        if (!more && next != armed_) {
            // A timer that rings too early for what was cancelled does no harm.
            if (next < armed_ && timer_.arm(next, events(), timer_event)) armed_ = next;
        }
        if (!more) break;
    }
}

/// Answer what was served, and receive the next.
[[gnu::always_inline]] inline runtime::Received Keeper::exchange(Answer const& answer) {
    auto const reply = reply_.address();
    auto const endpoint = endpoint_.address();
    bool const yields = std::exchange(system_.yields, false);
    auto const tag = [&](abi::ReplyKind kind, std::uint32_t words) {
        auto plain = MessageTag(0, words).with(kind);
        if (yields) plain = plain.with(MessageTag::flag_yield);
        return answer.clear_kick ? plain.with(MessageTag::flag_clear_kick) : plain;
    };
    switch (answer.kind) {
    case Answer::Kind::result:
        return runtime::reply_receive(endpoint, reply, tag(abi::ReplyKind::result, 1),
                                      static_cast<abi::Word>(answer.value));
    case Answer::Kind::registers: {
        auto& page = runtime::message_page();
        page.registers = answer.registers->file;
        std::memcpy(page.extended_state, answer.registers->extended, sizeof(page.extended_state));
        return runtime::reply_receive(endpoint, reply, tag(abi::ReplyKind::registers, 0));
    }
    case Answer::Kind::mapping: {
        auto const& run = answer.run;
        auto const& frames = system_.environment.frames;
        return runtime::reply_receive(
            endpoint, reply, tag(abi::ReplyKind::result, 5).with(MessageTag::flag_mapping),
            abi::Word{0}, how(run, frames.attachment(run.frame)), run.address,
            static_cast<abi::Word>(frames.offset(run.frame)), static_cast<abi::Word>(run.pages));
    }
    default: return runtime::receive(endpoint, reply);
    }
}

/// Answer by itself, because others are to be served before the next receive. The shared registers
/// are free again then.
void Keeper::answer_now(Task& task, Answer const& answer) {
    ReplyHandle const reply{reply_.address().raw};
    if (answer.kind == Answer::Kind::registers) {
        machine_.answer(reply, *answer.registers, answer.clear_kick);
    } else {
        // Should the tables have no room the fault comes again, and ends where there is no way out.
        if (answer.kind == Answer::Kind::mapping) static_cast<void>(task.memory().put(answer.run));
        machine_.answer(reply, answer.value, answer.clear_kick);
    }
    reply_ = machine_.take_reply();
}

/// The kernel refused an answer: the space's tables have no room for the pages, or the registers
/// are none that a program can have. Either way it can't go on.
void Keeper::refused(Task& task, abi::Error error) {
    if (error == abi::Error::cancelled || error == abi::Error::timed_out) return; // of the receive
    runtime::log("{}: ended, its answer was refused: {}", task.name.data(), abi::name(error));
    end_process(task.process, static_cast<std::int32_t>(Signal::kill));
}

void Keeper::run() {
    Task* task = nullptr; // whose message was served last
    Answer answer{.kind = Answer::Kind::gone};
    auto& status = *runtime::environment().status;
    system_.attention = true;
    for (;;) {
        if (answer.kind == Answer::Kind::held) {
            // It gives its Reply away before anything can wake it.
            task->reply = ReplyHandle{reply_.address().raw};
            reply_ = machine_.take_reply();
            answer.kind = Answer::Kind::gone;
        }
        bool const nothing = answer.kind == Answer::Kind::gone;
        if (nothing || system_.busy() || system_.alarms.next() < armed_) {
            bool const waits = may_wait(answer);
            if (!nothing && !waits) answer_now(*task, answer);
            system_.answering = waits ? task : nullptr;
            before_wait();
            // Its task may have ended meanwhile.
            if (system_.answering == nullptr) answer.kind = Answer::Kind::gone;
            system_.answering = nullptr;
        }
        status.turns = status.turns + 1;
        auto const received = exchange(answer);
        if (!received.ok()) [[unlikely]] {
            if (answer.kind != Answer::Kind::gone) refused(*task, received.error);
            answer.kind = Answer::Kind::gone;
            continue;
        }
        bool const from_task = received.tag.kind() != MessageKind::notification;
        task = from_task ? reinterpret_cast<Task*>(received.badge) : nullptr;
        answer = serve(received);
    }
}

} // namespace personality
