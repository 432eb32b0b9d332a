#pragma once
// Numbers of the kernel's command line that steer a test.

#include <runtime/lab/kit.hpp>

#include <charconv>

namespace attack {

/// `name=number` in the arguments.
inline abi::Word setting(std::string_view name, abi::Word otherwise) {
    auto const digits = lab::argument(name);
    abi::Word value = otherwise;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

} // namespace attack
