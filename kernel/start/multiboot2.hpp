#pragma once
// Reading what a multiboot2 loader left; see loader.hpp.

#include <kernel/start/loader.hpp>

namespace kernel {

std::string_view read_multiboot2(PhysicalReader const& reader, base::Phys at,
                                 LoaderInformation& into);

} // namespace kernel
