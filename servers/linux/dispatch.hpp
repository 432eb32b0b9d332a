#pragma once
// From what the kernel reports of a task to the answer it gets: calls are looked up and run, faults
// resolved, signals delivered on the way out.

#include <servers/linux/call.hpp>
#include <servers/linux/memory/program_space.hpp>

#include <array>
#include <cstdint>

namespace personality {

class System;
class Task;
struct Registers;

/// What the loop that received a message answers.
struct Answer {
    enum class Kind : std::uint8_t {
        held,      ///< nothing now; the task waits
        gone,      ///< nothing ever; the task has ended
        result,    ///< `value` in RAX; after a fault or a kick: go on
        registers, ///< all registers are those of `registers`
        mapping,   ///< `run` is to be mapped, then it goes on
    };
    Kind kind = Kind::held;
    std::int64_t value = 0;
    Registers const* registers = nullptr;
    PageRun run{};
    bool clear_kick = false; ///< a kick that is latched has been answered with this
};

/// A system call has arrived.
Answer serve_call(Task& task, std::uint64_t number, std::array<std::uint64_t, 6> const& arguments,
                  std::uint64_t stack_pointer);
/// A page fault (bits of abi::fault_access).
Answer serve_fault(Task& task, std::uint64_t address, std::uint64_t how);
/// Another exception: its vector and error code.
Answer serve_exception(Task& task, std::uint64_t vector, std::uint64_t error,
                       std::uint64_t instruction);
/// It was kicked.
Answer serve_kick(Task& task);

/// Run what became ready; answers go out through the machine.
void run_ready(System& system);

/// The registers of the task that is being served, read when first asked for. Whoever changes them
/// returns Outcome::registers().
Registers& registers_of(Task& task);
/// The same for who overwrites them all.
Registers& fresh_registers(Task& task);

} // namespace personality
