#include <servers/linux/fs/terminal/line_discipline.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace personality {
namespace {

/// A transcript: keys typed, what the screen showed, what a read gave.
class Discipline : public ::testing::Test {
protected:
    LineDiscipline tty;
    std::vector<int> signals;

    void type(std::string_view keys) {
        for (char key : keys)
            if (auto const signal = tty.receive(static_cast<std::uint8_t>(key)); signal != 0)
                signals.push_back(signal);
    }
    std::string screen() {
        std::string shown;
        auto& queue = tty.output().queue();
        while (!queue.empty()) {
            auto const piece = queue.front();
            shown.append(piece.begin(), piece.end());
            queue.pop(piece.size());
        }
        return shown;
    }
    std::string read(std::size_t most = 1000) {
        std::vector<std::byte> bytes(most);
        auto const count = tty.read(bytes);
        return {reinterpret_cast<char const*>(bytes.data()), count};
    }
    void write(std::string_view text) { tty.write(std::as_bytes(std::span(text))); }
    void set_local(std::uint32_t flags, bool on) {
        auto termios = tty.termios();
        termios.local = on ? termios.local | flags : termios.local & ~flags;
        tty.set_termios(termios);
    }
    void make_raw() {
        auto termios = tty.termios();
        termios.input = termios.output = termios.local = 0;
        tty.set_termios(termios);
    }
};

TEST_F(Discipline, EchoesALineAndHandsItOutWhole) {
    type("ls -l");
    EXPECT_FALSE(tty.readable());
    type("\r");
    EXPECT_EQ(screen(), "ls -l\r\n");
    ASSERT_TRUE(tty.readable());
    EXPECT_EQ(read(), "ls -l\n");
    EXPECT_FALSE(tty.readable());
}

TEST_F(Discipline, GivesALineAReadAndTheRestToTheNext) {
    type("one\ntwo\n");
    EXPECT_EQ(read(2), "on");
    EXPECT_EQ(read(), "e\n");
    EXPECT_EQ(read(3), "two");
    ASSERT_TRUE(tty.readable());
    EXPECT_EQ(read(), "\n");
    EXPECT_FALSE(tty.readable());
}

TEST_F(Discipline, ErasesCharactersWordsAndLines) {
    type("abc\x7f");
    EXPECT_EQ(screen(), "abc\b \b");
    type("\x7f\x7f\x7f");
    EXPECT_EQ(screen(), "\b \b\b \b"); // and no further than the line's start
    type("one two-three\x17");
    EXPECT_EQ(screen(), "one two-three\b \b\b \b\b \b\b \b\b \b");
    type("\x17\n");
    EXPECT_EQ(read(), "one \n"); // the dash and "two" went together, as a word does
    screen();
    type("gone\x15kept\n");
    EXPECT_EQ(screen(), "gone\b \b\b \b\b \b\b \bkept\r\n");
    EXPECT_EQ(read(), "kept\n");
}

TEST_F(Discipline, ErasesAWholeUtf8Character) {
    type("a\xc3\xa4\x7f\n");
    EXPECT_EQ(screen(), "a\xc3\xa4\b \b\r\n");
    EXPECT_EQ(read(), "a\n");
    type("\xe2\x82\xac\x7f\x7fx\n");
    EXPECT_EQ(read(), "x\n");
}

TEST_F(Discipline, ErasesATabToWhereItBegan) {
    write("> ");
    screen();
    type("ab\t");
    EXPECT_EQ(screen(), "ab\t");
    type("\x7f");
    EXPECT_EQ(screen(), "\b\b\b\b"); // from column 8 to column 4
    type("\x01\x7f");
    EXPECT_EQ(screen(), "^A\b \b\b \b");
}

TEST_F(Discipline, ReachesNoFinishedLineWithErase) {
    type("done\n\x7f\x15\x17next\n");
    EXPECT_EQ(read(), "done\n");
    EXPECT_EQ(read(), "next\n");
}

TEST_F(Discipline, EndsTheFile) {
    type("\x04");
    ASSERT_TRUE(tty.readable());
    EXPECT_EQ(read(), "");
    EXPECT_FALSE(tty.readable());
    type("part\x04"); // in a line it only pushes
    EXPECT_EQ(read(), "part");
    EXPECT_FALSE(tty.readable());
    EXPECT_EQ(screen(), "part");
    type("four\x04");
    EXPECT_EQ(read(4), "four");
    EXPECT_FALSE(tty.readable()); // the delimiter went with its line
}

TEST_F(Discipline, RaisesSignalsAndFlushes) {
    type("half a line\x03");
    EXPECT_EQ(signals, std::vector{2});
    type("\x1a\x1c");
    EXPECT_EQ(signals, (std::vector{2, 20, 3}));
    EXPECT_FALSE(tty.readable());
    type("whole\n");
    EXPECT_EQ(read(), "whole\n");
}

TEST_F(Discipline, ShowsSignalKeys) {
    type("ab");
    screen();
    type("\x03");
    EXPECT_EQ(screen(), "^C");
    set_local(local_flag::signals, false);
    type("\x03\n");
    EXPECT_EQ(signals.size(), 1u);
    EXPECT_EQ(read(), "\x03\n");
}

TEST_F(Discipline, KeepsInputWithoutFlush) {
    set_local(local_flag::no_flush, true);
    type("ab\x03"
         "c\n");
    EXPECT_EQ(read(), "abc\n");
}

TEST_F(Discipline, TakesTheNextLiterally) {
    type("a\x16\x03"
         "b\n");
    EXPECT_TRUE(signals.empty());
    EXPECT_EQ(screen(), "a^\b^Cb\r\n");
    EXPECT_EQ(read(), "a\x03"
                      "b\n");
}

TEST_F(Discipline, ReprintsTheLine) {
    type("abc\x12");
    EXPECT_EQ(screen(), "abc^R\r\nabc");
}

TEST_F(Discipline, EchoesNewlinesAloneForPasswords) {
    set_local(local_flag::echo, false);
    type("secret\n");
    EXPECT_EQ(screen(), "");
    set_local(local_flag::echo_newline, true);
    type("secret\n");
    EXPECT_EQ(screen(), "\r\n");
    EXPECT_EQ(read(), "secret\n");
}

TEST_F(Discipline, IsTransparentWhenRaw) {
    make_raw();
    std::string every;
    for (int i = 0; i < 256; i++) every += static_cast<char>(i);
    type(every);
    EXPECT_TRUE(signals.empty());
    EXPECT_EQ(screen(), "");
    EXPECT_TRUE(tty.readable(256));
    EXPECT_FALSE(tty.readable(257));
    EXPECT_EQ(read(), every);
    write(every);
    EXPECT_EQ(screen(), every);
}

TEST_F(Discipline, HandsOverWhatWasTypedWhenModesChange) {
    type("typed ahead");
    EXPECT_FALSE(tty.readable());
    set_local(local_flag::canonical, false);
    EXPECT_TRUE(tty.readable());
    EXPECT_EQ(read(5), "typed");
    set_local(local_flag::canonical, true);
    ASSERT_TRUE(tty.readable()); // without a newline
    EXPECT_EQ(read(), " ahead");
    type("x\n");
    EXPECT_EQ(read(), "x\n");
}

TEST_F(Discipline, MapsReturnAndNewline) {
    auto termios = tty.termios();
    termios.input = input_flag::ignore_cr;
    tty.set_termios(termios);
    type("a\rb\n");
    EXPECT_EQ(read(), "ab\n");
    termios.input = input_flag::nl_to_cr;
    tty.set_termios(termios);
    type("a\n");
    EXPECT_FALSE(tty.readable());
    type("\x04");
    EXPECT_EQ(read(), "a\r");
}

TEST_F(Discipline, TranslatesOutput) {
    write("a\nb\r\n");
    EXPECT_EQ(screen(), "a\r\nb\r\r\n");
    auto termios = tty.termios();
    termios.output |= output_flag::expand_tabs;
    tty.set_termios(termios);
    write("\rab\tc\n");
    EXPECT_EQ(screen(), "\rab      c\r\n");
    termios.output = 0;
    tty.set_termios(termios);
    write("a\n");
    EXPECT_EQ(screen(), "a\n");
}

TEST_F(Discipline, StopsAndStartsOutput) {
    type("\x13");
    EXPECT_TRUE(tty.stopped());
    type("\x11");
    EXPECT_FALSE(tty.stopped());
    type("\x13\x03"); // an interrupt lets it go on
    EXPECT_FALSE(tty.stopped());
    EXPECT_EQ(screen(), "^C");
}

TEST_F(Discipline, BoundsALine) {
    std::string const flood(5000, 'x');
    type(flood);
    EXPECT_TRUE(tty.accepts()); // or the newline would never come
    type("\n");
    EXPECT_FALSE(tty.accepts());
    auto const line = read(10'000);
    EXPECT_EQ(line.size(), LineDiscipline::capacity);
    EXPECT_EQ(line.back(), '\n');
    EXPECT_TRUE(tty.accepts());
}

TEST_F(Discipline, TakesNoMoreThanItCanKeepWhenSomebodyReads) {
    std::string typed, got;
    int line = 0;
    while (tty.accepts()) {
        auto const text = std::to_string(line++) + "\n";
        for (char key : text) {
            if (!tty.accepts()) break;
            type({&key, 1});
            typed += key;
        }
    }
    while (tty.readable()) got += read();
    EXPECT_EQ(got, typed.substr(0, got.size()));
    EXPECT_GE(got.size() + 8, typed.size());
}

TEST_F(Discipline, KeepsRoomForEcho) {
    std::string const flood(20'000, 'x');
    auto const taken = tty.write(std::as_bytes(std::span(flood)));
    EXPECT_LT(taken, flood.size());
    EXPECT_EQ(tty.write(std::as_bytes(std::span(flood))), 0u);
    type("\x03");
    auto const shown = screen();
    EXPECT_EQ(shown, "^C"); // what was waiting is flushed
    type("key");
    EXPECT_EQ(screen(), "key");
}

} // namespace
} // namespace personality
