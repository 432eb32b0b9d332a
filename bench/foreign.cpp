// A foreign process kept by this one: its system calls, and its page faults.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>

namespace bench {

using namespace lab;

namespace {

constexpr abi::Word getpid = 39; // any numbers would do
constexpr abi::Word exit_group = 231;
constexpr abi::Word rounds = warm_up + samples + counted;

[[gnu::always_inline]] inline void foreign_call(abi::Word number) {
    asm volatile("syscall" : "+a"(number) : : "rcx", "r11", "memory");
}

void make_calls(abi::Word* taken) {
    for (abi::Word i = 0; i < rounds; i++) {
        auto const before = ticks();
        foreign_call(getpid);
        taken[i] = ticks() - before;
    }
    for (;;) foreign_call(exit_group);
}

void touch_pages(abi::Word* taken, char volatile* pages) {
    for (abi::Word i = 0; i < rounds; i++) {
        auto const before = ticks();
        pages[i * abi::page_bytes] = 1;
        taken[i] = ticks() - before;
    }
    for (;;) foreign_call(exit_group);
}

/// The keeper's side and what both programs share.
struct Kept {
    OwnImage image;
    Neighbour process{image, "bench-foreign", Neighbour::Abi::foreign};
    Extent taken{rounds * sizeof(abi::Word)};
    runtime::Owned<runtime::Endpoint> endpoint =
        must(kit().memory.make<runtime::Endpoint>(), "endpoint");
    runtime::Owned<runtime::Reply> reply = must(kit().memory.make<runtime::Reply>(), "reply");

    Kept() { taken.share_with(process.space()); }

    /// Keeps it to its end. `answer` replies to one request and receives the next.
    void keep(std::string_view name, Worker const& thread, auto answer) {
        if (!wanted(name)) return;
        thread.start();
        auto request = endpoint.receive(reply);
        for (abi::Word i = 1; i < warm_up + samples; i++) request = answer(request);
        Effects effects;
        for (abi::Word i = 0; i < counted; i++) {
            Counting const counting;
            request = answer(request);
            counting.add_to(effects);
        }
        if (request.tag.kind() == abi::MessageKind::exception)
            give_up("a foreign program has failed", abi::Error::bad_state);
        report(name, taken.words().subspan(warm_up, samples), effects);
    }
};

void calls() {
    Kept kept;
    Worker const thread(kept.process.process(), kept.process.space(), make_calls,
                        {kept.taken.address()},
                        {.priority = kit().priority, .keeper = kept.endpoint.view()});
    kept.keep("kernel/foreign-call/round-trip", thread, [&](runtime::Received const&) {
        return kept.endpoint.reply_receive(kept.reply, abi::MessageTag{0, 1}, abi::Word{42});
    });
}

void faults() {
    Kept kept;
    auto const memory = must(kit().memory.make_memory(rounds * abi::page_bytes), "memory");
    auto const pages = reserve(rounds * abi::page_bytes);
    auto const attachment = must(kept.process.space().attach(memory), "attach");
    Worker const thread(kept.process.process(), kept.process.space(), touch_pages,
                        {kept.taken.address(), pages},
                        {.priority = kit().priority, .keeper = kept.endpoint.view()});
    // Word 1 of an answer with a mapping: attachment, Protection, RunOperation.
    auto const how = attachment | static_cast<abi::Word>(abi::Protection::read_write) << 16 |
                     static_cast<abi::Word>(abi::RunOperation::map_fresh) << 20;
    auto const tag = abi::MessageTag{0, 5}.with(abi::MessageTag::flag_mapping);
    kept.keep("kernel/fault/page-map-resume", thread, [&](runtime::Received const& fault) {
        auto const page = base::align_down(fault.words[0], abi::page_bytes);
        return kept.endpoint.reply_receive(kept.reply, tag, abi::Word{0}, how, page,
                                           (page - pages) / abi::page_bytes, abi::Word{1});
    });
}

} // namespace

void measure_foreign() {
    calls();
    faults();
}

} // namespace bench
