#pragma once
// What the personality asks of the kernel, and nothing else of it: spaces, processes, threads,
// answers. The real one is skerry_machine.cpp; tests have one that remembers what it was told.

#include <servers/linux/errno.hpp>
#include <servers/linux/memory/frame_pool.hpp>

#include <abi/memory.hpp>
#include <abi/message.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace personality {

class Task;

/// Numbers the machine gave out; 0: none.
struct SpaceHandle {
    std::uint32_t raw = 0;
    explicit operator bool() const { return raw != 0; }
};
struct ProcessHandle {
    std::uint32_t raw = 0;
    explicit operator bool() const { return raw != 0; }
};
struct ThreadHandle {
    std::uint32_t raw = 0;
    std::uint32_t time = 0;  ///< what its processor time is counted on
    std::uint64_t badge = 0; ///< of its messages
    explicit operator bool() const { return raw != 0; }
};
struct ReplyHandle {
    std::uint32_t raw = 0;
    explicit operator bool() const { return raw != 0; }
};

/// All registers of a task, with the extended state in XSAVE's standard form.
struct Registers {
    abi::RegisterFile file{};
    alignas(64) std::byte extended[abi::extended_state_bytes]{};
};

class Machine {
public:
    virtual ~Machine() = default;

    /// How many programs can run on; their numbers are those below.
    virtual std::uint32_t processors() const = 0;

    /// An empty space in which all RAM and archives are attached.
    virtual Result<SpaceHandle> make_space() = 0;
    virtual void destroy(SpaceHandle space) = 0;
    /// Map `pages` frames that follow one another. Replaces what is there. ENOMEM: no table memory.
    virtual Result<> map(SpaceHandle space, std::uint64_t address, Frame first, std::size_t pages,
                         abi::Protection protection) = 0;
    virtual void unmap(SpaceHandle space, std::uint64_t address, std::size_t pages) = 0;
    /// Protect the pages of the range that are mapped.
    virtual void protect(SpaceHandle space, std::uint64_t address, std::size_t pages,
                         abi::Protection protection) = 0;
    virtual Result<> copy_mappings(SpaceHandle to, SpaceHandle from, std::uint64_t address,
                                   std::size_t pages, bool write_protect) = 0;

    virtual Result<ProcessHandle> make_process(SpaceHandle space, std::string_view name) = 0;
    /// Exchange the space and the name (exec); no thread of the process runs.
    virtual Result<> set_space(ProcessHandle process, SpaceHandle space, std::string_view name) = 0;
    virtual void destroy(ProcessHandle process) = 0;

    /// A thread whose keeper messages name `task`, on that processor.
    virtual Result<ThreadHandle> make_thread(ProcessHandle process, Task& task,
                                             std::uint32_t processor) = 0;
    /// On another one from now on, whatever it does. False: it stays where it is.
    virtual bool move(ThreadHandle thread, std::uint32_t processor) = 0;
    virtual void start(ThreadHandle thread, Registers const& registers) = 0;
    virtual void destroy(ThreadHandle thread) = 0;
    /// Make it report before it runs on in its own code.
    virtual void kick(ThreadHandle thread) = 0;
    /// The registers of a thread that waits for our answer.
    virtual void read(ThreadHandle thread, Registers& registers) = 0;
    /// 0: as all programs do; from 1 to 99 before those, the higher one first.
    virtual void set_priority(ThreadHandle thread, std::uint32_t rank) = 0;
    virtual std::uint64_t processor_time(ThreadHandle thread) = 0;

    /// Answer a held call, fault or kick; `clear_kick` says that a latched kick is answered too.
    virtual void answer(ReplyHandle reply, std::int64_t result, bool clear_kick) = 0;
    virtual void answer(ReplyHandle reply, Registers const& registers, bool clear_kick) = 0;
    /// Nobody is there any more: the reply object is free again.
    virtual void drop(ReplyHandle reply) = 0;

    /// How often one of the server's threads found its lock taken by another.
    virtual std::uint64_t contended() const { return 0; }
    virtual void log(std::string_view text) = 0;
    /// Returns at once; the machine stops a little later.
    virtual void power_off(std::uint32_t code) = 0;
};

} // namespace personality
