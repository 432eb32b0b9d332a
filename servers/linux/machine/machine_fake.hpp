#pragma once
// A Machine for host tests: it keeps each space's mappings as the hardware would have them, and
// what it was told of threads.

#include <servers/linux/machine/machine.hpp>

#include <map>
#include <string>
#include <vector>

namespace personality::testing {

class MachineFake final : public Machine {
public:
    explicit MachineFake(std::uint32_t processors = 1) : processor_count(processors) {}

    struct Page {
        Frame frame;
        abi::Protection protection;
    };
    using Space = std::map<std::uint64_t, Page>;

    std::uint32_t processors() const override { return processor_count; }
    Result<SpaceHandle> make_space() override {
        spaces[++last_] = {};
        return SpaceHandle{last_};
    }
    void destroy(SpaceHandle space) override { spaces.erase(space.raw); }
    Result<> map(SpaceHandle space, std::uint64_t address, Frame first, std::size_t pages,
                 abi::Protection protection) override {
        if (refuse_maps) return fail(Errno::nomem);
        for (std::size_t i = 0; i < pages; i++)
            spaces.at(space.raw)[address / page_bytes + i] = {
                Frame{first.raw + static_cast<std::uint32_t>(i)}, protection};
        return {};
    }
    void unmap(SpaceHandle space, std::uint64_t address, std::size_t pages) override {
        auto& map = spaces.at(space.raw);
        map.erase(map.lower_bound(address / page_bytes),
                  map.lower_bound(address / page_bytes + pages));
    }
    void protect(SpaceHandle space, std::uint64_t address, std::size_t pages,
                 abi::Protection protection) override {
        auto& map = spaces.at(space.raw);
        for (auto it = map.lower_bound(address / page_bytes);
             it != map.end() && it->first < address / page_bytes + pages; ++it)
            it->second.protection = protection;
    }
    Result<> copy_mappings(SpaceHandle to, SpaceHandle from, std::uint64_t address,
                           std::size_t pages, bool write_protect) override {
        auto& source = spaces.at(from.raw);
        for (auto it = source.lower_bound(address / page_bytes);
             it != source.end() && it->first < address / page_bytes + pages; ++it) {
            if (write_protect && it->second.protection == abi::Protection::read_write)
                it->second.protection = abi::Protection::read;
            spaces.at(to.raw)[it->first] = it->second;
        }
        return {};
    }

    Result<ProcessHandle> make_process(SpaceHandle, std::string_view) override {
        return ProcessHandle{++last_};
    }
    Result<> set_space(ProcessHandle, SpaceHandle, std::string_view) override { return {}; }
    void destroy(ProcessHandle) override { processes_destroyed++; }

    Result<ThreadHandle> make_thread(ProcessHandle, Task& task, std::uint32_t processor) override {
        threads[++last_] = {&task, {}, false, 0};
        threads[last_].processor = processor;
        return ThreadHandle{last_};
    }
    bool move(ThreadHandle thread, std::uint32_t processor) override {
        threads.at(thread.raw).processor = processor;
        threads.at(thread.raw).processor_time += used_by_a_move;
        return true;
    }
    void start(ThreadHandle thread, Registers const& registers) override {
        threads.at(thread.raw).registers = registers;
        threads.at(thread.raw).started = true;
    }
    void destroy(ThreadHandle thread) override { threads.erase(thread.raw); }
    void kick(ThreadHandle thread) override { threads.at(thread.raw).kicks++; }
    void read(ThreadHandle thread, Registers& registers) override {
        registers = threads.at(thread.raw).registers;
    }
    void set_priority(ThreadHandle thread, std::uint32_t rank) override {
        threads.at(thread.raw).rank = rank;
    }
    std::uint64_t processor_time(ThreadHandle thread) override {
        return threads.at(thread.raw).processor_time;
    }

    struct Answered {
        std::uint32_t reply;
        bool with_registers;
        std::int64_t result;
        abi::RegisterFile file;
    };
    void answer(ReplyHandle reply, std::int64_t result, bool) override {
        answers.push_back({reply.raw, false, result, {}});
    }
    void answer(ReplyHandle reply, Registers const& registers, bool) override {
        answers.push_back({reply.raw, true, 0, registers.file});
    }
    void drop(ReplyHandle) override { dropped++; }

    void log(std::string_view text) override { logged += text; }
    void power_off(std::uint32_t) override { powered_off = true; }

    struct Thread {
        Task* task;
        Registers registers;
        bool started;
        int kicks;
        std::uint32_t rank = 0;
        std::uint64_t processor_time = 0;
        std::uint32_t processor = 0;
    };
    std::uint32_t const processor_count;
    std::map<std::uint32_t, Space> spaces;
    std::map<std::uint32_t, Thread> threads;
    std::vector<Answered> answers;
    std::string logged;
    int processes_destroyed = 0, dropped = 0;
    std::uint64_t used_by_a_move = 0;
    bool refuse_maps = false, powered_off = false;

private:
    std::uint32_t last_ = 0;
};

} // namespace personality::testing
