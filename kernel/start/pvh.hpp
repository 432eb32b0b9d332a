#pragma once
// Reading what a PVH loader left; see loader.hpp.

#include <kernel/start/loader.hpp>

namespace kernel {

std::string_view read_pvh(PhysicalReader const& reader, base::Phys at, LoaderInformation& into);

} // namespace kernel
