// Set-up of a function, against configuration space made of arrays that behave as the specification
// says: only some bits of a BAR take, and zeros written to the status register change nothing.

#include <runtime/device/msix_table.hpp>
#include <runtime/device/pci_function.hpp>

#include <gtest/gtest.h>

#include <array>
#include <map>

namespace device {
namespace {

struct FakeFunction {
    std::array<std::uint32_t, 64> words{};
    std::map<std::uint8_t, std::uint32_t> writable; ///< masks; what is not here takes nothing
};

class FakeConfig final : public PciConfig {
public:
    base::Result<std::uint32_t> read(PciAddress at, std::uint8_t offset) const override {
        auto const found = functions.find(at.requester());
        return found == functions.end() ? ~0u : found->second.words[offset / 4];
    }
    base::Result<> write(PciAddress at, std::uint8_t offset, std::uint32_t value) const override {
        auto const found = functions.find(at.requester());
        if (found == functions.end()) return {};
        auto& function = found->second;
        if (offset >= 0x10 && offset < 0x28)
            EXPECT_EQ(function.words[1] & 3, 0u) << "a BAR is touched with its decoders on";
        auto const mask = function.writable[offset];
        auto& word = function.words[offset / 4];
        word = (word & ~mask) | (value & mask);
        return {};
    }
    mutable std::map<std::uint16_t, FakeFunction> functions;
};

class Functions : public ::testing::Test {
protected:
    FakeConfig config;
    PciAddress const at{.bus = 0, .device = 3, .function = 0};
    FakeFunction& fake = config.functions[at.requester()];
    PciFunction const function{config, at};

    Functions() {
        fake.words[0] = 0x11e8'1234;
        fake.words[1] = 0x0010'0003; // has capabilities; both decoders on
        fake.writable[4] = 0x0000'0407;
        fake.words[2] = 0x00ff'0010;
    }
    void add_bar(unsigned number, std::uint32_t value, std::uint32_t writable) {
        fake.words[4 + number] = value;
        fake.writable[static_cast<std::uint8_t>(0x10 + 4 * number)] = writable;
    }
};

TEST_F(Functions, SayWhatTheyAre) {
    EXPECT_EQ(*function.vendor(), 0x1234);
    EXPECT_EQ(*function.device(), 0x11e8);
    EXPECT_EQ(*function.class_code(), 0x00'ff00u);
    EXPECT_EQ((PciAddress{.bus = 2, .device = 31, .function = 7}.requester()), 0x02ff);
}

TEST_F(Functions, HaveRangesOfEveryForm) {
    add_bar(0, 0xfea0'0000, 0xfff0'0000); // 1 MiB below 4 GiB
    add_bar(1, 0xc001, 0x0000'ffe0);      // 32 ports, the upper half missing
    add_bar(2, 0x0000'000c, 0xffff'c000); // 16 KiB, 64 bits, prefetchable
    add_bar(3, 0x0000'0008, 0xffff'ffff); // its upper half
    add_bar(4, 0x0000'0004, 0x0000'0000); // 8 GiB at 64 bits
    add_bar(5, 0x0000'0002, 0xffff'fffe);
    auto const whole = fake.words;
    auto const memory = *function.bar(0);
    EXPECT_EQ(memory.address, 0xfea0'0000u);
    EXPECT_EQ(memory.bytes, 0x10'0000u);
    EXPECT_FALSE(memory.ports);
    auto const ports = *function.bar(1);
    EXPECT_EQ(ports.address, 0xc000u);
    EXPECT_EQ(ports.bytes, 0x20u);
    EXPECT_TRUE(ports.ports);
    auto const wide = *function.bar(2);
    EXPECT_EQ(wide.address, 0x8'0000'0000u);
    EXPECT_EQ(wide.bytes, 0x4000u);
    EXPECT_TRUE(wide.prefetchable);
    EXPECT_EQ(function.bar(3)->bytes, 0u) << "half of another";
    auto const huge = *function.bar(4);
    EXPECT_EQ(huge.address, 0x2'0000'0000u);
    EXPECT_EQ(huge.bytes, 0x2'0000'0000u);
    EXPECT_EQ(function.bar(6).error(), abi::Error::out_of_range);
    EXPECT_EQ(fake.words, whole) << "all is as it was";
}

TEST_F(Functions, MayHaveNoRange) {
    EXPECT_EQ(function.bar(0)->bytes, 0u);
    add_bar(5, 4, 0xffff'fff0);
    EXPECT_EQ(function.bar(5).error(), abi::Error::not_supported) << "no room for its upper half";
}

TEST_F(Functions, ThatAreBridgesHaveTwoRanges) {
    fake.words[3] = 0x0001'0000;
    EXPECT_TRUE(function.bar(1).has_value());
    EXPECT_EQ(function.bar(2).error(), abi::Error::out_of_range);
}

TEST_F(Functions, SayWhenBusMasteringIsOff) {
    EXPECT_EQ(*function.command(pci::command::bus_master), 7);
    EXPECT_EQ(*function.command(0, pci::command::bus_master), 3);
    fake.writable[4] = 0;
    fake.words[1] |= 4;
    EXPECT_EQ(*function.command(0, pci::command::bus_master), 7) << "it does not obey";
}

TEST_F(Functions, HaveListsOfCapabilities) {
    EXPECT_EQ(*function.capability(pci::Capability::msi), std::nullopt);
    fake.words[0x34 / 4] = 0x40;
    fake.words[0x40 / 4] = 0x0000'6009;
    fake.words[0x60 / 4] = 0x0080'0005;
    EXPECT_EQ(*function.capability(pci::Capability::msi), 0x60);
    EXPECT_EQ(*function.capability(pci::Capability::msix), std::nullopt);
    fake.words[0x60 / 4] = 0x0080'4005;
    EXPECT_EQ(*function.capability(pci::Capability::msix), std::nullopt) << "it goes in circles";
    fake.words[1] = 3;
    EXPECT_EQ(*function.capability(pci::Capability::msi), std::nullopt) << "it says it has no list";
}

TEST_F(Functions, InterruptByOneMessage) {
    Message const message{.address = 0xfee0'1000, .data = 0x4051};
    EXPECT_EQ(function.enable_msi(message).error(), abi::Error::not_supported);
    fake.words[0x34 / 4] = 0x40;
    fake.words[0x40 / 4] = 0x00f6'0005; // 64 bits, eight vectors offered and in use
    fake.writable[0x40] = 0x0071'0000;
    for (auto const offset : std::array<std::uint8_t, 3>{0x44, 0x48, 0x4c})
        fake.writable[offset] = 0xffff'ffff;
    ASSERT_TRUE(function.enable_msi(message));
    EXPECT_EQ(fake.words[0x40 / 4], 0x0087'0005u);
    EXPECT_EQ(fake.words[0x44 / 4], 0xfee0'1000u);
    EXPECT_EQ(fake.words[0x48 / 4], 0u);
    EXPECT_EQ(fake.words[0x4c / 4], 0x4051u);
    EXPECT_EQ(fake.words[1] & pci::command::no_line, pci::command::no_line);
    ASSERT_TRUE(function.disable_msi());
    EXPECT_EQ(fake.words[0x40 / 4], 0x0086'0005u);
    EXPECT_EQ(fake.words[1] & pci::command::no_line, 0u);

    fake.words[0x40 / 4] = 0x0000'0005; // 32 bits
    fake.words[0x48 / 4] = 0xffff'0000;
    ASSERT_TRUE(function.enable_msi(message));
    EXPECT_EQ(fake.words[0x48 / 4], 0xffff'4051u) << "the data is where the upper half would be";
    EXPECT_EQ(function.enable_msi({.address = 1ull << 32}).error(), abi::Error::not_supported);
}

TEST_F(Functions, InterruptByATableOfMessages) {
    fake.words[0x34 / 4] = 0x40;
    fake.words[0x40 / 4] = 0x4003'0011; // four entries, all masked
    fake.words[0x44 / 4] = 0x0000'2004;
    fake.writable[0x40] = 0xc000'0000;
    auto const place = *function.msix();
    EXPECT_EQ(place.bar, 4u);
    EXPECT_EQ(place.offset, 0x2000u);
    EXPECT_EQ(place.entries, 4u);
    ASSERT_TRUE(function.enable_msix());
    EXPECT_EQ(fake.words[0x40 / 4] >> 16, 0x8003u);

    std::array<std::uint32_t, 16> words;
    words.fill(0xffff'ffff);
    MsixTable const table(Registers(std::as_writable_bytes(std::span(words))), place.entries);
    table.mask_all();
    table.set(2, {.address = 0x1'fee0'0000, .data = 0x51});
    EXPECT_EQ(words[7], 1u);
    EXPECT_EQ(words[8], 0xfee0'0000u);
    EXPECT_EQ(words[9], 1u);
    EXPECT_EQ(words[10], 0x51u);
    EXPECT_EQ(words[11], 0u);

    ASSERT_TRUE(function.disable_msix());
    EXPECT_EQ(fake.words[0x40 / 4] >> 16, 0x0003u);
}

TEST_F(Functions, AreResetIfTheyCan) {
    EXPECT_EQ(function.reset().error(), abi::Error::not_supported);
    fake.words[0x34 / 4] = 0x40;
    fake.words[0x40 / 4] = 0x0002'0010;
    EXPECT_EQ(function.reset().error(), abi::Error::not_supported);
    fake.words[0x44 / 4] = 1u << 28;
    fake.words[0x48 / 4] = 0x000f'2810;
    fake.writable[0x48] = 0xffff'ffff;
    ASSERT_TRUE(function.reset());
    EXPECT_EQ(fake.words[0x48 / 4], 0x0000'a810u);
}

TEST_F(Functions, AreFoundBehindBridges) {
    auto& bridge = config.functions[PciAddress{.device = 4, .function = 2}.requester()];
    bridge.words[0] = 0x8086'8086;
    bridge.words[3] = 0x0001'0000;
    bridge.words[6] = 0x0005'0500;
    auto& first = config.functions[PciAddress{.device = 4}.requester()];
    first.words[0] = 0x0001'8086;
    first.words[3] = 0x0080'0000; // several functions
    for (auto const bus : std::array<std::uint8_t, 2>{5, 6})
        config.functions[PciAddress{.bus = bus, .device = 1}.requester()].words[0] = 0x11e8'1234;
    // A function that its device does not announce is another one's shadow.
    config.functions[PciAddress{.device = 3, .function = 1}.requester()].words[0] = 0x11e8'1234;

    EXPECT_EQ(find_function(config, 0x1234, 0x11e8)->address(), at);
    EXPECT_EQ(find_function(config, 0x1234, 0x11e8, 1)->address(),
              (PciAddress{.bus = 5, .device = 1}));
    EXPECT_EQ(find_function(config, 0x1234, 0x11e8, 2).error(), abi::Error::out_of_range)
        << "nothing leads to bus 6";
    EXPECT_EQ(find_function(config, 0x1234, 0x0001).error(), abi::Error::out_of_range);
}

} // namespace
} // namespace device
