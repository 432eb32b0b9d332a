#pragma once
// A thread in a process of its own that may do whatever it likes: this program keeps it, and hears
// of the first thing that goes wrong with it.

#include <runtime/clock.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>

#include <optional>

namespace attack {

class Victim {
public:
    /// `function` runs with `argument`, which `configure` may change before it starts.
    Victim(lab::OwnImage const& image, void (*function)(abi::Word), abi::Word argument,
           lab::Neighbour::Abi calls = lab::Neighbour::Abi::foreign)
        : process_(image, "attack-victim", calls),
          thread_(process_.process(), process_.space(), function, {argument},
                  {.priority = lab::kit().priority, .keeper = endpoint_.view()}) {}

    lab::Neighbour& process() { return process_; }
    runtime::Thread thread() const { return thread_.thread(); }
    void start() const { thread_.start(); }

    /// The next message to its keeper; nothing if none comes.
    std::optional<runtime::Received> hear() const {
        auto const received = endpoint_.receive_until(runtime::now_ns() + hang_ns, reply_.view());
        if (!received.ok()) return std::nullopt;
        return received;
    }
    /// Answer the last message.
    template <class... W> base::Result<> answer(abi::MessageTag tag, W... words) const {
        return runtime::reply(reply_.address(), tag, words...);
    }

private:
    /// Longer than any of this takes: a hang is noticed and nothing is measured.
    static constexpr abi::Word hang_ns = 20'000'000'000;

    runtime::Owned<runtime::Endpoint> endpoint_ =
        lab::must(lab::kit().memory.make<runtime::Endpoint>(), "endpoint");
    runtime::Owned<runtime::Reply> reply_ =
        lab::must(lab::kit().memory.make<runtime::Reply>(), "reply");
    lab::Neighbour process_;
    lab::Worker thread_;
};

} // namespace attack
