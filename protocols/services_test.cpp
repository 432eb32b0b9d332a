#include <protocols/services.hpp>
#include <protocols/text_builder.hpp>

#include <array>
#include <gtest/gtest.h>
#include <string>

using namespace protocols;
using namespace protocols::services;

namespace {

std::string text_of(Row const& row, std::uint64_t now, std::size_t room = 1024) {
    std::string text(room, '?');
    return std::string(status_text(row, now, text));
}

} // namespace

TEST(Services, StatusOfOneThatRuns) {
    Row row{};
    row.name = make_name("uart");
    row.state = State::running;
    row.incarnation = 2;
    row.started_ns = 1'500'000'000;
    row.cause = Cause::exception;
    row.detail = 13;
    row.ended_ns = 1'400'000'000;
    row.failures = 1;
    row.memory_bytes = 512 * 1024;
    row.processor_ns = 20'000'000;
    row.turns = 7;
    EXPECT_EQ(text_of(row, 3'000'000'000), "name            uart\n"
                                           "state           running\n"
                                           "incarnation     2\n"
                                           "uptime          1.500 s\n"
                                           "last-end        exception 13, 1.600 s ago\n"
                                           "failures        1\n"
                                           "memory          512 KiB\n"
                                           "processor-time  0.020 s\n"
                                           "turns           7\n"
                                           "requests        0\n");
}

TEST(Services, StatusFitsWhereItMust) {
    Row row{};
    row.name = make_name("uart");
    for (std::size_t room = 0; room < 200; room++) EXPECT_LE(text_of(row, 0, room).size(), room);
}

TEST(Services, WordsOfControlFiles) {
    EXPECT_EQ(action("kill"), Action::kill);
    EXPECT_EQ(action("restart\n"), Action::restart);
    EXPECT_EQ(action("stop \n"), Action::stop);
    EXPECT_EQ(action("start"), Action::start);
    EXPECT_FALSE(action("Kill"));
    EXPECT_FALSE(action(""));
    EXPECT_FALSE(action("power_off"));
}

TEST(Services, ARowIsNeverReadHalfChanged) {
    SharedRow shared{};
    Row row{};
    row.incarnation = 3;
    shared.store(row);
    ASSERT_TRUE(shared.load());
    EXPECT_EQ(shared.load()->incarnation, 3u);
    shared.sequence++; // a writer died here
    EXPECT_FALSE(shared.load());
}

TEST(Services, TextOfNumbers) {
    std::array<char, 40> buffer{};
    TextBuilder text(buffer);
    text.decimal(0).put(' ').decimal(42, 4).put(' ').hexadecimal(0xdeadbeef, 12).put(' ');
    text.seconds(1'002'000'000);
    EXPECT_EQ(text.text(), "0 0042 0000deadbeef 1.002");
}
