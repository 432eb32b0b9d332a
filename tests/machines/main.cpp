// Looks at the machine that the kernel describes, alone on it: whether all physical memory is
// accounted for, and whether RAM is where the kernel says, to its last page.

#include <abi/boot.hpp>
#include <runtime/lab/extent.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/outcome.hpp>
#include <runtime/line.hpp>
#include <runtime/own.hpp>

#include <algorithm>
#include <span>

namespace {

abi::BootInfo const& boot() { return *runtime::environment().boot; }
std::span<abi::BootRegion const> regions() {
    return std::span(boot().region).first(boot().regions);
}

void regions_cover_everything() {
    lab::Outcome outcome("machines/every-page-has-one-region");
    abi::Word end = 0;
    for (auto const& region : regions()) {
        if (region.type == abi::RegionType::trace) continue; // a view of what the kernel keeps
        outcome.expect(region.physical == end, "a region begins where the one before ends");
        outcome.expect(region.bytes > 0 && region.bytes % abi::page_bytes == 0, "whole pages");
        end = region.physical + region.bytes;
    }
    outcome.expect(end >= abi::Word{1} << 32, "everything up to 4 GiB and more");
}

/// Pages of one region of RAM, seen at an address of our own: the first, the last, and one in each
/// GiB.
class Samples {
public:
    static constexpr abi::Word step = abi::Word{1} << 30;
    /// The heap of this program and what else the region has given out already.
    static constexpr abi::Word spare = 32 << 20;

    static constexpr abi::Word least = 2 << 20;

    explicit Samples(abi::BootRegion const& region) : bytes_(region.bytes - spare) {
        auto memory = lab::must(runtime::Untyped(region.cap).make_unread_memory(bytes_), "memory");
        runtime::AddressSpace const space(runtime::own_space);
        auto const attachment = lab::must(space.attach(memory), "attach");
        address_ = lab::reserve((count() + 1) * abi::page_bytes);
        for (abi::Word n = 0; n < count(); n++) {
            auto const done =
                space.map(attachment, address_ + n * abi::page_bytes, offset(n) / abi::page_bytes,
                          1, abi::Protection::read_write);
            if (done.error != abi::Error::ok) lab::give_up("map", done.error);
        }
        static_cast<void>(memory.release());
    }

    abi::Word count() const { return bytes_ / step + 2; }
    /// The last word of a sample.
    abi::Word volatile& word(abi::Word n) const {
        return *reinterpret_cast<abi::Word volatile*>(address_ + (n + 1) * abi::page_bytes - 8);
    }

private:
    abi::Word bytes_;
    abi::Word address_ = 0;

    abi::Word offset(abi::Word n) const { return std::min(n * step, bytes_ - abi::page_bytes); }
};

void memory_is_there() {
    lab::Outcome outcome("machines/memory-is-there-to-its-last-page");
    abi::Word total = 0, top = 0;
    abi::Word const mark = 0x5a5a'0000'0000'0000;
    std::array<std::optional<Samples>, abi::max_boot_regions> samples;
    for (std::size_t n = 0; n < regions().size(); n++) {
        auto const& region = regions()[n];
        if (region.type != abi::RegionType::untyped) continue;
        total += region.bytes;
        top = region.physical + region.bytes;
        if (region.bytes >= Samples::spare + Samples::least) samples[n].emplace(region);
    }
    // All are written before any is read: two that are one page would show.
    abi::Word number = mark;
    for (auto const& sample : samples)
        for (abi::Word n = 0; sample && n < sample->count(); n++) sample->word(n) = number++;
    number = mark;
    for (auto const& sample : samples)
        for (abi::Word n = 0; sample && n < sample->count(); n++)
            outcome.expect(sample->word(n) == number++, "a page holds what was written to it");

    runtime::Line line;
    line.put("MACHINE {} MiB of memory up to {} MiB, {} processors\n", total >> 20, top >> 20,
             boot().processors);
    lab::must(lab::kit().control.log(line.text()), "log");
}

} // namespace

int main() {
    regions_cover_everything();
    memory_is_there();
    return lab::kit().control.power_off().has_value() ? 0 : 1;
}
