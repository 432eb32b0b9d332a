#include <kernel/trace/trace.hpp>

#include <kernel/object/process.hpp>
#include <kernel/root.hpp>

#include <cstring>

namespace kernel::trace {

namespace {

constexpr auto thread_shift = abi::TraceWhat::thread_shift;

void put(std::uint64_t what) { record(this_processor(), what | abi::TraceWhat::stays); }

/// Eight bytes in the place of the time.
void value(std::uint64_t word) {
    auto& ring = *this_processor().trace;
    auto const at = static_cast<std::uint16_t>(ring.written);
    put(of(Kind::value));
    ring.time[at] = word;
}

/// The next number; 0 is nobody's. They come again when they have run out.
std::uint16_t next(std::uint16_t& last) { return last = last == 0xffff ? 1 : last + 1; }

std::uint16_t number_of(Process& process) {
    if (process.number == 0) process.number = next(root().processes_introduced);
    return process.number;
}

} // namespace

void note(Thread const& thread, std::uint32_t event) { put(thread.trace.raw() | event); }

void note(std::uint32_t event, std::uint32_t request) {
    put(std::uint64_t{request} << abi::TraceWhat::request_shift | event);
}

void introduce(Thread& thread) {
    auto const number = std::uint32_t{next(root().threads_introduced)} << thread_shift;
    thread.trace = {number, number};
    note(number | of(Kind::thread_made), number_of(*thread.process));
}

void name(Process& process) {
    std::uint64_t words[sizeof process.name / 8];
    std::memcpy(words, process.name, sizeof words);
    for (auto const word : words) value(word);
    note(std::uint32_t{number_of(process)} << thread_shift | of(Kind::process_named));
}

void mark(Thread const& thread, std::uint64_t word) {
    value(word);
    note(thread, of(Kind::mark));
}

} // namespace kernel::trace
