#include <runtime/lab/extent.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <runtime/memory.hpp>
#include <runtime/own.hpp>

namespace lab {

namespace {

runtime::AddressSpace own() { return runtime::AddressSpace(runtime::own_space); }

} // namespace

abi::Word reserve(abi::Word bytes) {
    // Something stays free behind it, so that whoever runs over the end is caught.
    return must(runtime::reserve_addresses(bytes + 1), "addresses");
}

Extent::Extent(abi::Word bytes)
    : bytes_(base::align_up(bytes, abi::page_bytes)), address_(reserve(bytes_)),
      memory_(must(kit().memory.make_memory(bytes_), "memory")),
      attachment_(must(own().attach(memory_), "attach")) {
    auto const done = own().map(attachment_, address_, 0, pages(), abi::Protection::read_write);
    if (done.error != abi::Error::ok) give_up("map", done.error);
}

Extent::~Extent() {
    must(own().detach(attachment_), "detach");
    runtime::release_addresses(address_, bytes_ + 1);
}

void Extent::share_with(runtime::AddressSpace space) const {
    auto const attachment = must(space.attach(memory_), "attach elsewhere");
    auto const done = space.map(attachment, address_, 0, pages(), abi::Protection::read_write);
    if (done.error != abi::Error::ok) give_up("map elsewhere", done.error);
}

} // namespace lab
