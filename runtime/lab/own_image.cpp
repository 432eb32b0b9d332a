#include <runtime/lab/own_image.hpp>

#include <runtime/lab/extent.hpp>
#include <runtime/lab/must.hpp>

#include <cstring>
#include <elf.h>

// From the linker.
extern "C" Elf64_Ehdr const __ehdr_start;
extern "C" char const end;

namespace lab {

namespace {

abi::Word image_begin() { return reinterpret_cast<abi::Word>(&__ehdr_start); }

std::span<Elf64_Phdr const> program_headers() {
    return {reinterpret_cast<Elf64_Phdr const*>(image_begin() + __ehdr_start.e_phoff),
            __ehdr_start.e_phnum};
}

abi::Protection protection(Elf64_Word flags) {
    if ((flags & PF_X) != 0) return abi::Protection::read_execute;
    return (flags & PF_W) != 0 ? abi::Protection::read_write : abi::Protection::read;
}

} // namespace

OwnImage::OwnImage() {
    auto const bytes =
        base::align_up(reinterpret_cast<abi::Word>(&end) - image_begin(), abi::page_bytes);
    Extent const copy(bytes);
    for (auto const& header : program_headers())
        if (header.p_type == PT_LOAD)
            std::memcpy(copy.bytes().data() + (header.p_vaddr - image_begin()),
                        reinterpret_cast<void const*>(header.p_vaddr), header.p_memsz);
    memory_ = must(runtime::copy(copy.memory()), "a second capability of the image");
}

void OwnImage::map_into(runtime::AddressSpace space) const {
    auto const attachment = must(space.attach(memory_), "attach the image");
    for (auto const& header : program_headers()) {
        if (header.p_type != PT_LOAD) continue;
        auto const first = base::align_down(header.p_vaddr, abi::page_bytes);
        auto const last = base::align_up(header.p_vaddr + header.p_memsz, abi::page_bytes);
        auto const done = space.map(attachment, first, (first - image_begin()) / abi::page_bytes,
                                    (last - first) / abi::page_bytes, protection(header.p_flags));
        if (done.error != abi::Error::ok) give_up("map the image", done.error);
    }
}

} // namespace lab
