// Typed methods over an array of words in place of a message.

#include <protocols/transport/rpc_serve.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

namespace rpc = protocols::rpc;

namespace disk {
struct Geometry {
    std::uint64_t blocks;
    std::uint32_t block_bytes;
    std::uint32_t reserved;
};
enum class Mode : std::uint8_t { read, write };
using Label = rpc::Text<30>;

struct Inspect : rpc::Method<1, rpc::Repeat::idempotent, Geometry()> {};
struct Read : rpc::Method<2, rpc::Repeat::idempotent,
                          std::uint32_t(std::uint64_t block, std::uint32_t count, Mode mode)> {};
struct Name : rpc::Method<3, rpc::Repeat::at_most_once, void(Label name)> {};
struct Echo : rpc::Method<4, rpc::Repeat::journalled, rpc::Text<400>(rpc::Text<400> text)> {};
using Protocol = rpc::Protocol<Inspect, Read, Name, Echo>;
} // namespace disk

static_assert(disk::Inspect::sent_words == 0 && disk::Inspect::answer_words == 2);
static_assert(disk::Read::sent_words == 3 && disk::Read::answer_words == 1);
static_assert(disk::Name::sent_words == 4 && disk::Name::answer_words == 0);
static_assert(disk::Echo::sent_words == 51);
static_assert(!rpc::WireSafe<bool> && !rpc::WireSafe<int*> && !rpc::WireSafe<std::string>);
struct Padded {
    std::uint8_t a;
    std::uint32_t b;
};
static_assert(!rpc::WireSafe<Padded>, "its padding would carry what happened to lie there");

struct Caller {
    abi::Word badge;
};

struct Disk {
    std::string name;
    abi::Word asked_by = 0;

    base::Result<disk::Geometry> handle(disk::Inspect) { return disk::Geometry{1000, 512, 0}; }
    base::Result<std::uint32_t> handle(disk::Read, Caller& caller, std::uint64_t block,
                                       std::uint32_t count, disk::Mode mode) {
        asked_by = caller.badge;
        if (block + count > 1000) return base::fail(abi::Error::out_of_range);
        return mode == disk::Mode::read ? count : 0;
    }
    base::Result<> handle(disk::Name, disk::Label label) {
        name = label.view();
        return {};
    }
    base::Result<rpc::Text<400>> handle(disk::Echo, rpc::Text<400> text) { return text; }
};

using Message = std::array<abi::Word, abi::message_words>;

/// A client's call, answered on the spot.
template <class M, class... A>
base::Result<typename M::Result> call(Disk& server, A const&... arguments) {
    Message words{};
    rpc::put_all(words, typename M::Args{arguments...});
    Caller caller{7};
    auto const answer =
        rpc::serve(disk::Protocol{}, server, caller, M::number, M::sent_words, words, words);
    return rpc::result<M>(static_cast<std::uint16_t>(answer.error), answer.words, words);
}

TEST(Rpc, ArgumentsAndResultsArrive) {
    Disk server;
    EXPECT_EQ(call<disk::Inspect>(server)->blocks, 1000u);
    EXPECT_EQ(call<disk::Inspect>(server)->block_bytes, 512u);
    EXPECT_EQ(call<disk::Read>(server, 5u, 8u, disk::Mode::read).value(), 8u);
    EXPECT_EQ(call<disk::Read>(server, 5u, 8u, disk::Mode::write).value(), 0u);
    EXPECT_EQ(server.asked_by, 7u);
    EXPECT_TRUE(call<disk::Name>(server, *disk::Label::from("root")).has_value());
    EXPECT_EQ(server.name, "root");
    auto const long_text = std::string(400, 'x');
    EXPECT_EQ(call<disk::Echo>(server, *rpc::Text<400>::from(long_text))->view(), long_text);
}

TEST(Rpc, ErrorsOfTheHandlerArrive) {
    Disk server;
    EXPECT_EQ(call<disk::Read>(server, 999u, 8u, disk::Mode::read).error(),
              abi::Error::out_of_range);
}

TEST(Rpc, ShortValuesLeaveTheRestOfTheirWordZero) {
    Message words;
    words.fill(~abi::Word{0});
    rpc::put(words, 1, std::uint8_t{0xab});
    rpc::put(words, 3, std::array<std::uint8_t, 9>{1, 2, 3, 4, 5, 6, 7, 8, 9});
    EXPECT_EQ(words[0], ~abi::Word{0});
    EXPECT_EQ(words[1], 0xabu);
    EXPECT_EQ(words[2], ~abi::Word{0});
    EXPECT_EQ(words[3], 0x0807060504030201u);
    EXPECT_EQ(words[4], 9u);
    EXPECT_EQ(rpc::take<std::uint8_t>(words, 1), 0xabu);
}

TEST(Rpc, MalformedRequestsNeverReachTheHandler) {
    Disk server;
    Caller caller{1};
    Message words{};
    auto const error = [&](std::uint16_t label, std::size_t count) {
        return rpc::serve(disk::Protocol{}, server, caller, label, count, words, words).error;
    };
    EXPECT_EQ(error(9, 0), abi::Error::unknown_call);
    EXPECT_EQ(error(0, 0), abi::Error::unknown_call);
    EXPECT_EQ(error(2, 2), abi::Error::bad_argument);
    EXPECT_EQ(error(2, 4), abi::Error::bad_argument);
    words[0] = 31; // a text longer than there is room
    EXPECT_EQ(error(3, 4), abi::Error::bad_argument);
    words[0] = 30;
    EXPECT_EQ(error(3, 4), abi::Error::ok);
    EXPECT_EQ(server.name.size(), 30u);
    EXPECT_EQ(server.asked_by, 0u);
}

TEST(Rpc, MalformedAnswersAreErrors) {
    Message words{};
    EXPECT_EQ(rpc::result<disk::Inspect>(0, 1, words).error(), abi::Error::bad_argument);
    words[0] = 0xffff;
    EXPECT_EQ(rpc::result<disk::Echo>(0, 51, words).error(), abi::Error::bad_argument);
    EXPECT_FALSE(rpc::result<disk::Name>(0xffff, 0, words).has_value());
}

TEST(Rpc, TextKnowsItsLimit) {
    EXPECT_FALSE(disk::Label::from(std::string(31, 'x')).has_value());
    EXPECT_EQ(disk::Label::from("")->view(), "");
}

} // namespace
