#pragma once
// The ring between two processes: one producer, one consumer, in memory that both map and that
// outlives either (DESIGN.md 5.1). Here are the positions, on which bytes (ByteProducer,
// ByteConsumer) and records of one size (RecordProducer, RecordConsumer) are built.
//
//        acknowledged       taken             published          filled
//     --------+----------------+------------------+-----------------+------------------+
//      free   | being worked on| to be taken      | being filled    | free             |
//     --------+----------------+------------------+-----------------+------------------+
//      shared: consumed         private           shared: produced   private
//
// Positions count from zero and never wrap; an element lies at position modulo capacity. Memory of
// zeroes is an empty ring. What is taken and not acknowledged is found again by a successor of the
// consumer; what is filled and not published was never there.
//
// Trust: the capacity and each side's own position are private. What is read from the peer must
// have moved forward, and no further than it can have; otherwise the ring is `corrupt` for good: it
// offers nothing more, until somebody makes a new one. A lying peer so loses its own requests only.
//
// Waking: the side that would sleep sets its flag and looks again; the side that publishes looks at
// that flag afterwards. Each is a store before a load, which x86 reorders and no release prevents:
// one sequentially consistent fence on each side, and at least one of the two sees the other.
// A peer that died between clearing the flag and signalling owes a wake-up: whoever attaches
// signals its peer once.

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace protocols {

/// What both sides share; the elements lie elsewhere. Each side writes its own cache line only, but
/// for the peer's flag, which it clears when it wakes the peer.
struct RingPositions {
    alignas(64) std::atomic<std::uint64_t> produced;
    std::atomic<std::uint32_t> producer_sleeps;
    alignas(64) std::atomic<std::uint64_t> consumed;
    std::atomic<std::uint32_t> consumer_sleeps;
};
static_assert(sizeof(RingPositions) == 128 && std::atomic<std::uint64_t>::is_always_lock_free);

namespace detail {

/// After publishing: whether the peer sleeps and has to be signalled. One fence for each batch.
inline bool claim_wake(std::atomic<std::uint32_t>& peer_sleeps) {
    // Partner: the fence in prepare_sleep.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (peer_sleeps.load(std::memory_order_relaxed) == 0) return false;
    peer_sleeps.store(0, std::memory_order_relaxed);
    return true;
}

/// Before the last look: say that this side sleeps.
inline void announce_sleep(std::atomic<std::uint32_t>& own_flag) {
    own_flag.store(1, std::memory_order_relaxed);
    // Partner: the fence in claim_wake.
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

} // namespace detail

/// The producer's positions. `capacity` is a power of two.
class RingProducer {
public:
    /// Go on where a predecessor stopped.
    RingProducer(RingPositions& shared, std::uint64_t capacity)
        : shared_(&shared), capacity_(capacity),
          filled_(shared.produced.load(std::memory_order_relaxed)), published_(filled_),
          consumed_(shared.consumed.load(std::memory_order_acquire)),
          corrupt_(capacity == 0 || (capacity & (capacity - 1)) != 0 ||
                   filled_ - consumed_ > capacity) {}

    std::uint64_t capacity() const { return capacity_; }
    /// The position to fill next.
    std::uint64_t position() const { return filled_; }
    bool corrupt() const { return corrupt_; }

    /// How many elements can be filled. Looks at the consumer only if fewer than `wanted` were left
    /// when it last did.
    std::uint64_t free(std::uint64_t wanted = 1) {
        if (known_free() < wanted) refresh();
        return known_free();
    }
    /// `count` elements, at most free(), are filled.
    void fill(std::uint64_t count) { filled_ += count <= known_free() ? count : 0; }
    /// Let the consumer see what was filled. Then `if (claim_wake()) signal`.
    void publish() {
        published_ = filled_;
        // Partner: the acquire in RingConsumer::refresh.
        shared_->produced.store(published_, std::memory_order_release);
    }
    /// True once for each sleep of the consumer: it has to be signalled.
    [[nodiscard]] bool claim_wake() { return detail::claim_wake(shared_->consumer_sleeps); }

    /// True if there is still less room than `wanted`: now sleep, and call `awake` afterwards.
    /// Publish before. A corrupt ring says true: only its end will wake the caller.
    [[nodiscard]] bool prepare_sleep(std::uint64_t wanted = 1) {
        detail::announce_sleep(shared_->producer_sleeps);
        refresh();
        if (known_free() < wanted) return true;
        awake();
        return false;
    }
    void awake() { shared_->producer_sleeps.store(0, std::memory_order_relaxed); }

private:
    RingPositions* shared_;
    std::uint64_t capacity_;
    std::uint64_t filled_;
    std::uint64_t published_;
    std::uint64_t consumed_; ///< as last seen, and believed
    bool corrupt_;

    std::uint64_t known_free() const { return corrupt_ ? 0 : capacity_ - (filled_ - consumed_); }

    void refresh() {
        // Partner: the release in RingConsumer::acknowledge.
        auto const seen = shared_->consumed.load(std::memory_order_acquire);
        if (seen - consumed_ > published_ - consumed_)
            corrupt_ = true; // backwards, or beyond what was ever published
        else
            consumed_ = seen;
    }
};

/// The consumer's positions. `capacity` is a power of two.
class RingConsumer {
public:
    /// Go on where a predecessor stopped: with the first element that it did not acknowledge.
    RingConsumer(RingPositions& shared, std::uint64_t capacity)
        : shared_(&shared), capacity_(capacity),
          taken_(shared.consumed.load(std::memory_order_relaxed)), acknowledged_(taken_),
          produced_(shared.produced.load(std::memory_order_acquire)),
          corrupt_(capacity == 0 || (capacity & (capacity - 1)) != 0 ||
                   produced_ - taken_ > capacity) {}

    std::uint64_t capacity() const { return capacity_; }
    /// The position to take next.
    std::uint64_t position() const { return taken_; }
    bool corrupt() const { return corrupt_; }
    /// Elements that were taken and not acknowledged.
    std::uint64_t pending() const { return taken_ - acknowledged_; }

    /// How many elements wait to be taken. Looks at the producer only if fewer than `wanted` were
    /// left when it last did.
    std::uint64_t available(std::uint64_t wanted = 1) {
        if (known() < wanted) refresh();
        return known();
    }
    /// `count` elements, at most available(), are taken. The producer can't reuse them yet.
    void take(std::uint64_t count) { taken_ += count <= known() ? count : 0; }
    /// The first `count` of the elements that were taken are done with: the producer may reuse
    /// them, and no successor will see them. Then `if (claim_wake()) signal`.
    void acknowledge(std::uint64_t count) {
        acknowledged_ += count <= pending() ? count : pending();
        // Partner: the acquire in RingProducer::refresh.
        shared_->consumed.store(acknowledged_, std::memory_order_release);
    }
    void acknowledge() { acknowledge(pending()); }
    /// True once for each sleep of the producer: it has to be signalled.
    [[nodiscard]] bool claim_wake() { return detail::claim_wake(shared_->producer_sleeps); }

    /// True if there is still nothing to take: now sleep, and call `awake` afterwards. Acknowledge
    /// before. A corrupt ring says true: only its end will wake the caller.
    [[nodiscard]] bool prepare_sleep() {
        detail::announce_sleep(shared_->consumer_sleeps);
        refresh();
        if (known() == 0) return true;
        awake();
        return false;
    }
    void awake() { shared_->consumer_sleeps.store(0, std::memory_order_relaxed); }

private:
    RingPositions* shared_;
    std::uint64_t capacity_;
    std::uint64_t taken_;
    std::uint64_t acknowledged_;
    std::uint64_t produced_; ///< as last seen, and believed
    bool corrupt_;

    std::uint64_t known() const { return corrupt_ ? 0 : produced_ - taken_; }

    void refresh() {
        // Partner: the release in RingProducer::publish.
        auto const seen = shared_->produced.load(std::memory_order_acquire);
        if (seen - produced_ > capacity_ - (produced_ - acknowledged_))
            corrupt_ = true; // backwards, or into what was not acknowledged
        else
            produced_ = seen;
    }
};

} // namespace protocols
