#include <servers/supervisor/crash_record.hpp>

#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

using namespace supervisor;
using protocols::services::Cause;

namespace {

/// A stack of two frames at 0x1000.
struct Sample {
    std::array<std::uint64_t, 64> words{};
    CrashFacts facts;

    Sample() {
        facts.name = "uart";
        facts.incarnation = 3;
        facts.time_ns = 2'500'000'000;
        facts.cause = Cause::page_fault;
        facts.fault_kind = abi::MessageKind::page_fault;
        facts.fault[0] = 0xdead;
        facts.fault[1] = abi::fault_access::write;
        facts.has_registers = true;
        facts.registers.rip = 0x200123;
        facts.registers.rbp = 0x1010;
        words[2] = 0x1040; // the frame at 0x1010
        words[3] = 0x200200;
        words[8] = 0; // the frame at 0x1040
        words[9] = 0x200300;
        facts.stack = StackView(0x1000, std::as_bytes(std::span(words)));
    }
    std::string text(std::size_t room = 4096) {
        std::string buffer(room, '?');
        return std::string(write_crash_record(facts, buffer));
    }
    bool says(std::string const& what) { return text().find(what) != std::string::npos; }
};

} // namespace

TEST(CrashRecord, SaysWhatHappened) {
    Sample sample;
    EXPECT_TRUE(sample.says("service      uart, incarnation 3\n"));
    EXPECT_TRUE(sample.says("cause        page fault\n"));
    EXPECT_TRUE(sample.says("write to 0xdead, which is not mapped\n"));
    EXPECT_TRUE(sample.says("backtrace\n  0x00200123\n  0x002001ff\n  0x002002ff\n"))
        << sample.text();
    sample.facts.fault[1] = abi::fault_access::guard;
    EXPECT_TRUE(sample.says("the stack is full"));
    sample.facts.fault_kind = abi::MessageKind::exception;
    sample.facts.fault[0] = 13;
    EXPECT_TRUE(sample.says("exception 13, general protection"));
    sample.facts.fault[0] = 999;
    EXPECT_TRUE(sample.says("exception 999, error"));
}

TEST(CrashRecord, ALyingStackEndsTheBacktrace) {
    Sample sample;
    sample.words[2] = 0x1010; // a frame that is its own caller
    EXPECT_TRUE(sample.says("  0x002001ff\n"));
    for (std::uint64_t const rbp : {0ull, 1ull, 0xfffull, 0x11f8ull, 0x11fcull, ~0ull, ~7ull}) {
        sample.facts.registers.rbp = rbp;
        EXPECT_TRUE(sample.says("backtrace\n  0x00200123\n"));
    }
}

TEST(CrashRecord, AnEndlessStackIsCut) {
    Sample sample;
    std::vector<std::uint64_t> deep(1000);
    for (std::uint64_t i = 0; i < 998; i += 2) {
        deep[i] = 0x1000 + (i + 2) * 8;
        deep[i + 1] = 0x200500;
    }
    sample.facts.stack = StackView(0x1000, std::as_bytes(std::span(deep)));
    sample.facts.registers.rbp = 0x1000;
    EXPECT_TRUE(sample.says("  and more\n"));
}

TEST(CrashRecord, LastWordsKeepTheirEnd) {
    Sample sample;
    std::string words;
    for (int i = 0; i < 1000; i++) words += "line " + std::to_string(i) + "\n";
    words += "the end\x1b\n";
    sample.facts.last_words = words;
    auto const text = sample.text();
    EXPECT_LE(text.size(), 4096u);
    EXPECT_NE(text.find("last words\nline "), text.npos);
    EXPECT_TRUE(text.ends_with("the end.\n"));
}

TEST(CrashRecord, FitsWhereItMust) {
    Sample sample;
    std::string const words(500, 'w');
    sample.facts.last_words = words;
    for (std::size_t room = 0; room < 1200; room += 13) EXPECT_LE(sample.text(room).size(), room);
}
