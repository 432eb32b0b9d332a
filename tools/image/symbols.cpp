// This file alone may include <cxxabi.h>, whose alias takes the name `abi`: so nothing of the house
// that includes abi/ can be seen here.

#include <tools/image/symbols.hpp>

#include <protocols/symbol_table.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <elf.h>
#include <memory>
#include <optional>
#include <vector>

namespace image {

namespace {

constexpr std::size_t longest_name = 120;

template <class T> std::optional<T> read(std::string_view file, std::uint64_t offset) {
    if (offset > file.size() || file.size() - offset < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, file.data() + offset, sizeof value);
    return value;
}

std::optional<Elf64_Shdr> section(std::string_view file, Elf64_Ehdr const& header,
                                  std::uint64_t index) {
    if (index >= header.e_shnum) return std::nullopt;
    return read<Elf64_Shdr>(file, header.e_shoff + index * sizeof(Elf64_Shdr));
}

std::string readable(char const* name) {
    int status = 0;
    std::unique_ptr<char, void (*)(void*)> const text(
        abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
    std::string result = status == 0 && text ? text.get() : name;
    // Parameters make a backtrace unreadable, and templates more so.
    if (auto const parameters = result.rfind('(');
        parameters != result.npos && parameters > 0 &&
        result.find("(anonymous", parameters) != parameters)
        result.resize(parameters);
    if (result.size() > longest_name) result.resize(longest_name);
    return result;
}

std::vector<protocols::SymbolEntry> functions(std::string_view file, Elf64_Shdr const& table,
                                              Elf64_Shdr const& strings, std::string& names) {
    std::vector<protocols::SymbolEntry> found;
    for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= table.sh_size; at += sizeof(Elf64_Sym)) {
        auto const symbol = read<Elf64_Sym>(file, table.sh_offset + at);
        if (!symbol) break;
        auto const start = strings.sh_offset + symbol->st_name;
        if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx == SHN_UNDEF ||
            symbol->st_name >= strings.sh_size || start >= file.size())
            continue;
        std::string const name(file.substr(start, file.find('\0', start) - start));
        auto const bytes = std::min<std::uint64_t>(symbol->st_size, ~std::uint32_t{0});
        found.push_back({symbol->st_value, static_cast<std::uint32_t>(bytes),
                         static_cast<std::uint32_t>(names.size())});
        names += readable(name.c_str());
        names += '\0';
    }
    return found;
}

} // namespace

std::string symbol_table(std::string_view file) {
    auto const header = read<Elf64_Ehdr>(file, 0);
    if (!header || header->e_shentsize != sizeof(Elf64_Shdr)) return {};
    std::string names;
    std::vector<protocols::SymbolEntry> entries;
    for (std::uint64_t i = 0; i < header->e_shnum; i++) {
        auto const table = section(file, *header, i);
        if (!table || table->sh_type != SHT_SYMTAB) continue;
        if (auto const strings = section(file, *header, table->sh_link))
            entries = functions(file, *table, *strings, names);
    }
    if (entries.empty()) return {};
    std::ranges::stable_sort(entries, {}, &protocols::SymbolEntry::address);

    protocols::SymbolHeader const head{protocols::symbol_magic,
                                       static_cast<std::uint32_t>(entries.size()),
                                       static_cast<std::uint32_t>(names.size())};
    std::string bytes(reinterpret_cast<char const*>(&head), sizeof head);
    bytes.append(reinterpret_cast<char const*>(entries.data()), entries.size() * sizeof entries[0]);
    return bytes + names;
}

} // namespace image
