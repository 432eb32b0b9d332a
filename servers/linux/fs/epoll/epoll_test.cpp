#include <servers/linux/fs/epoll/epoll.hpp>

#include <servers/linux/fs/testing/programs.hpp>

namespace personality::testing {
namespace {

enum : std::uint64_t { epoll_wait = 232, epoll_ctl = 233, epoll_create1 = 291 };
constexpr std::uint64_t add = 1, del = 2, mod = 3;
constexpr std::uint32_t in = 1, out = 4, edge = 1U << 31, one_shot = 1U << 30, exclusive = 1U << 28;

struct [[gnu::packed]] Event {
    std::uint32_t events;
    std::uint64_t data;
};

class Epolls : public Programs {
protected:
    FakeProgram one = program();
    static constexpr UserAddress words = memory_start + 0x1000, told = memory_start + 0x2000;

    std::int32_t make() { return static_cast<std::int32_t>(*one.call(epoll_create1, 0)); }
    std::int32_t counter(std::uint64_t start = 0) {
        return static_cast<std::int32_t>(*one.call(nr::eventfd2, start, open_flag::nonblock));
    }
    std::optional<std::int64_t> control(std::int32_t epoll, std::uint64_t what, std::int32_t fd,
                                        std::uint32_t events) {
        one.put(words, Event{events, static_cast<std::uint64_t>(fd)});
        return one.call(epoll_ctl, epoll, what, fd, words);
    }
    std::optional<std::int64_t> wait(FakeProgram& program, std::int32_t epoll, int timeout = 0) {
        return program.call(epoll_wait, epoll, told, 8, timeout);
    }
    void raise(std::int32_t counter) {
        one.put(memory_start, std::uint64_t{1});
        EXPECT_EQ(one.call(nr::write, counter, memory_start, 8), 8);
    }
    void take(std::int32_t counter) { EXPECT_EQ(one.call(nr::read, counter, memory_start, 8), 8); }
    Event event(std::size_t i = 0) { return one.get<Event>(told + i * sizeof(Event)); }
};

TEST_F(Epolls, TellOfWhatIsReadyAsLongAsItIs) {
    auto const epoll = make(), fd = counter();
    EXPECT_EQ(control(epoll, add, fd, in), 0);
    EXPECT_EQ(wait(one, epoll), 0);
    raise(fd);
    for (int i = 0; i < 3; i++) EXPECT_EQ(wait(one, epoll), 1);
    EXPECT_EQ(std::uint32_t{event().events}, in);
    std::uint64_t const data = event().data;
    EXPECT_EQ(data, static_cast<std::uint64_t>(fd));
    take(fd);
    EXPECT_EQ(wait(one, epoll), 0);
}

TEST_F(Epolls, WakeWhoWaits) {
    auto const epoll = make(), fd = counter();
    EXPECT_EQ(control(epoll, add, fd, in), 0);
    auto third = twin(one);
    EXPECT_EQ(wait(third, epoll, -1), std::nullopt);
    raise(fd);
    EXPECT_EQ(third.answer(), 1);
}

TEST_F(Epolls, TellOfAnEdgeOnce) {
    auto const epoll = make(), fd = counter();
    EXPECT_EQ(control(epoll, add, fd, in | out | edge), 0);
    EXPECT_EQ(wait(one, epoll), 1); // writable from the start
    EXPECT_EQ(wait(one, epoll), 0);
    raise(fd);
    EXPECT_EQ(wait(one, epoll), 1);
    EXPECT_EQ(std::uint32_t{event().events}, in | out);
    EXPECT_EQ(wait(one, epoll), 0);
    raise(fd);
    EXPECT_EQ(wait(one, epoll), 1);
}

TEST_F(Epolls, GiveAnEdgeToOneOfThoseWhoWait) {
    auto const epoll = make(), fd = counter();
    EXPECT_EQ(control(epoll, add, fd, in | edge), 0);
    auto first = twin(one), second = twin(one);
    EXPECT_EQ(wait(first, epoll, -1), std::nullopt);
    EXPECT_EQ(wait(second, epoll, -1), std::nullopt);
    raise(fd);
    EXPECT_EQ(first.answer(), 1);
    EXPECT_EQ(second.answer(), std::nullopt);
    raise(fd);
    EXPECT_EQ(second.answer(), 1);
}

TEST_F(Epolls, TellOfAOneShotOnceUntilItIsAskedForAgain) {
    auto const epoll = make(), fd = counter(1);
    EXPECT_EQ(control(epoll, add, fd, in | one_shot), 0);
    EXPECT_EQ(wait(one, epoll), 1);
    EXPECT_EQ(wait(one, epoll), 0);
    raise(fd);
    EXPECT_EQ(wait(one, epoll), 0);
    EXPECT_EQ(control(epoll, mod, fd, in | one_shot), 0);
    EXPECT_EQ(wait(one, epoll), 1);
}

TEST_F(Epolls, ForgetAFileWithItsLastDescriptor) {
    auto const epoll = make(), fd = counter(1);
    auto const copy = *one.call(nr::dup, fd);
    EXPECT_EQ(control(epoll, add, fd, in), 0);
    EXPECT_EQ(one.call(nr::close, fd), 0);
    EXPECT_EQ(wait(one, epoll), 1); // the copy keeps it
    EXPECT_EQ(one.call(nr::close, copy), 0);
    EXPECT_EQ(wait(one, epoll), 0);
    EXPECT_EQ(files.epoll_books.items, 0);
}

TEST_F(Epolls, ForgetTheirFilesWhenTheyEnd) {
    auto const epoll = make(), fd = counter();
    for (int i = 0; i < 40; i++)
        EXPECT_EQ(control(epoll, add, static_cast<std::int32_t>(*one.call(nr::dup, fd)), in), 0);
    EXPECT_EQ(files.epoll_books.items, 40);
    EXPECT_EQ(one.call(nr::close, epoll), 0);
    EXPECT_EQ(files.epoll_books.items, 0);
    raise(fd);
}

TEST_F(Epolls, WakeOneOfThoseThatAreExclusive) {
    auto const fd = counter();
    auto const first = make(), second = make(), plain = make();
    EXPECT_EQ(control(first, add, fd, in | exclusive | edge), 0);
    EXPECT_EQ(control(second, add, fd, in | exclusive | edge), 0);
    EXPECT_EQ(control(plain, add, fd, in | edge), 0);
    auto a = twin(one), b = twin(one), c = twin(one);
    EXPECT_EQ(wait(a, first, -1), std::nullopt);
    EXPECT_EQ(wait(b, second, -1), std::nullopt);
    EXPECT_EQ(wait(c, plain, -1), std::nullopt);
    raise(fd);
    EXPECT_EQ(a.answer(), 1);
    EXPECT_EQ(b.answer(), std::nullopt);
    EXPECT_EQ(c.answer(), 1);
    raise(fd); // nobody waits at the first any more
    EXPECT_EQ(b.answer(), 1);
    EXPECT_EQ(control(first, mod, fd, in), error(Errno::inval));
    EXPECT_EQ(control(plain, mod, fd, in | exclusive), error(Errno::inval));
}

TEST_F(Epolls, WatchEachOtherFiveDeepAndNeverInARing) {
    std::array<std::int32_t, 7> chain{};
    for (auto& each : chain) each = make();
    for (std::size_t i = 0; i + 1 < 5; i++)
        EXPECT_EQ(control(chain[i + 1], add, chain[i], in), 0) << i;
    EXPECT_EQ(control(chain[5], add, chain[4], in), error(Errno::loop));
    EXPECT_EQ(control(chain[0], add, chain[6], in), error(Errno::loop)); // from below as well
    EXPECT_EQ(control(chain[0], add, chain[4], in), error(Errno::loop));
    EXPECT_EQ(control(chain[0], add, chain[0], in), error(Errno::inval));
    auto const fd = counter();
    EXPECT_EQ(control(chain[0], add, fd, in), 0);
    EXPECT_EQ(wait(one, chain[4]), 0);
    auto other = twin(one);
    EXPECT_EQ(wait(other, chain[4], -1), std::nullopt);
    raise(fd);
    EXPECT_EQ(other.answer(), 1);
    take(fd);
    EXPECT_EQ(wait(one, chain[4]), 0);
}

TEST_F(Epolls, KnowTheErrorsOfControl) {
    auto const epoll = make(), fd = counter();
    auto const file = *one.call(nr::open, "/file", 0102, 0600);
    EXPECT_EQ(control(epoll, add, static_cast<std::int32_t>(file), in), error(Errno::perm));
    EXPECT_EQ(control(epoll, mod, fd, in), error(Errno::noent));
    EXPECT_EQ(control(epoll, del, fd, in), error(Errno::noent));
    EXPECT_EQ(control(epoll, add, fd, in), 0);
    EXPECT_EQ(control(epoll, add, fd, in), error(Errno::exist));
    EXPECT_EQ(control(epoll, 9, fd, in), error(Errno::inval));
    EXPECT_EQ(control(fd, add, epoll, in), error(Errno::inval));
    EXPECT_EQ(control(epoll, add, 99, in), error(Errno::badf));
    EXPECT_EQ(one.call(epoll_wait, epoll, told, 0, 0), error(Errno::inval));
    EXPECT_EQ(one.call(epoll_wait, fd, told, 1, 0), error(Errno::inval));
    raise(fd);
    EXPECT_EQ(one.call(epoll_wait, epoll, 8, 1, 0), error(Errno::fault));
    EXPECT_EQ(wait(one, epoll), 1);
}

} // namespace
} // namespace personality::testing
