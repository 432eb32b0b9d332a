// Mapping, unmapping and copying pages. The range begins one page after a 2 MiB boundary, so that
// all of it is mapped by 4 KiB pages, over two tables.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <runtime/lab/extent.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <runtime/own.hpp>

namespace bench {

using namespace lab;

namespace {

constexpr abi::Word many = 512;
constexpr abi::Word attachment = 1000; // the same in both spaces, as copying wants it

struct Range {
    runtime::AddressSpace space;
    abi::Word address;

    void map(abi::Word pages) const {
        (void)space.map(attachment, address, 0, pages, abi::Protection::read_write);
    }
    void unmap(abi::Word pages) const { (void)space.unmap(address, pages); }
};

void attach(runtime::AddressSpace space, runtime::Memory memory) {
    must(space.attach(memory, attachment), "attach under a number");
}

/// A wrong figure is worse than none: is it mapped, or not, as an operation should have left it?
void expect(Range const& range, bool mapped) {
    auto const entries =
        must(range.space.translate(range.address + (many - 1) * abi::page_bytes, 1), "translate");
    if (((entries[0] & abi::page_entry::present) != 0) != mapped)
        give_up("pages are not as they should be", abi::Error::not_mapped);
}

void in_own_space(runtime::Memory memory, abi::Word address) {
    Range const range{runtime::AddressSpace(runtime::own_space), address};
    attach(range.space, memory);
    range.map(many);
    expect(range, true);
    range.unmap(many);
    expect(range, false);
    range.map(2); // its neighbour keeps the table
    measure("kernel/map/1-page", [&] { range.unmap(1); }, [&] { range.map(1); });
    measure("kernel/map/1-page/new-table", [&] { range.unmap(many); }, [&] { range.map(1); });
    measure("kernel/map/512-pages", [&] { range.unmap(many); }, [&] { range.map(many); });
    measure("kernel/unmap/512-pages", [&] { range.map(many); }, [&] { range.unmap(many); });
    must(range.space.detach(attachment), "detach");
}

void between_spaces(runtime::Memory memory, abi::Word address) {
    auto const untyped = must(kit().memory.split(1 << 20), "memory of spaces");
    auto const parent = must(untyped.make<runtime::AddressSpace>(), "space");
    auto const child = must(untyped.make<runtime::AddressSpace>(), "space");
    attach(parent, memory);
    attach(child, memory);
    Range const from{parent, address};
    Range const to{child, address};
    from.map(many);
    auto const clear = [&] {
        to.unmap(many);
        (void)parent.protect(address, many, abi::Protection::read_write);
    };
    auto const copy = [&] { (void)child.copy_mappings(parent, address, many, true); };
    copy();
    expect(to, true);
    measure("kernel/copy-mappings/512-pages", clear, copy);
}

} // namespace

void measure_mapping() {
    auto const memory = must(kit().memory.make_memory(many * abi::page_bytes), "memory");
    auto const address = reserve((many + 1) * abi::page_bytes) + abi::page_bytes;
    in_own_space(memory, address);
    between_spaces(memory, address);
}

} // namespace bench
