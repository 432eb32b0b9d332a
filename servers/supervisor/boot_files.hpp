#pragma once
// What the boot loader brought: the manifest, the programs with their symbols, and the archives of
// the Linux file tree, all of it used where it lies.

#include <abi/boot.hpp>
#include <formats/boot_archive.hpp>
#include <protocols/symbol_table.hpp>
#include <runtime/handle.hpp>
#include <runtime/memory.hpp>

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace supervisor {

/// A program in an archive.
struct Program {
    boot_archive::Bytes file;
    runtime::Memory module;
    std::uint64_t first_page = 0; ///< of the file, in the module
    protocols::SymbolTable symbols;

    std::uint64_t pages() const { return (file.size() + abi::page_bytes - 1) / abi::page_bytes; }
};

/// An archive that holds files for Linux programs and nothing else.
struct FileArchive {
    runtime::Memory module;
    std::uint64_t first_page = 0;
    std::uint64_t pages = 0;
};

class BootFiles {
public:
    static constexpr std::size_t most_modules = 8;
    static constexpr std::size_t most_archives = 6;

    /// Maps all modules, read-only. What is no archive is reported and passed over.
    explicit BootFiles(abi::BootInfo const& info);

    /// The compiled manifest; empty if there is none.
    std::span<std::byte const> manifest() const;
    std::optional<Program> program(std::string_view name) const;
    std::span<FileArchive const> file_archives() const {
        return std::span(file_archives_).first(file_archive_count_);
    }

private:
    struct System {
        boot_archive::Archive archive;
        runtime::Memory module;
        std::uint64_t first_page; ///< of the archive, in the module
    };
    std::array<runtime::Mapping, most_modules> modules_;
    std::size_t module_count_ = 0;
    std::array<std::optional<System>, most_archives> systems_;
    std::size_t system_count_ = 0;
    std::array<FileArchive, most_archives> file_archives_;
    std::size_t file_archive_count_ = 0;

    void read_module(runtime::Memory module, std::span<std::byte const> bytes);
    void add(boot_archive::Archive const& archive, runtime::Memory module,
             std::uint64_t first_page);
};

} // namespace supervisor
