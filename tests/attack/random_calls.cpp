#include <tests/attack/random_calls.hpp>

namespace attack {

namespace {

using abi::Word;

/// Of some kind, or of none; some of those that it has made itself are among them.
Word some_capability(Dice& dice) {
    return abi::CapAddress{static_cast<std::uint16_t>(dice.below(slots_in_reach)),
                           static_cast<std::uint16_t>(1 + dice.below(4) / 3)}
        .raw;
}

Word some_word(Dice& dice) {
    switch (dice.below(6)) {
    case 0: return dice.below(4);
    case 1: return dice.below(0x400);
    case 2: return dice.below(0x10'000) << 12;
    case 3: return Word{1} << dice.below(64);
    case 4: return dice.roll();
    default: return some_capability(dice);
    }
}

/// A word that the type of an argument suggests, most of the time.
template <class T> Word some_argument(Dice& dice, Toys toys) {
    if (dice.below(8) == 0) return some_word(dice);
    if constexpr (std::is_same_v<T, abi::CapAddress>)
        return dice.below(3) == 0 ? some_capability(dice) : toys[dice.below(abi::kind_count)];
    else if constexpr (std::is_same_v<T, abi::Place>)
        return abi::encode(abi::Place{{}, static_cast<std::uint16_t>(dice.below(slots_in_reach))});
    else if constexpr (std::is_same_v<T, std::uint16_t>)
        return dice.below(slots_in_reach);
    else if constexpr (std::is_same_v<T, abi::RightsMask>)
        return dice.below(2) == 0 ? 0xff : dice.below(0x100);
    else if constexpr (std::is_enum_v<T>)
        return dice.below(16);
    else
        return some_word(dice);
}

template <class C> Raw some_call(Dice& dice, Toys toys) {
    auto const target =
        dice.below(4) == 0 ? some_capability(dice) : Word{toys[static_cast<std::size_t>(C::kind)]};
    Raw raw{.rax = abi::call_word(C::number, {}) | target};
    for (auto& word : raw.words) word = some_word(dice);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((raw.words[I] = some_argument<std::tuple_element_t<I, typename C::Args>>(dice, toys)),
         ...);
    }(std::make_index_sequence<std::tuple_size_v<typename C::Args>>{});
    // Messages: of any length, often with something absurd in the tag; and mostly a wait ends.
    raw.rbx = dice.below(4) == 0 ? dice.roll() : dice.below(9) << 16;
    raw.rbx |= abi::MessageTag::flag_deadline;
    raw.r14 = dice.below(2) == 0 ? some_capability(dice)
                                 : toys[static_cast<std::size_t>(abi::Kind::reply)];
    raw.r15 = dice.below(16) == 0 ? dice.roll() : 1;
    if (C::number == abi::NotificationWait::number) raw.words[0] = 1;
    return raw;
}

/// A call that no random program should make, since it ends the game.
bool spoils_the_game(std::uint16_t number) {
    return number == abi::ThreadExit::number || number == abi::ProcessExit::number;
}

} // namespace

Raw some_call(Dice& dice, Toys toys) {
    std::size_t count = 0;
    each_call([&]<class C> { count++; });
    auto chosen = dice.below(count);
    Raw raw;
    each_call([&]<class C> {
        if (chosen-- == 0 && !spoils_the_game(C::number)) raw = some_call<C>(dice, toys);
    });
    return raw;
}

} // namespace attack
