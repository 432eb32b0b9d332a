#pragma once
// A manifest as it was written: names instead of numbers, and the line of each thing, so that every
// complaint can point at it.

#include <protocols/manifest.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace policy {

/// A value and the line on which it stands.
template <class T> struct At {
    T value{};
    std::uint32_t line = 0;

    At() = default;
    At(T v, std::uint32_t l) : value(std::move(v)), line(l) {}
    operator T const&() const { return value; } // NOLINT: it is the value, with a note on it
};

/// A part of what is left, and the least that will do.
struct Share {
    std::uint32_t permille = 0;
    std::uint64_t least = 0;
    std::uint32_t line = 0;
};

struct Use {
    std::string protocol;
    std::string server;
    std::uint64_t bytes = 0;
    std::uint32_t line = 0;
};

struct Ports {
    std::string name;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t line = 0;
};

struct Interrupt {
    std::string name;
    std::uint32_t number = 0;
    std::uint32_t flags = 0;
    std::uint32_t line = 0;
};

struct Service {
    At<std::string> name;
    At<std::string> program;
    At<std::string> arguments;
    At<std::uint32_t> priority;
    bool fpu_free = false;
    bool boot_words = false;
    std::uint32_t control = 0; ///< abi::ControlRights
    bool archives = false;

    At<std::uint64_t> stack{64 * 1024, 0};
    At<std::uint64_t> heap{512 * 1024, 0};
    At<std::uint64_t> log{16 * 1024, 0};
    Share objects{0, 256 * 1024, 0};
    Share ram;

    std::vector<At<std::string>> serves;
    std::vector<Use> uses;
    std::vector<Ports> ports;
    std::vector<Interrupt> interrupts;

    protocols::manifest::OnEnd on_end = protocols::manifest::OnEnd::restart;
    std::uint32_t give_up_after = 0;
    At<std::uint32_t> first_delay_ms{100, 0};
    At<std::uint32_t> longest_delay_ms{5000, 0};
    std::uint32_t healthy_ms = 10000;
    std::uint32_t hang_ms = 0;
    At<std::uint64_t> budget_ns{0, 0};
    std::uint64_t period_ns = 0;
};

struct Policy {
    std::string file;
    std::vector<Service> services;

    /// Null if there is none of this name.
    Service const* find(std::string const& name) const {
        for (auto const& service : services)
            if (service.name.value == name) return &service;
        return nullptr;
    }
};

/// The supervisor's name, which no service may take.
inline constexpr char const* supervisor_name = "supervisor";

} // namespace policy
