#pragma once
// A call as an attacker makes it: any number, any target, any words, in all registers that the
// kernel ever looks at.

#include <abi/calls.hpp>
#include <abi/error.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace attack {

/// All registers of a call, in the order of message.hpp. Partly overwritten by what comes back.
struct Raw {
    abi::Word rax = 0;
    std::array<abi::Word, 8> words{}; ///< RDI RSI RDX R10 R8 R9 R12 R13
    abi::Word rbx = 0;                ///< the tag
    abi::Word r14 = 0;                ///< the Reply's address
    abi::Word r15 = 0;                ///< the deadline
};

extern "C" void attack_raw(Raw* raw);

/// The error that the call ended with; numbers that are none stay what they are.
inline abi::Error raw_call(Raw raw) {
    attack_raw(&raw);
    return static_cast<abi::Error>(raw.rax);
}

inline abi::Error raw_call(std::uint16_t number, abi::CapAddress target,
                           std::initializer_list<abi::Word> words = {}) {
    Raw raw{.rax = abi::call_word(number, target)};
    std::copy(words.begin(), words.end(), raw.words.begin());
    return raw_call(raw);
}

/// A call by its line in the ABI, with words that need not be encodings of anything.
template <class C>
abi::Error raw_call(abi::CapAddress target, std::initializer_list<abi::Word> words = {}) {
    return raw_call(C::number, target, words);
}

/// Visit every call of the ABI: `visit.template operator()<C>()`.
template <class Visit> void each_call(Visit&& visit) {
    [&]<class... C>(abi::CallList<C...>) { (visit.template operator()<C>(), ...); }(abi::Calls{});
}

} // namespace attack
