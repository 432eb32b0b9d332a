#include <servers/linux/memory/populate.hpp>

#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/system.hpp>

namespace personality {

Outcome populate(Call& call, std::uint64_t& at, std::uint64_t end, std::uint32_t wanted) {
    constexpr unsigned pages_a_run = 256;
    auto& memory = call.task.memory();
    for (unsigned i = 0; at < end; i++) {
        if (i == pages_a_run) {
            // Whoever else has something to ask comes first.
            call.deadline = call.task.system().now();
            return Outcome::blocked();
        }
        auto const* area = memory.areas().at(at);
        if (area == nullptr) return Errno::nomem;
        auto how = wanted;
        if (how == access::none) {
            if (area->protection == access::none) {
                at = area->end;
                continue;
            }
            // A private page that can be written gets its copy now; a shared one is only shown.
            bool const copy = (area->protection & access::write) != 0 && !area->shared;
            how = copy ? access::write : access::read;
        }
        auto const run = TRY(memory.fault(at, how));
        TRY(memory.put(run));
        at += run.pages * page_bytes;
    }
    return 0;
}

} // namespace personality
