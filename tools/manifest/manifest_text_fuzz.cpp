// Whatever the text says: it is refused with a complaint, or it compiles to what the supervisor's
// reader accepts.

#include <tools/manifest/check.hpp>
#include <tools/manifest/compile.hpp>
#include <tools/manifest/explain.hpp>
#include <tools/manifest/parse.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    policy::Complaints complaints("fuzz");
    auto const policy = policy::parse(text, "fuzz", complaints);
    if (complaints.empty()) policy::check(policy, {}, complaints);
    if (!complaints.empty()) return 0;
    (void)policy::compile(policy); // throws if the reader refuses it
    (void)policy::explain(policy);
    return 0;
}
