#pragma once
// The personality's Machine on the Skerry kernel: capabilities in our own pool, objects from our
// own Untyped. A handle's number is the capability's address.

#include <servers/linux/machine/badge_table.hpp>
#include <servers/linux/machine/machine.hpp>
#include <servers/linux/process/schedule.hpp>
#include <servers/linux/skerry/server_lock.hpp>

#include <abi/capability.hpp>
#include <runtime/handle.hpp>

#include <array>
#include <cstdint>

namespace personality {

class ServiceLink;

/// Memory that every program's space has attached, in this order of numbers from 1.
struct SharedMemory {
    runtime::Memory memory;
    std::uint32_t attachment;
};

class SkerryMachine final : public Machine {
public:
    /// What programs run on.
    struct Places {
        std::uint32_t processors = 1; ///< as they count them, not above most_processors
        std::uint32_t real = 1;       ///< there may be fewer: then some have several numbers
        runtime::Control time;        ///< to place them there; not needed if there is one
    };
    SkerryMachine(Places const& places, std::span<SharedMemory const> memory);

    std::uint32_t processors() const override { return places_.processors; }
    /// The numbers are those that the processors themselves tell (RDTSCP).
    bool numbered() const;
    /// Where the threads of programs on that processor report to.
    runtime::Endpoint keeper(std::uint32_t processor) const { return keepers_[processor]; }
    /// Whose message it is; null: he has ended.
    Task* task_of(abi::Word badge) const { return badges_.find(badge); }
    /// Have `context` on that processor.
    base::Result<> place(runtime::SchedContext context, std::uint32_t processor) const;

    Result<SpaceHandle> make_space() override;
    void destroy(SpaceHandle space) override;
    Result<> map(SpaceHandle space, std::uint64_t address, Frame first, std::size_t pages,
                 abi::Protection protection) override;
    void unmap(SpaceHandle space, std::uint64_t address, std::size_t pages) override;
    void protect(SpaceHandle space, std::uint64_t address, std::size_t pages,
                 abi::Protection protection) override;
    Result<> copy_mappings(SpaceHandle to, SpaceHandle from, std::uint64_t address,
                           std::size_t pages, bool write_protect) override;

    Result<ProcessHandle> make_process(SpaceHandle space, std::string_view name) override;
    Result<> set_space(ProcessHandle process, SpaceHandle space, std::string_view name) override;
    void destroy(ProcessHandle process) override;

    Result<ThreadHandle> make_thread(ProcessHandle process, Task& task,
                                     std::uint32_t processor) override;
    bool move(ThreadHandle thread, std::uint32_t processor) override;
    void start(ThreadHandle thread, Registers const& registers) override;
    void destroy(ThreadHandle thread) override;
    void kick(ThreadHandle thread) override;
    void read(ThreadHandle thread, Registers& registers) override;
    void set_priority(ThreadHandle thread, std::uint32_t rank) override;
    std::uint64_t processor_time(ThreadHandle thread) override;

    void answer(ReplyHandle reply, std::int64_t result, bool clear_kick) override;
    void answer(ReplyHandle reply, Registers const& registers, bool clear_kick) override;
    void drop(ReplyHandle reply) override;

    std::uint64_t contended() const override { return lock != nullptr ? lock->contended() : 0; }
    void log(std::string_view text) override;
    void power_off(std::uint32_t code) override;

    /// A Reply object for the next receive. There is always one: there are more than threads.
    runtime::Reply take_reply();
    void return_reply(runtime::Reply reply);

    FramePool const* frames = nullptr;
    ServerLock const* lock = nullptr;
    /// Who can stop the machine; none: this server ends, and its owner sees to the rest.
    ServiceLink* supervisor = nullptr;

private:
    static constexpr std::size_t most_replies = 4096 + 2 + most_processors;
    /// Below that of this server, so that a call is served before anybody else runs.
    static constexpr abi::Word program_priority = 100, highest_program_priority = 119;

    Places const places_;
    std::array<runtime::Endpoint, most_processors> keepers_;
    BadgeTable badges_;
    std::span<SharedMemory const> memory_;
    std::array<abi::CapAddress, most_replies> replies_{};
    std::size_t free_replies_ = 0, made_replies_ = 0, threads_ = 0;
    std::uint16_t badge_slot_ = 0;

    Result<> add_reply();
    Result<> set_keeper(runtime::Thread thread, abi::Word badge, std::uint32_t processor);
};

} // namespace personality
