#pragma once
// What a plugin is told behind its file's name, `-plugin FILE,key=value,...`.

#include "emulator.hpp"

#include <cstdlib>
#include <cstring>
#include <span>

/// What follows `key`, kept for good.
inline char const* option(std::span<char* const> arguments, char const* key,
                          char const* otherwise) {
    for (auto const* one : arguments)
        if (std::strncmp(one, key, std::strlen(key)) == 0) return strdup(one + std::strlen(key));
    return otherwise;
}

/// A number after `key`, in the notation of C; without it the plugin has nothing to do.
inline std::uint64_t number(std::span<char* const> arguments, char const* key) {
    return std::strtoull(option(arguments, key, "0"), nullptr, 0);
}
