#include <tools/manifest/quantities.hpp>

#include <charconv>

namespace policy {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

template <std::size_t N>
std::optional<std::uint64_t> with_unit(std::string_view text, Unit const (&units)[N]) {
    std::uint64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    auto const name = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
    for (auto const& unit : units)
        if (unit.name == name)
            return number <= ~std::uint64_t{0} / unit.factor ? std::optional(number * unit.factor)
                                                             : std::nullopt;
    return std::nullopt;
}

std::optional<std::uint32_t> number(std::string_view text) {
    text = trimmed(text);
    int base = 10;
    if (text.starts_with("0x")) {
        text.remove_prefix(2);
        base = 16;
    }
    std::uint32_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

std::optional<std::uint64_t> size_in_bytes(std::string_view text) {
    static constexpr Unit units[] = {
        {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
    return with_unit(text, units);
}

std::optional<std::uint64_t> duration(std::string_view text) {
    static constexpr Unit units[] = {
        {"ns", 1}, {"us", 1000}, {"ms", 1'000'000}, {"s", 1'000'000'000}};
    return with_unit(text, units);
}

std::optional<std::uint32_t> share(std::string_view text) {
    text = trimmed(text);
    if (!text.ends_with('%')) return std::nullopt;
    text = trimmed(text.substr(0, text.size() - 1));
    auto const point = text.find('.');
    auto const tenths = point == text.npos ? std::optional(0u) : number(text.substr(point + 1));
    auto const whole = number(text.substr(0, point));
    if (!whole || !tenths || *whole > 100 || *tenths > 9) return std::nullopt;
    auto const permille = *whole * 10 + *tenths;
    return permille <= 1000 ? std::optional(permille) : std::nullopt;
}

std::optional<NumberRange> range(std::string_view text) {
    auto const dash = text.find('-');
    auto const first = number(text.substr(0, dash));
    auto const last = dash == text.npos ? first : number(text.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    return NumberRange{*first, *last};
}

} // namespace policy
