#include <runtime/lab/outcome.hpp>

#include <runtime/lab/kit.hpp>

namespace lab {

Outcome::~Outcome() {
    runtime::Line line;
    line.put("TEST {} ", name_);
    if (ok())
        line.put("ok\n");
    else
        line.put("FAILED {}\n", detail_.text());
    (void)kit().control.log(line.text());
}

void Outcome::expect(bool holds, std::string_view what) {
    if (!holds && ok()) detail_.put("{}", what);
}

void Outcome::expect(abi::Error wanted, abi::Error got, std::string_view what) {
    if (wanted != got && ok()) detail_.put("{}: {} instead of {}", what, got, wanted);
}

void Outcome::expect_refused(abi::Error got, std::string_view what) {
    auto const number = static_cast<std::uint32_t>(got);
    if ((number == 0 || number >= abi::error_count) && ok()) detail_.put("{}: {}", what, got);
}

} // namespace lab
