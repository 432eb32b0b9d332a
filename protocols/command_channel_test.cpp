#include <protocols/command_channel.hpp>

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

using namespace command_channel;
using Bytes = std::vector<std::uint8_t>;

namespace {

struct Owned {
    Kind kind;
    Bytes payload;
};

std::vector<Owned> decode(Decoder& decoder, Bytes const& line) {
    std::vector<Owned> frames;
    for (auto byte : line)
        if (auto frame = decoder.push(byte))
            frames.push_back({frame->kind, Bytes(frame->payload.begin(), frame->payload.end())});
    return frames;
}

Bytes encode(Kind kind, Bytes const& payload) {
    auto const head = header(kind, payload.size());
    Bytes line(head.begin(), head.end());
    line.insert(line.end(), payload.begin(), payload.end());
    return line;
}

Bytes record_bytes(std::string const& text) { return Bytes(text.begin(), text.end()); }

// What tools/skerry/channel.py wrote: the host's half of a session, kept beside the tests of both.
Bytes sample() {
    std::ifstream file("protocols/command_channel.sample", std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(file), {});
}

} // namespace

TEST(CommandChannel, FramesSurviveTheLine) {
    Decoder decoder;
    Bytes const data(max_payload, 0x5a);
    auto line = encode(Kind::input, data);
    auto const end = encode(Kind::input_end, {});
    line.insert(line.end(), end.begin(), end.end());
    auto const frames = decode(decoder, line);
    ASSERT_EQ(frames.size(), 2u);
    EXPECT_EQ(frames[0].kind, Kind::input);
    EXPECT_EQ(frames[0].payload, data);
    EXPECT_EQ(frames[1].kind, Kind::input_end);
    EXPECT_TRUE(frames[1].payload.empty());
}

TEST(CommandChannel, AnImpossibleLengthBreaksTheDecoder) {
    Decoder decoder;
    EXPECT_TRUE(decode(decoder, {0x03, 0x01, 0x10, 1, 2, 3, 0x04, 0, 0}).empty());
    EXPECT_TRUE(decoder.broken());
}

TEST(CommandChannel, NumbersAreLittleEndian) {
    EXPECT_EQ(number(two_bytes(0x1234), 2), 0x1234u);
    EXPECT_EQ(number(four_bytes(0x12345678), 4), 0x12345678u);
    EXPECT_EQ(number(two_bytes(1), 4), std::nullopt);
}

TEST(CommandChannel, ARecordThatLiesIsRefused) {
    using namespace std::string_literals;
    auto const fixed = "\x18\0\x50\0\0\x01\0\0\0"s; // one argument, no environment
    EXPECT_TRUE(StartRecord::read(record_bytes(fixed + "/\0ls\0"s)));
    EXPECT_FALSE(StartRecord::read({}));
    EXPECT_FALSE(StartRecord::read(record_bytes(fixed)));
    EXPECT_FALSE(StartRecord::read(record_bytes(fixed + "/\0ls"s)));
    EXPECT_FALSE(StartRecord::read(record_bytes(fixed + "/\0"s)));
    EXPECT_FALSE(StartRecord::read(record_bytes(fixed + "/\0ls\0-l\0"s)));
    EXPECT_FALSE(StartRecord::read(record_bytes("\0\0\0\0\0\0\0\0\0/\0"s)));
}

TEST(CommandChannel, TheHostsTwinSpeaksTheSame) {
    Decoder decoder;
    auto const frames = decode(decoder, sample());
    ASSERT_EQ(frames.size(), 6u);
    EXPECT_EQ(frames[0].kind, Kind::start_record);
    auto const record = StartRecord::read(frames[0].payload);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->rows(), 24);
    EXPECT_EQ(record->columns(), 80);
    EXPECT_FALSE(record->terminal(0));
    EXPECT_TRUE(record->terminal(1));
    EXPECT_EQ(record->cwd(), "/tmp");
    std::vector<std::string> words;
    record->arguments([&](std::string_view word) { words.emplace_back(word); });
    record->environment([&](std::string_view word) { words.emplace_back(word); });
    EXPECT_EQ(words, (std::vector<std::string>{"echo", "", "two words", "HOME=/"}));
    EXPECT_EQ(frames[1].kind, Kind::start);
    EXPECT_EQ(frames[2].kind, Kind::input);
    EXPECT_EQ(frames[2].payload, (Bytes{0, 1, 255}));
    EXPECT_EQ(frames[3].kind, Kind::input_end);
    EXPECT_EQ(frames[4].kind, Kind::window);
    EXPECT_EQ(number(frames[4].payload, 2), 50u);
    EXPECT_EQ(frames[5].kind, Kind::signal);
    EXPECT_EQ(frames[5].payload, Bytes{2});
}
