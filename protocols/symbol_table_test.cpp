#include <protocols/symbol_table.hpp>

#include <gtest/gtest.h>
#include <string>
#include <vector>

using namespace protocols;

namespace {

std::vector<std::byte> table() {
    SymbolEntry const entries[] = {{0x1000, 0x10, 0}, {0x1010, 0, 5}, {0x3000, 8, 11}};
    std::string const names("main\0start\0stop\0", 16);
    SymbolHeader const header{symbol_magic, 3, 16};
    std::vector<std::byte> bytes(sizeof header + sizeof entries + names.size());
    std::memcpy(bytes.data(), &header, sizeof header);
    std::memcpy(&bytes[sizeof header], entries, sizeof entries);
    std::memcpy(&bytes[sizeof header + sizeof entries], names.data(), names.size());
    return bytes;
}

std::string found(SymbolTable const& symbols, std::uint64_t address) {
    auto const place = symbols.find(address);
    return place ? std::string(place->name) + "+" + std::to_string(place->offset) : "none";
}

} // namespace

TEST(SymbolTable, NamesTheFunctionAround) {
    auto const bytes = table();
    SymbolTable const symbols(bytes);
    EXPECT_EQ(found(symbols, 0xfff), "none");
    EXPECT_EQ(found(symbols, 0x1000), "main+0");
    EXPECT_EQ(found(symbols, 0x100f), "main+15");
    EXPECT_EQ(found(symbols, 0x2fff), "start+8175");
    EXPECT_EQ(found(symbols, 0x3007), "stop+7");
    EXPECT_EQ(found(symbols, 0x3008), "none");
    EXPECT_EQ(found(symbols, ~0ull), "none");
}

TEST(SymbolTable, ABrokenTableNamesNothing) {
    auto const good = table();
    for (std::size_t size = 0; size < good.size(); size++) {
        std::vector<std::byte> const cut(good.begin(), good.begin() + static_cast<long>(size));
        EXPECT_EQ(found(SymbolTable(cut), 0x1001), "none");
    }
    auto lying = good;
    lying[16 + 12] = std::byte{200}; // the name of the first lies outside
    EXPECT_EQ(found(SymbolTable(lying), 0x1001), "none");
}
