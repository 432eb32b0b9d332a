#include <servers/linux/signal/alternate_stack.hpp>

#include <servers/linux/process/task.hpp>

namespace personality {

using namespace stack_flag;

bool on_alternate(SignalStack const& stack, UserAddress pointer) {
    if ((stack.flags & auto_disarm) != 0) return false;
    return stack.size != 0 && pointer > stack.base && pointer - stack.base <= stack.size;
}

SignalStackWords alternate_words(SignalStack const& stack, UserAddress pointer) {
    auto const state = stack.size == 0 ? disabled : on_alternate(stack, pointer) ? on_stack : 0;
    return {.base = stack.base,
            .flags = state | (stack.flags & auto_disarm),
            .padding = 0,
            .size = stack.size};
}

Result<> set_alternate(Task& task, SignalStackWords const& wanted, UserAddress pointer) {
    auto& stack = task.signal_stack;
    if (on_alternate(stack, pointer)) return fail(Errno::perm);
    auto const mode = wanted.flags & ~auto_disarm;
    if (mode != 0 && mode != on_stack && mode != disabled) return fail(Errno::inval);
    constexpr std::uint64_t least = 2048; // MINSIGSTKSZ
    if (mode == disabled) {
        stack = {.base = 0, .size = 0, .flags = wanted.flags};
        return {};
    }
    if (wanted.size < least) return fail(Errno::nomem);
    stack = {.base = wanted.base, .size = wanted.size, .flags = wanted.flags};
    return {};
}

} // namespace personality
