#pragma once
// Where random steps take their decisions from: dice with a seed, or the bytes of a fuzzer.

#include <cstdint>
#include <random>
#include <span>

namespace kernel::testing {

class Choice {
public:
    virtual ~Choice() = default;
    /// A number below `limit`, which is not 0.
    virtual std::uint64_t below(std::uint64_t limit) = 0;
    virtual bool exhausted() const { return false; }

    bool one_in(std::uint64_t times) { return below(times) == 0; }
    template <class T, std::size_t N> T of(T const (&list)[N]) { return list[below(N)]; }
};

class Dice : public Choice {
public:
    explicit Dice(std::uint64_t seed) : numbers_(seed) {}
    std::uint64_t below(std::uint64_t limit) override { return numbers_() % limit; }

private:
    std::mt19937_64 numbers_;
};

class Bytes : public Choice {
public:
    explicit Bytes(std::span<std::uint8_t const> bytes) : rest_(bytes) {}
    bool exhausted() const override { return rest_.empty(); }
    std::uint64_t below(std::uint64_t limit) override {
        std::uint64_t number = 0;
        for (std::uint64_t reach = 1; reach < limit && !rest_.empty(); reach <<= 8) {
            number = number << 8 | rest_.front();
            rest_ = rest_.subspan(1);
            if (reach > limit >> 8) break;
        }
        return number % limit;
    }

private:
    std::span<std::uint8_t const> rest_;
};

} // namespace kernel::testing
