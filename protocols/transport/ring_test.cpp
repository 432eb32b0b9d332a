// The ring: a model of it in one thread, successors, peers that lie, and two threads that must
// never both sleep.

#include <protocols/transport/byte_ring.hpp>
#include <protocols/transport/record_ring.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace {

using protocols::ByteConsumer;
using protocols::ByteProducer;
using protocols::RingConsumer;
using protocols::RingPositions;
using protocols::RingProducer;

/// Ring memory as a session has it: zeroed, aligned.
template <std::size_t Capacity> struct Memory {
    alignas(64) std::array<std::byte, protocols::byte_ring_bytes(Capacity)> bytes{};
    RingPositions& positions() { return *reinterpret_cast<RingPositions*>(bytes.data()); }
};

std::span<std::byte const> text(std::string_view what) { return std::as_bytes(std::span(what)); }

std::string get(ByteConsumer& from, std::size_t most = 100) {
    std::string found(most, 0);
    found.resize(from.get(std::as_writable_bytes(std::span(found))));
    return found;
}

TEST(Ring, ZeroedMemoryIsEmpty) {
    Memory<16> memory;
    ByteProducer producer(memory.bytes);
    ByteConsumer consumer(memory.bytes);
    EXPECT_EQ(producer.free(), 16u);
    EXPECT_EQ(consumer.available(), 0u);
    EXPECT_TRUE(consumer.bytes().empty());
    EXPECT_FALSE(producer.corrupt() || consumer.corrupt());
}

TEST(Ring, NothingIsSeenBeforeItIsPublished) {
    Memory<16> memory;
    ByteProducer producer(memory.bytes);
    ByteConsumer consumer(memory.bytes);
    EXPECT_EQ(producer.put(text("hello")), 5u);
    EXPECT_EQ(consumer.available(), 0u);
    producer.publish();
    EXPECT_EQ(get(consumer), "hello");
}

TEST(Ring, RoomComesBackWithTheAcknowledgement) {
    Memory<8> memory;
    ByteProducer producer(memory.bytes);
    ByteConsumer consumer(memory.bytes);
    EXPECT_EQ(producer.put(text("0123456789")), 8u);
    producer.publish();
    EXPECT_EQ(get(consumer, 5), "01234");
    EXPECT_EQ(producer.free(), 0u);
    consumer.acknowledge(3);
    EXPECT_EQ(producer.free(), 3u);
    EXPECT_EQ(producer.put(text("abcdef")), 3u); // round the end
    producer.publish();
    EXPECT_EQ(get(consumer), "567abc");
    EXPECT_EQ(consumer.pending(), 8u);
    consumer.acknowledge();
    EXPECT_EQ(producer.free(), 8u);
}

TEST(Ring, PiecesEndAtTheEndOfTheMemory) {
    Memory<8> memory;
    ByteProducer producer(memory.bytes);
    ByteConsumer consumer(memory.bytes);
    producer.put(text("012345"));
    producer.publish();
    get(consumer);
    consumer.acknowledge();
    EXPECT_EQ(producer.space(8).size(), 2u);
    producer.fill(2);
    EXPECT_EQ(producer.space(6).size(), 6u);
}

TEST(Ring, AgreesWithAQueue) {
    std::mt19937 random(1);
    Memory<32> memory;
    ByteProducer producer(memory.bytes);
    ByteConsumer consumer(memory.bytes);
    std::deque<std::byte> filled, published, taken;
    for (int step = 0; step < 100'000; step++) {
        switch (random() % 4) {
        case 0: {
            std::array<std::byte, 40> bytes;
            for (auto& byte : bytes) byte = static_cast<std::byte>(random());
            auto const wanted = random() % bytes.size();
            auto const used = filled.size() + published.size() + taken.size();
            auto const done = producer.put(std::span(bytes).first(wanted));
            ASSERT_EQ(done, std::min(wanted, 32 - used));
            filled.insert(filled.end(), bytes.begin(), bytes.begin() + static_cast<long>(done));
            break;
        }
        case 1:
            producer.publish();
            published.insert(published.end(), filled.begin(), filled.end());
            filled.clear();
            break;
        case 2: {
            std::array<std::byte, 40> bytes;
            auto const wanted = random() % bytes.size();
            auto const done = consumer.get(std::span(bytes).first(wanted));
            ASSERT_EQ(done, std::min(wanted, published.size()));
            for (std::size_t i = 0; i < done; i++) {
                ASSERT_EQ(bytes[i], published.front());
                taken.push_back(published.front());
                published.pop_front();
            }
            break;
        }
        default: {
            auto const count = random() % 40;
            consumer.acknowledge(count);
            for (std::size_t i = 0; i < count && !taken.empty(); i++) taken.pop_front();
            ASSERT_EQ(consumer.pending(), taken.size());
        }
        }
        ASSERT_FALSE(producer.corrupt() || consumer.corrupt());
    }
}

TEST(Ring, AConsumersSuccessorFindsWhatWasNotAcknowledged) {
    Memory<16> memory;
    ByteProducer producer(memory.bytes);
    {
        ByteConsumer consumer(memory.bytes);
        producer.put(text("abcdef"));
        producer.publish();
        EXPECT_EQ(get(consumer, 4), "abcd");
        consumer.acknowledge(2);
    }
    ByteConsumer successor(memory.bytes);
    EXPECT_EQ(get(successor), "cdef");
    successor.acknowledge();
    EXPECT_EQ(producer.free(16), 16u);
}

TEST(Ring, AProducersSuccessorGoesOnBehindWhatWasPublished) {
    Memory<16> memory;
    ByteConsumer consumer(memory.bytes);
    {
        ByteProducer producer(memory.bytes);
        producer.put(text("abc"));
        producer.publish();
        producer.put(text("lost"));
    }
    ByteProducer successor(memory.bytes);
    successor.put(text("def"));
    successor.publish();
    EXPECT_EQ(get(consumer), "abcdef");
}

TEST(Ring, AnswersOfRecordsAreCopies) {
    struct Request {
        std::uint32_t block, count;
    };
    alignas(64) std::array<std::byte, protocols::record_ring_bytes<Request>(4)> memory{};
    protocols::RecordProducer<Request> producer(memory);
    protocols::RecordConsumer<Request> consumer(memory);
    EXPECT_EQ(producer.capacity(), 4u);
    for (std::uint32_t i = 0; i < 4; i++) EXPECT_TRUE(producer.push({i, 1}));
    EXPECT_FALSE(producer.push({9, 9}));
    EXPECT_FALSE(consumer.pop().has_value());
    producer.publish();
    for (std::uint32_t i = 0; i < 4; i++) EXPECT_EQ(consumer.pop()->block, i);
    EXPECT_FALSE(consumer.pop().has_value());
    EXPECT_FALSE(producer.push({9, 9}));
    consumer.acknowledge();
    EXPECT_TRUE(producer.push({9, 9}));
}

// ---- peers that lie ----------------------------------------------------------------------------

TEST(HostileRing, AProducerThatClaimsTooMuchIsNotBelieved) {
    Memory<16> memory;
    ByteConsumer consumer(memory.bytes);
    memory.positions().produced = 17;
    EXPECT_EQ(consumer.available(), 0u);
    EXPECT_TRUE(consumer.corrupt());
    memory.positions().produced = 4; // too late: it has lied
    EXPECT_EQ(consumer.available(), 0u);
    EXPECT_TRUE(consumer.bytes().empty());
}

TEST(HostileRing, AProducerThatGoesBackIsNotBelieved) {
    Memory<16> memory;
    ByteConsumer consumer(memory.bytes);
    memory.positions().produced = 8;
    EXPECT_EQ(consumer.available(), 8u);
    memory.positions().produced = 7;
    EXPECT_EQ(consumer.available(9), 0u);
    EXPECT_TRUE(consumer.corrupt());
}

TEST(HostileRing, AProducerMayNotOverwriteWhatIsBeingWorkedOn) {
    Memory<16> memory;
    ByteConsumer consumer(memory.bytes);
    memory.positions().produced = 16;
    EXPECT_EQ(get(consumer).size(), 16u);
    memory.positions().produced = 17; // nothing was acknowledged
    EXPECT_EQ(consumer.available(), 0u);
    EXPECT_TRUE(consumer.corrupt());
}

TEST(HostileRing, AConsumerThatTakesWhatWasNotPublishedIsNotBelieved) {
    Memory<16> memory;
    ByteProducer producer(memory.bytes);
    producer.put(text("abcd"));
    producer.publish();
    producer.put(text("ef"));
    memory.positions().consumed = 5;
    EXPECT_EQ(producer.free(16), 0u);
    EXPECT_TRUE(producer.corrupt());
    EXPECT_EQ(producer.put(text("x")), 0u);
}

TEST(HostileRing, OwnPositionsAreNeverReadBack) {
    Memory<16> memory;
    ByteProducer producer(memory.bytes);
    ByteConsumer consumer(memory.bytes);
    producer.put(text("abcd"));
    producer.publish();
    EXPECT_EQ(get(consumer, 2), "ab");
    memory.positions().consumed = 0x1234; // somebody writes into the consumer's line
    EXPECT_EQ(get(consumer), "cd");
    consumer.acknowledge();
    EXPECT_EQ(memory.positions().consumed, 4u);
}

TEST(HostileRing, NonsenseFromThePredecessorIsNoticedAtOnce) {
    Memory<16> memory;
    memory.positions().produced = 100;
    memory.positions().consumed = 200;
    EXPECT_TRUE(ByteProducer(memory.bytes).corrupt());
    EXPECT_TRUE(ByteConsumer(memory.bytes).corrupt());
    memory.positions().produced = 217;
    EXPECT_TRUE(ByteConsumer(memory.bytes).corrupt());
    memory.positions().produced = 216;
    EXPECT_EQ(ByteConsumer(memory.bytes).available(), 16u);
}

TEST(HostileRing, ACapacityThatIsNoPowerOfTwoOffersNothing) {
    alignas(64) std::array<std::byte, sizeof(RingPositions) + 24> memory{};
    ByteProducer producer(memory);
    EXPECT_TRUE(producer.corrupt());
    EXPECT_TRUE(producer.space().empty());
    ByteProducer none(*reinterpret_cast<RingPositions*>(memory.data()), {});
    EXPECT_TRUE(none.space().empty());
}

TEST(HostileRing, CountsBeyondWhatIsThereChangeNothing) {
    Memory<16> memory;
    ByteProducer producer(memory.bytes);
    ByteConsumer consumer(memory.bytes);
    producer.fill(17);
    EXPECT_EQ(producer.position(), 0u);
    consumer.take(1);
    EXPECT_EQ(consumer.position(), 0u);
    consumer.acknowledge(5);
    EXPECT_EQ(memory.positions().consumed, 0u);
}

/// Whatever a peer writes over the shared memory: no piece lies outside the data (the sanitizers
/// watch), and never more is offered than the capacity.
TEST(HostileRing, RandomWritesReachNothingOutside) {
    std::mt19937_64 random(7);
    for (int round = 0; round < 2000; round++) {
        Memory<64> memory;
        ByteProducer producer(memory.bytes);
        ByteConsumer consumer(memory.bytes);
        for (int step = 0; step < 50; step++) {
            auto& positions = memory.positions();
            auto const wild = random() % 4 == 0 ? random() : random() % 200;
            switch (random() % 6) {
            case 0: positions.produced = wild; break;
            case 1: positions.consumed = wild; break;
            case 2: positions.producer_sleeps = static_cast<std::uint32_t>(wild); break;
            default: break;
            }
            auto const room = producer.space(random() % 80);
            ASSERT_LE(room.size(), 64u);
            for (auto& byte : room) byte = std::byte{1};
            producer.fill(room.size());
            producer.publish();
            (void)producer.claim_wake();
            auto const waiting = consumer.bytes(random() % 80);
            ASSERT_LE(waiting.size(), 64u);
            for (auto const byte : waiting) ASSERT_LE(static_cast<int>(byte), 1);
            consumer.take(waiting.size());
            consumer.acknowledge();
            (void)consumer.claim_wake();
        }
    }
}

// ---- sleeping and waking -----------------------------------------------------------------------

TEST(RingWaking, ABusyPeerIsNeverSignalled) {
    Memory<16> memory;
    ByteProducer producer(memory.bytes);
    ByteConsumer consumer(memory.bytes);
    producer.put(text("a"));
    producer.publish();
    EXPECT_FALSE(producer.claim_wake());
    get(consumer);
    consumer.acknowledge();
    EXPECT_FALSE(consumer.claim_wake());
}

TEST(RingWaking, ASleeperIsSignalledOnce) {
    Memory<16> memory;
    ByteProducer producer(memory.bytes);
    ByteConsumer consumer(memory.bytes);
    EXPECT_TRUE(consumer.prepare_sleep());
    producer.put(text("a"));
    producer.publish();
    EXPECT_TRUE(producer.claim_wake());
    EXPECT_FALSE(producer.claim_wake());
}

TEST(RingWaking, WhoSeesWorkAtTheLastLookDoesNotSleep) {
    Memory<16> memory;
    ByteProducer producer(memory.bytes);
    ByteConsumer consumer(memory.bytes);
    producer.put(text("0123456789abcdef"));
    producer.publish();
    EXPECT_FALSE(consumer.prepare_sleep());
    EXPECT_FALSE(producer.claim_wake());
    EXPECT_TRUE(producer.prepare_sleep());
    get(consumer, 8);
    consumer.acknowledge();
    EXPECT_TRUE(producer.prepare_sleep(9));
    EXPECT_FALSE(producer.prepare_sleep(8));
}

/// Signals as a Notification keeps them: one that comes before the wait counts. A wait that nobody
/// ends is a lost wake-up.
class Bell {
public:
    void ring() {
        {
            std::lock_guard const guard(mutex_);
            rung_ = true;
        }
        changed_.notify_one();
    }
    [[nodiscard]] bool wait() {
        std::unique_lock guard(mutex_);
        if (!changed_.wait_for(guard, std::chrono::seconds(20), [&] { return rung_; }))
            return false;
        rung_ = false;
        return true;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool rung_ = false;
};

/// Two threads pass numbers through a ring of two: both sleep and wake all the time, and each
/// crossing of "publish, look at the flag" with "set the flag, look at the ring" is tried.
TEST(RingWaking, LosesNoWakeUpBetweenTwoThreads) {
    constexpr std::uint64_t numbers = 200'000;
    alignas(64) std::array<std::byte, protocols::record_ring_bytes<std::uint64_t>(2)> memory{};
    Bell consumer_bell, producer_bell;
    bool lost = false;

    std::thread consuming([&] {
        protocols::RecordConsumer<std::uint64_t> consumer(memory);
        for (std::uint64_t expected = 0; expected < numbers;) {
            if (auto const number = consumer.pop()) {
                ASSERT_EQ(*number, expected++);
                consumer.acknowledge();
                if (consumer.claim_wake()) producer_bell.ring();
            } else if (consumer.prepare_sleep()) {
                if (!consumer_bell.wait()) {
                    lost = true;
                    return;
                }
                consumer.awake();
            }
        }
    });
    protocols::RecordProducer<std::uint64_t> producer(memory);
    for (std::uint64_t next = 0; next < numbers;) {
        if (producer.push(next)) {
            next++;
            producer.publish();
            if (producer.claim_wake()) consumer_bell.ring();
        } else if (producer.prepare_sleep()) {
            ASSERT_TRUE(producer_bell.wait()) << "the producer sleeps for ever";
            producer.awake();
        }
    }
    consuming.join();
    EXPECT_FALSE(lost) << "the consumer sleeps for ever";
}

/// The same in its smallest form: both sides at once, as often as it can be had.
TEST(RingWaking, OneOfTheTwoAlwaysSeesTheOther) {
    constexpr int rounds = 20'000;
    Memory<16> memory;
    // Each side says which round it has begun (positive) and which it has finished (negative).
    std::atomic<int> producing = 0, consuming = 0;
    auto const until = [](std::atomic<int> const& side, int value) {
        for (int spins = 0; side.load(std::memory_order_acquire) != value; spins++)
            if (spins > 1000) std::this_thread::yield();
    };
    bool slept = false;
    int lost = 0;

    std::thread other([&] {
        RingConsumer consumer(memory.positions(), 16);
        for (int round = 1; round <= rounds; round++) {
            until(producing, round);
            slept = consumer.prepare_sleep();
            consuming.store(round, std::memory_order_release);
            until(producing, -round);
            consumer.take(consumer.available());
            consumer.acknowledge();
            consumer.awake();
            consuming.store(-round, std::memory_order_release);
        }
    });
    RingProducer producer(memory.positions(), 16);
    for (int round = 1; round <= rounds; round++) {
        producing.store(round, std::memory_order_release);
        producer.fill(producer.free(16) == 16 ? 1 : 0);
        producer.publish();
        bool const woke = producer.claim_wake();
        until(consuming, round);
        if (slept && !woke) lost++;
        producing.store(-round, std::memory_order_release);
        until(consuming, -round);
    }
    other.join();
    EXPECT_EQ(lost, 0);
}

} // namespace
