// Call numbers that mean nothing, and numbers hidden in words that are too wide.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>
#include <tests/attack/raw.hpp>
#include <tests/attack/zoo.hpp>

#include <bitset>

namespace attack {

namespace {

using abi::Error;

void unknown_numbers(Zoo const& zoo) {
    Outcome outcome("attack/numbers/unknown-calls");
    std::bitset<0x10000> known;
    each_call([&]<class C> { known.set(C::number); });
    for (std::uint32_t number = 0; number < 0x10000; number++) {
        if (known[number]) continue;
        runtime::Line what;
        what.put("call {}", runtime::hex(number));
        outcome.expect(Error::unknown_call,
                       raw_call(static_cast<std::uint16_t>(number), zoo.endpoint.address()),
                       what.text());
    }
}

/// The number is 31 bits wide in RAX: bits above the low 16 must not be dropped.
void wide_numbers(Zoo const& zoo) {
    Outcome outcome("attack/numbers/wide-calls");
    for (unsigned bit = 48; bit < 63; bit++) {
        Raw raw{.rax = abi::call_word(abi::NotificationSignal::number, zoo.notification.address()) |
                       abi::Word{1} << bit};
        raw.words[0] = 1;
        outcome.expect(Error::unknown_call, raw_call(raw), "a bit above the call number");
    }
}

} // namespace

void attack_numbers() {
    Zoo const zoo;
    unknown_numbers(zoo);
    wide_numbers(zoo);
}

} // namespace attack
