#include <servers/linux/skerry/keeper.hpp>

#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/end.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/signal/signal.hpp>

#include <runtime/environment.hpp>
#include <runtime/log.hpp>
#include <runtime/message_page.hpp>
#include <runtime/thread.hpp>

#include <cstring>
#include <utility>

namespace personality {

namespace {

using abi::MessageKind;
using abi::MessageTag;

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

constexpr Answer nothing{.kind = Answer::Kind::gone};

} // namespace

Keeper::Keeper(Shared& shared, std::uint32_t processor)
    : lock_(shared.lock), system_(shared.system), machine_(shared.machine), events_(shared.events),
      processor_(processor), endpoint_(shared.machine.keeper(processor)),
      reply_(shared.machine.take_reply()), alone_(shared.machine.processors() == 1) {}

// This and `exchange` are parts of the loop, which every call pays for.
[[gnu::always_inline]] inline Answer Keeper::serve(Task& task, runtime::Received const& received) {
    auto const& words = received.words;
    switch (received.tag.kind()) {
    case MessageKind::foreign_call:
        return serve_call(task, words[6],
                          {words[0], words[1], words[2], words[3], words[4], words[5]}, words[7]);
    case MessageKind::page_fault: return serve_fault(task, words[0], words[1]);
    case MessageKind::exception: return serve_exception(task, words[0], words[1], words[2]);
    case MessageKind::kicked: return serve_kick(task);
    default: return nothing;
    }
}

/// Between the end of the lock and the answer others may unmap what was to be mapped, and kick the
/// task anew. So with others there, such answers are given while we have the lock. Registers are in
/// our own message page by then, and a result is a number.
Answer Keeper::settle(Task& task, Answer answer) {
    if (answer.kind == Answer::Kind::mapping) {
        if (!task.memory().put(answer.run)) {
            refused(task, "there is no memory for its tables");
            return nothing;
        }
        answer.kind = Answer::Kind::result;
        answer.value = 0;
    }
    if (!answer.clear_kick) return answer;
    answer_now(task, answer);
    return nothing;
}

/// Answer what was served, give the lock back, and receive the next.
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
        lock_.release();
        return runtime::reply_receive(endpoint, reply, tag(abi::ReplyKind::result, 1),
                                      static_cast<abi::Word>(answer.value));
    case Answer::Kind::registers: {
        auto& page = runtime::message_page();
        page.registers = answer.registers->file;
        std::memcpy(page.extended_state, answer.registers->extended, sizeof(page.extended_state));
        lock_.release();
        return runtime::reply_receive(endpoint, reply, tag(abi::ReplyKind::registers, 0));
    }
    case Answer::Kind::mapping: {
        auto const& run = answer.run;
        auto const& frames = system_.environment.frames;
        auto const from = how(run, frames.attachment(run.frame));
        auto const offset = static_cast<std::uint64_t>(frames.offset(run.frame));
        lock_.release();
        return runtime::reply_receive(
            endpoint, reply, tag(abi::ReplyKind::result, 5).with(MessageTag::flag_mapping),
            abi::Word{0}, from, run.address, offset, static_cast<abi::Word>(run.pages));
    }
    default: lock_.release(); return runtime::receive(endpoint, reply);
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

/// What a task was to get can't be: it can't go on.
void Keeper::refused(Task& task, std::string_view why) {
    runtime::log("{}: ended: {}", task.name.data(), why);
    end_process(task.process, static_cast<std::int32_t>(Signal::kill));
}

/// What has come is served, if it is a message of somebody who is still there.
[[gnu::always_inline]] inline Answer Keeper::take(runtime::Received const& received) {
    if (!received.ok()) [[unlikely]] {
        // The kernel refused the answer: the space's tables have no room for the pages, or the
        // registers are none that a program can have. Otherwise it was the receive.
        bool const of_answer =
            received.error != abi::Error::cancelled && received.error != abi::Error::timed_out;
        if (of_answer && answered_ && machine_.task_of(badge_) == task_)
            refused(*task_, abi::name(received.error));
        return nothing;
    }
    if (received.tag.kind() == MessageKind::notification) {
        events_.signalled(received.words[0]);
        return nothing;
    }
    badge_ = received.badge;
    task_ = machine_.task_of(received.badge);
    if (task_ == nullptr) [[unlikely]]
        return nothing;
    return serve(*task_, received);
}

void Keeper::run() {
    auto& status = *runtime::environment().status;
    if (!machine_.place(runtime::context_of(runtime::current_thread()), processor_))
        runtime::give_up("processor {} is not ours", processor_);
    auto received = runtime::Received{.error = abi::Error::cancelled}; // nothing so far
    lock_.acquire();
    system_.attention = true;
    for (;;) {
        Answer answer = take(received);
        if (answer.kind == Answer::Kind::held) {
            // It gives its Reply away before anything can wake it.
            task_->reply = ReplyHandle{reply_.address().raw};
            reply_ = machine_.take_reply();
            answer.kind = Answer::Kind::gone;
        } else if (!alone_ && answer.kind != Answer::Kind::gone) {
            answer = settle(*task_, answer);
        }
        bool const none = answer.kind == Answer::Kind::gone;
        if (none || events_.busy()) {
            bool const waits = may_wait(answer);
            if (!none && !waits) answer_now(*task_, answer);
            events_.before_wait();
            // Its task may have ended meanwhile.
            if (!waits || machine_.task_of(badge_) != task_) answer.kind = Answer::Kind::gone;
        }
        status.turns = status.turns + 1;
        answered_ = answer.kind != Answer::Kind::gone;
        received = exchange(answer);
        lock_.acquire();
    }
}

} // namespace personality
