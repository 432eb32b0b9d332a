#pragma once
// The client's side of the protocol "services": what a personality needs to serve /svc. The
// supervisor is trusted, but it can be slow, and a predecessor of ours may have left requests
// unanswered.

#include <protocols/log_ring.hpp>
#include <protocols/services.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

namespace protocols::services {

class Client {
public:
    /// `logs` is the resource of this name. After this, signal the supervisor once.
    Client(Memory& memory, std::span<std::byte const> logs)
        : memory_(&memory), logs_(logs),
          requests_(memory.table.requests, std::span(memory.request)),
          answers_(memory.table.answers, std::span(memory.answer)) {
        // Answers to a predecessor concern nobody any more.
        while (answers_.pop()) {
        }
        answers_.acknowledge();
    }

    /// Rows are numbered from 0; the last is the supervisor's own.
    std::uint32_t rows() const { return std::min(memory_->table.rows, most_rows); }
    std::optional<Row> row(std::uint32_t index) const {
        return index < rows() ? memory_->row[index].load() : std::nullopt;
    }
    std::optional<std::uint32_t> find(std::string_view name) const {
        for (std::uint32_t i = 0; i < rows(); i++)
            if (auto const found = row(i); found && view(found->name) == name) return i;
        return std::nullopt;
    }

    /// The crash record of a row; empty if it never crashed.
    std::string_view crash(std::uint32_t index) const {
        auto const found = row(index);
        if (!found) return {};
        return {memory_->crash[index], std::min<std::size_t>(found->crash_length, crash_bytes)};
    }
    /// The log of a row, to be read from any position.
    LogReader log(std::uint32_t index) const {
        auto const found = row(index);
        if (!found || found->log_offset > logs_.size() ||
            found->log_bytes > logs_.size() - found->log_offset)
            return {};
        return LogReader(logs_.subspan(found->log_offset, found->log_bytes));
    }

    /// Puts a request in: its id, or nothing if the ring is full. `wake_needed` says whether the
    /// supervisor has to be signalled now.
    std::optional<std::uint64_t> ask(Action action, std::uint32_t index,
                                     std::uint64_t argument = 0) {
        auto const id = requests_.position() + 1;
        if (!requests_.push({id, action, index, argument})) return std::nullopt;
        requests_.publish();
        return id;
    }
    [[nodiscard]] bool wake_needed() { return requests_.claim_wake(); }

    /// The next answer that came.
    std::optional<Answer> answer() {
        auto const next = answers_.pop();
        if (next) answers_.acknowledge();
        return next;
    }
    /// True if none is there: the supervisor signals when one comes.
    [[nodiscard]] bool prepare_sleep() { return answers_.prepare_sleep(); }

private:
    Memory* memory_;
    std::span<std::byte const> logs_;
    protocols::RecordProducer<Request> requests_;
    protocols::RecordConsumer<Answer> answers_;
};

} // namespace protocols::services
