#include <runtime/call.hpp>
#include <runtime/start.hpp>

namespace runtime {

void exit_process(abi::Word code) {
    for (;;) {
        (void)call<abi::ProcessExit>(code);
        __builtin_trap(); // refused: can't be
    }
}

} // namespace runtime
