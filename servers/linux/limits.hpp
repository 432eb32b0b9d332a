#pragma once
// Resource limits of a process (prlimit64), numbered as in asm-generic/resource.h.

#include <array>
#include <cstdint>

namespace personality {

enum class Limit : unsigned {
    cpu = 0,
    fsize = 1,
    data = 2,
    stack = 3,
    core = 4,
    rss = 5,
    nproc = 6,
    nofile = 7,
    memlock = 8,
    as = 9,
    locks = 10,
    sigpending = 11,
    msgqueue = 12,
    nice = 13,
    rtprio = 14,
    rttime = 15,
};
constexpr unsigned limit_count = 16;
constexpr std::uint64_t unlimited = ~std::uint64_t{0};

struct LimitPair {
    std::uint64_t soft = unlimited;
    std::uint64_t hard = unlimited;
};

class Limits {
public:
    Limits() {
        (*this)[Limit::stack] = {8 << 20, unlimited};
        (*this)[Limit::core] = {0, unlimited};
        (*this)[Limit::nproc] = {4096, 4096};
        (*this)[Limit::nofile] = {1024, 4096};
        (*this)[Limit::memlock] = {8 << 20, 8 << 20};
        (*this)[Limit::sigpending] = {4096, 4096};
        (*this)[Limit::msgqueue] = {819200, 819200};
        (*this)[Limit::nice] = {0, 0};
        (*this)[Limit::rtprio] = {0, 0};
    }
    LimitPair& operator[](Limit limit) { return pairs_[static_cast<unsigned>(limit)]; }
    LimitPair const& operator[](Limit limit) const { return pairs_[static_cast<unsigned>(limit)]; }
    std::uint64_t soft(Limit limit) const { return (*this)[limit].soft; }

private:
    std::array<LimitPair, limit_count> pairs_{};
};

} // namespace personality
