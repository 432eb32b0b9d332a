// Whatever the compiled manifest says: every index that the reader lets through is good.

#include <protocols/manifest.hpp>

#include <cstdlib>
#include <cstring>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace protocols::manifest;
    std::vector<std::uint64_t> aligned(size / 8 + 1);
    if (size > 0) std::memcpy(aligned.data(), data, size);
    auto const manifest = Manifest::open(std::as_bytes(std::span(aligned)).first(size));
    if (!manifest) return explain(manifest.error()).empty() ? 1 : 0;

    auto const services = manifest->services();
    std::uint64_t sum = 0;
    for (auto const& service : services) sum += service.priority;
    for (auto const& session : manifest->sessions()) {
        sum += services[session.client].priority;
        if (session.server != supervisor) sum += services[session.server].priority;
    }
    for (auto const& grant : manifest->grants()) sum += services[grant.service].priority;
    if (sum == 0) std::abort(); // there is a service, and its priority is not 0
    return 0;
}
