#pragma once
// Where everything of a new process lies: what is used in place from the archive, and what is
// copied into memory of its own. Pure arithmetic over the program's ELF layout and its manifest
// entry; the builder carries it out.
//
//     private memory of a service, in pages:
//     | start page | message page | data segments ... | stack | heap |
//
// All of it is one Memory, so that building anew needs nothing that a first building has not got.

#include <formats/elf.hpp>
#include <protocols/manifest.hpp>

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace supervisor {

/// One range of the new address space.
struct PlannedMapping {
    enum class From : std::uint8_t { program, own };
    From from;
    std::uint64_t page; ///< first page within the program's file, or within the private memory
    std::uint64_t address;
    std::uint64_t pages;
    abi::Protection protection;
};

/// Bytes that go from the file into private memory.
struct PlannedCopy {
    std::uint64_t file_offset;
    std::uint64_t own_offset; ///< in bytes, within the private memory
    std::uint64_t bytes;
};

enum class LayoutProblem : std::uint32_t {
    not_fixed,
    wants_interpreter,
    outside_program_area, ///< segments must lie below the start page
};
std::string_view explain(LayoutProblem problem);

class LayoutPlan {
public:
    static std::expected<LayoutPlan, LayoutProblem>
    make(elf::Layout const& program, std::uint64_t stack_bytes, std::uint64_t heap_bytes);

    static constexpr std::uint64_t start_page = 0;
    static constexpr std::uint64_t message_page = 1;

    std::span<PlannedMapping const> mappings() const {
        return std::span(mappings_).first(mapping_count_);
    }
    std::span<PlannedCopy const> copies() const { return std::span(copies_).first(copy_count_); }

    std::uint64_t own_bytes() const { return own_pages_ * abi::page_bytes; }
    std::uint64_t entry() const { return entry_; }
    /// The stack, in bytes within the private memory, and where it is seen by the process.
    std::uint64_t stack_offset() const { return stack_page_ * abi::page_bytes; }
    std::uint64_t stack_bytes() const { return stack_bytes_; }
    std::uint64_t stack_address() const;
    std::uint64_t heap_bytes() const { return heap_bytes_; }

private:
    static constexpr std::size_t most_mappings = elf::max_segments + 4;

    std::array<PlannedMapping, most_mappings> mappings_{};
    std::array<PlannedCopy, elf::max_segments> copies_{};
    std::size_t mapping_count_ = 0;
    std::size_t copy_count_ = 0;
    std::uint64_t own_pages_ = 0;
    std::uint64_t stack_page_ = 0;
    std::uint64_t stack_bytes_ = 0;
    std::uint64_t heap_bytes_ = 0;
    std::uint64_t entry_ = 0;

    std::uint64_t add_own(std::uint64_t address, std::uint64_t pages, abi::Protection protection);
    void add_segment(elf::Segment const& segment);
};

} // namespace supervisor
