#include <kernel/log/check.hpp>
#include <kernel/log/log.hpp>

namespace kernel {

void panic(std::string_view message, std::source_location where) {
    log("kernel stopped: {} ({}:{} in {})", message, where.file_name(), where.line(),
        where.function_name());
    arch::log_backtrace();
    arch::stop();
}

} // namespace kernel

// The hardened C++ library calls this (cmake/shim); its message names file, line and expectation.
extern "C" [[noreturn]] void library_check_failed(char const* message) noexcept;
void library_check_failed(char const* message) noexcept { kernel::panic(message); }
