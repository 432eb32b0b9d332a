#pragma once
// The executable specification: what each call does to a State. It is written to be read, not to be
// quick, and it knows nothing of the kernel but abi/.
//
//   capabilities.cpp   deriving, deleting, revoking; memory and who owns it; how objects die
//   messages.cpp       threads, messages, signals, lent time
//   interrupts.cpp     lines and who listens
//   pages.cpp          address spaces
//   calls.cpp          which call is which

#include <tests/model/state.hpp>

#include <expected>
#include <optional>
#include <span>
#include <utility>

namespace model {

/// What the blocks of objects cost, in bytes.
struct Costs {
    std::array<std::uint32_t, abi::kind_count> object{};
    std::uint32_t pool_segment = 0, table = 0, directory = 0, attachment = 0;
};

template <class T> using Result = std::expected<T, Error>;
using Done = std::expected<void, Error>;

class Rules {
public:
    /// Whether memory that is free lies in pieces too small: how blocks are placed is not
    /// specified.
    enum class Pieces { none, until_reaped, always };

    Rules(State& state, Costs const& costs, Events& events, Pieces pieces = Pieces::none)
        : state_(state), costs_(costs), events_(events), pieces_(pieces) {}

    /// The action's thread, which is runnable, acts.
    void step(Action const& action);
    bool runnable(Id thread) const;
    /// Who runs: the best that can, in a world where no two are equal.
    Id best() const;
    /// A call that is interrupted half-way goes by small steps, between which others act. Take one
    /// of those that it may take now; false: there are no more than `choice`.
    bool small_step(Action const& action, unsigned choice);
    /// Of such a call nothing is left but to reap.
    bool only_reaping_left(Action const& action);
    /// A retype was made that `pieces` has a say in.
    bool may_lack() const { return may_lack_; }

    // ---- what a world is set up with ----
    Id make(Kind kind, Id home);
    Cap add(Id object, Id holder, std::uint8_t place, RightsMask rights, Word data, Cap parent);

private:
    State& state_;
    Costs const& costs_;
    Events& events_;
    Pieces pieces_;
    bool may_lack_ = false;
    Word done_ = 0; ///< pages that a call on a range has done, also if it fails

    Object& at(Id id) { return state_.objects[id]; }
    Capability& cap(Cap number) { return state_.caps[number]; }
    /// The capability that lies there; 0 if none does.
    Cap in(Id holder, std::uint8_t place) const;
    /// What it was derived from is being revoked.
    bool being_revoked(Cap number) const;
    /// Something may be derived from it.
    bool derivable(Cap number) const {
        return !state_.caps[number].revoking && !being_revoked(number);
    }
    bool childless(Cap number) const;
    /// The thread can't go on with what it revokes.
    void leave_revoke(Id thread);

    // ---- calls.cpp ----
    void call(Id self, Action const& action);
    Result<std::optional<Word>> outcome_of(Id self, Action const& action);
    Result<Cap> find(Id self, Word slot, Kind kind, RightsMask rights);
    Result<std::pair<Id, std::uint8_t>> find_place(Id pool, Word slot);
    Result<std::pair<Id, std::uint8_t>> find_place_word(Id self, Word place);
    Id pool_of(Id thread) const;
    Id space_of(Id thread) const;
    void error(Id thread, Error error) {
        events_.add({.thread = thread, .error = error, .value = done_});
    }

    // ---- capabilities.cpp ----
    Result<Word> retype(Cap source, Kind kind, Word size, Id payer, Id pool, std::uint8_t slot);
    Result<Word> derive(Id self, Id pool, Word slot, Word source, RightsMask rights, bool mint,
                        Word first, Word second);
    Result<Word> move(Id self, Id pool, Word slot, Word source);
    Result<Word> narrowed(Cap source, Word first, Word second);
    void remove(Cap gone);
    void no_longer_sent(Capability const& gone);
    void revoke(Cap root);
    bool below(Cap number, Cap root) const;
    Cap named_by_teardown(Action const& action);
    void replace(Id holder, std::uint8_t place, Cap source, Word data = 0);
    bool has_caps(Id object) const;
    void let_die(Id object);
    void give_back(Id untyped, std::uint32_t bytes);
    void reap();
    void reap_first();
    void destroy(Id object);

    // ---- messages.cpp ----
    Done send(Id self, Cap through, Sending how, Action const& action);
    Done receive(Id self, Id endpoint, Id reply, std::uint8_t deadline);
    Done answer(Id self, Id reply, Action const& action);
    Result<Id> reply_named(Id self, Word slot);
    void serve(Id endpoint, Id process);
    void offer(Id sender, Id endpoint, std::uint8_t deadline = 0);
    void meet(Id sender, Id receiver);
    void deliver(Id sender, Id receiver, Word badge, std::uint8_t sent_cap);
    std::uint8_t transfer(Id sender, Id receiver, std::uint8_t sent_cap);
    void to_keeper(Id thread, Sending what);
    void lose_keeper(Id thread);
    void out_of_time(Id context);
    void signal(Id notification, Word bits);
    /// What an object was bound to, if it still is.
    void signal_by(Id holder, std::uint8_t place);
    void leave_wait(Id thread);
    void finish(Id thread, Error error);
    void run(Id thread);
    void suspend(Id thread);
    void kick(Id thread);
    void end_thread(Id thread);
    bool waits(Id thread) const;
    /// It still stands where its call returns to.
    bool still_there(Id thread) const {
        return state_.objects[thread].state == abi::ThreadState::ready;
    }
    bool waits_for_keeper(Id thread) const;
    void end_process(Id process, Word code);
    void take_apart(Id process);
    void lose_server(Id endpoint);
    void lend(Id caller, Id server, Id reply);
    void take_back(Id context, Id until);
    void return_lent(Id thread);
    void use_own(Id thread);
    void bind_context(Id thread, Id context);
    void time_passes();
    template <class F> void each(Kind kind, F f) {
        for (Id id = 1; id < most_objects; id++)
            if (at(id).kind == kind) f(id);
    }

    // ---- interrupts.cpp ----
    template <class F> void sharers(std::uint8_t line, F f);
    bool listening(Id interrupt) const;
    void raise(Id interrupt);
    void settle(std::uint8_t line);
    void fire(Id interrupt);
    void lose_notification(Id interrupt);

    // ---- pages.cpp ----
    Result<Word> attach(Id space, Cap memory, Word number);
    Result<Word> map(Id space, Word attachment, Word first, Word offset, Word count,
                     abi::Protection protection, abi::RunOperation operation);
    void unmap(Id space, Word first, Word count);
    Done protect(Id space, Word first, Word count, abi::Protection protection);
    Done copy(Id to, Id from, Word first, Word count, bool write_protect);
    Done guard(Id space, Word first, Word count, bool set);
    void forget_attachment(Id space, std::uint8_t number);
    /// The tables that the space's mappings take now are paid from its home.
    void settle_tables(Id space, std::uint32_t before);
    std::uint32_t tables(Id space) const;
};

/// A number for the state that is the same for all states that differ only in the numbers of
/// objects and capabilities. `roots` are the objects that the numbering begins at.
struct Key {
    std::uint64_t a = 0, b = 0;
    bool operator==(Key const&) const = default;
};
Key key(State const& state, std::span<Id const> roots);

} // namespace model
