#include <kernel/start/command_line.hpp>

#include <gtest/gtest.h>

namespace kernel {
namespace {

TEST(CommandLine, FindsValues) {
    CommandLine const line{"log=serial  quiet xlog=no exit_port=0xf4 log="};
    EXPECT_EQ(line.value("log"), "") << "the last one counts";
    EXPECT_EQ(line.value("quiet"), std::nullopt);
    EXPECT_EQ(line.value("exit"), std::nullopt);
    EXPECT_EQ(CommandLine{"log=serial"}.value("log"), "serial");
    EXPECT_EQ(CommandLine{""}.value("log"), std::nullopt);
}

TEST(CommandLine, ReadsPorts) {
    EXPECT_EQ(CommandLine{"p=0xF4"}.port("p"), 0xf4);
    EXPECT_EQ(CommandLine{"p=65535"}.port("p"), 65535);
    for (char const* bad :
         {"p=65536", "p=", "p=0x", "p=12a", "p=-1", "p=99999999999999999999", "q=1"})
        EXPECT_EQ(CommandLine{bad}.port("p"), std::nullopt) << bad;
}

} // namespace
} // namespace kernel
