// Whatever the bytes say: no access outside them, and every node keeps the reader's promises.

#include <formats/boot_archive.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto module = std::as_bytes(std::span(data, size));
    auto archive = boot_archive::Archive::open(module);
    while (archive) {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < archive->size(); i++) {
            auto const node = (*archive)[i];
            for (char const c : node.name) sum += static_cast<unsigned char>(c);
            for (std::byte const b : node.data.first(std::min<std::size_t>(node.data.size(), 64)))
                sum += static_cast<std::size_t>(b);
            if (node.type >= boot_archive::Type::file && !boot_archive::plain_path(node.name))
                std::abort();
            if (node.data.size() + node.offset > archive->bytes().size()) std::abort();
        }
        if (sum == 1) (void)archive->find(boot_archive::Type::program, "x");
        module = boot_archive::tail(module, *archive);
        archive = boot_archive::Archive::open(module);
    }
    return boot_archive::explain(archive.error()).empty() ? 1 : 0;
}
