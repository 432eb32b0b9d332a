#include <runtime/lab/neighbour.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <runtime/own.hpp>

namespace lab {

namespace {

constexpr abi::Word memory_bytes = 2 << 20; // for objects and page tables

} // namespace

Neighbour::Neighbour(OwnImage const& image, std::string_view name, Abi calls)
    : memory_(must(kit().memory.split(memory_bytes), "memory of a process")),
      space_(must(memory_.make<runtime::AddressSpace>(), "space")),
      pool_(must(memory_.make<runtime::CapPool>(), "pool")),
      process_(must(memory_.make<runtime::Process>(), "process")) {
    must(process_.configure(pool_.address(), space_.address(),
                            calls == Abi::native ? runtime::Process::Abi::native
                                                 : runtime::Process::Abi::foreign),
         "configure a process");
    must(process_.name(name), "name");
    must(process_.start(), "start");
    image.map_into(space());
}

Neighbour::~Neighbour() {
    must(runtime::CapPool(runtime::own_pool).revoke(memory_.address()), "revoke a process");
}

abi::CapAddress Neighbour::give(abi::CapAddress source, abi::RightsMask rights) {
    return must(pool_.copy(next_slot_++, source, rights), "give a capability");
}

} // namespace lab
