#pragma once
// The symbol table of a program in the boot archive (`symbols` entries): what an address in a crash
// record is called. Written by tools/image, read by the supervisor.
//
//   | SymbolHeader | SymbolEntry[count], ascending by address | names |

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace protocols {

constexpr std::uint64_t symbol_magic = 0x314d'5953'5252'4b53; // "SKRRSYM1"

struct SymbolHeader {
    std::uint64_t magic;
    std::uint32_t count;
    std::uint32_t name_bytes;
};

struct SymbolEntry {
    std::uint64_t address;
    std::uint32_t bytes; ///< of the function; 0: up to the next symbol
    std::uint32_t name;  ///< offset in the names, which end in a zero each
};
static_assert(sizeof(SymbolHeader) == 16 && sizeof(SymbolEntry) == 16);

/// Read without trust: a broken table names nothing.
class SymbolTable {
public:
    SymbolTable() = default;
    constexpr explicit SymbolTable(std::span<std::byte const> bytes) {
        SymbolHeader header;
        if (bytes.size() < sizeof header) return;
        std::memcpy(&header, bytes.data(), sizeof header);
        auto const entries = std::uint64_t{header.count} * sizeof(SymbolEntry);
        if (header.magic != symbol_magic ||
            bytes.size() - sizeof header < entries + header.name_bytes)
            return;
        entries_ = bytes.subspan(sizeof header, entries);
        names_ = bytes.subspan(sizeof header + entries, header.name_bytes);
    }

    struct Place {
        std::string_view name;
        std::uint64_t offset; ///< of the address within it
    };

    /// The function in which `address` lies.
    std::optional<Place> find(std::uint64_t address) const {
        std::size_t low = 0;
        std::size_t high = entries_.size() / sizeof(SymbolEntry); // the answer is below it
        while (low < high) {
            auto const middle = low + (high - low) / 2;
            if (entry(middle).address <= address)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == 0) return std::nullopt;
        auto const found = entry(low - 1);
        auto const offset = address - found.address;
        if (found.bytes != 0 && offset >= found.bytes) return std::nullopt;
        auto const name = text(found.name);
        return name.empty() ? std::nullopt : std::optional(Place{name, offset});
    }

private:
    std::span<std::byte const> entries_;
    std::span<std::byte const> names_;

    SymbolEntry entry(std::size_t index) const {
        SymbolEntry result;
        std::memcpy(&result, entries_.subspan(index * sizeof result, sizeof result).data(),
                    sizeof result);
        return result;
    }

    std::string_view text(std::size_t offset) const {
        if (offset >= names_.size()) return {};
        std::string_view const rest(reinterpret_cast<char const*>(names_.data()) + offset,
                                    names_.size() - offset);
        auto const end = rest.find('\0');
        return end == rest.npos ? std::string_view{} : rest.substr(0, end);
    }
};

} // namespace protocols
