#include <kernel/start/loader.hpp>

namespace kernel {

void LoaderInformation::set_command_line(PhysicalReader const& reader, base::Phys at) {
    // Byte by byte: how far we may read is known only as we go.
    info.command_line_bytes = 0;
    while (info.command_line_bytes < sizeof info.command_line) {
        auto const c = reader.object<char>(at + info.command_line_bytes);
        if (!c || *c == '\0') break;
        info.command_line[info.command_line_bytes++] = *c;
    }
}

std::string_view read_loader(BootProtocol protocol, PhysicalReader const& reader, base::Phys at,
                             LoaderInformation& into) {
    switch (protocol) {
    case BootProtocol::pvh: return read_pvh(reader, at, into);
    case BootProtocol::multiboot2: return read_multiboot2(reader, at, into);
    }
    return "the boot protocol is not one that the kernel speaks";
}

} // namespace kernel
