// A link to the console: whatever happens while its user works, it ends asleep with nothing to do,
// or says that there is more.

#include <servers/linux/console_link.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace personality {
namespace {

using protocols::terminal::Memory;

class ConsoleLinks : public ::testing::Test, public ByteLinkUser {
protected:
    static constexpr std::size_t number = 1;
    std::unique_ptr<Memory> memory = std::make_unique<Memory>();
    protocols::ByteProducer console{memory->terminal[number].input, memory->data[number].input};
    bool attention = false;
    ConsoleLink link{*memory, number, attention};
    std::string got;
    std::function<void()> meanwhile; ///< what the console does while the user works

    ConsoleLinks() { link.user = this; }

    void link_moved() override {
        for (auto bytes = link.received(); !bytes.empty(); bytes = link.received()) {
            got.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
            link.taken(bytes.size());
        }
        if (auto const happens = std::exchange(meanwhile, nullptr)) happens();
    }
    void window_changed(std::uint16_t, std::uint16_t) override {}

    void arrive(std::string_view text) {
        console.put(std::as_bytes(std::span(text)));
        console.publish();
    }
    bool sleeps() const { return memory->terminal[number].input.consumer_sleeps == 1; }
};

TEST_F(ConsoleLinks, SleepWhenThereIsNothingMore) {
    arrive("four");
    EXPECT_TRUE(link.work());
    EXPECT_FALSE(link.work());
    EXPECT_EQ(got, "four");
    EXPECT_TRUE(sleeps());
    arrive("more");
    EXPECT_TRUE(console.claim_wake());
}

TEST_F(ConsoleLinks, DoNotTakeAsMuchAgainForNothing) {
    arrive("four");
    meanwhile = [&] { arrive("five"); };
    while (link.work()) {
    }
    EXPECT_EQ(got, "fourfive");
    EXPECT_TRUE(sleeps());
}

} // namespace
} // namespace personality
