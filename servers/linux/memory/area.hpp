#pragma once
// An area: a range of a program's addresses with one protection and one source of pages.

#include <servers/linux/fs/ref.hpp>
#include <servers/linux/memory/page_source.hpp>

#include <cstdint>

namespace personality {

class ProgramSpace;

/// What programs may do with pages, as in PROT_*.
namespace access {
constexpr std::uint32_t none = 0, read = 1, write = 2, execute = 4;
}

struct Area {
    std::uint64_t start = 0, end = 0; ///< addresses, page-aligned
    std::uint32_t protection = 0;     ///< access bits
    bool shared = false;
    bool grows_down = false;
    bool keep_from_child = false; ///< MADV_DONTFORK
    bool wipe_in_child = false;   ///< MADV_WIPEONFORK
    bool locked = false;
    /// A shared mapping of a file that wasn't opened for writing can't be made writable.
    bool never_write = false;
    enum class Name : std::uint8_t { none, heap, stack, vvar, vdso } name = Name::none;

    Ref<PageSource> source{}; ///< none: private memory of zeros
    std::uint64_t source_page = 0;
    Ref<Counted> file{}; ///< the file that was mapped, for /proc/PID/maps; a personality::File
    ProgramSpace* space = nullptr;
    Area* next_of_source = nullptr; ///< among the areas of its source
    Area* previous_of_source = nullptr;

    std::uint64_t bytes() const { return end - start; }
    std::uint64_t first_page() const { return start / page_bytes; }
    std::uint64_t end_page() const { return end / page_bytes; }
    bool contains(std::uint64_t address) const { return address >= start && address < end; }
    /// The page of the source behind a page of the area.
    std::uint64_t source_index(std::uint64_t page) const {
        return source_page + page - first_page();
    }
};

} // namespace personality
