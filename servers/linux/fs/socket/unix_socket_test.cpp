#include <servers/linux/fs/socket/unix_socket.hpp>

#include <servers/linux/fs/testing/programs.hpp>

namespace personality::testing {
namespace {

enum : std::uint64_t {
    socket_ = 41,
    connect = 42,
    accept = 43,
    sendmsg = 46,
    recvmsg = 47,
    bind = 49,
    listen = 50,
    socketpair = 53,
    setsockopt = 54,
};
constexpr std::uint64_t unix_domain = 1, stream = 1, datagram = 2, sequence = 5;

struct Pair {
    std::int32_t one, other;
};
struct Vector {
    UserAddress base;
    std::uint64_t bytes;
};
struct Message {
    UserAddress name;
    std::uint64_t name_bytes;
    UserAddress vectors;
    std::uint64_t vector_count;
    UserAddress control;
    std::uint64_t control_bytes, flags;
};
struct Rights {
    std::uint64_t bytes;
    std::int32_t level, type, fd, padding;
};

class UnixSockets : public Programs {
protected:
    FakeProgram one = program();
    static constexpr UserAddress words = memory_start + 0x10000, vector = words + 0x100,
                                 control = words + 0x200, address = words + 0x300;

    Pair pair(std::uint64_t type, std::uint32_t flags = 0) {
        EXPECT_EQ(one.call(socketpair, unix_domain, type | flags, 0, words), 0);
        return one.get<Pair>(words);
    }
    std::optional<std::int64_t> write(FakeProgram& who, std::int32_t fd, std::size_t bytes) {
        return who.call(nr::write, fd, memory_start, bytes);
    }
    std::optional<std::int64_t> read(FakeProgram& who, std::int32_t fd, std::size_t bytes) {
        return who.call(nr::read, fd, memory_start, bytes);
    }
    void close(std::int32_t fd) { EXPECT_EQ(one.call(nr::close, fd), 0); }
    std::int64_t send_file(std::int32_t to, std::int32_t fd) {
        one.put(vector, Vector{memory_start, 1});
        one.put(control, Rights{20, 1, 1, fd, 0});
        one.put(words, Message{0, 0, vector, 1, control, 24, 0});
        return *one.call(sendmsg, to, words, 0x40);
    }
    std::uint64_t named(std::string_view name) {
        one.put(address, std::uint16_t{1});
        one.put_text(address + 2, name);
        return 2 + name.size();
    }
    std::int32_t make(std::uint64_t type) {
        return static_cast<std::int32_t>(*one.call(socket_, unix_domain, type, 0));
    }
    void expect_nothing_left() {
        EXPECT_EQ(files.sockets.sockets, 0);
        EXPECT_EQ(files.sockets.flight.count(), 0);
        EXPECT_EQ(files.sockets.queued(), 0);
    }
};

TEST_F(UnixSockets, WakeWhoWaitsForBytes) {
    auto const fds = pair(stream);
    auto other = twin(one);
    EXPECT_EQ(read(other, fds.other, 10), std::nullopt);
    EXPECT_EQ(write(one, fds.one, 3), 3);
    EXPECT_EQ(other.answer(), 3);
}

TEST_F(UnixSockets, HoldAWriterUntilThereIsRoom) {
    auto const fds = pair(stream);
    auto other = twin(one);
    std::int64_t total = 0;
    while (auto const written = write(other, fds.one, 200'000)) total += *written;
    EXPECT_EQ(total, 200'000); // a part of the second went too
    std::int64_t got = 0;
    while (got < 400'000) {
        auto const bytes = read(one, fds.other, 200'000);
        ASSERT_TRUE(bytes && *bytes > 0);
        got += *bytes;
        if (other.answer()) break;
    }
    EXPECT_EQ(other.answer(), 200'000);
}

TEST_F(UnixSockets, EndInAllWaysWithoutALeak) {
    for (auto const type : {stream, datagram, sequence}) {
        auto const fds = pair(type);
        EXPECT_EQ(write(one, fds.one, 100), 100);
        EXPECT_EQ(write(one, fds.one, 5000), 5000);
        EXPECT_EQ(send_file(fds.one, fds.other), 1);
        EXPECT_EQ(read(one, fds.other, 10), 10);
        close(fds.one);
        close(fds.other);
        expect_nothing_left();
    }
}

TEST_F(UnixSockets, LetGoWhoLiesInHisOwnQueue) {
    for (auto const type : {stream, datagram, sequence}) {
        auto const fds = pair(type);
        EXPECT_EQ(send_file(fds.one, fds.other), 1);
        EXPECT_EQ(send_file(fds.other, fds.one), 1);
        close(fds.one);
        EXPECT_EQ(files.sockets.sockets, 1);
        close(fds.other);
        expect_nothing_left();
    }
}

TEST_F(UnixSockets, KeepWhoCanStillBeReceived) {
    auto const a = pair(stream), b = pair(stream);
    // b.other lies in a's queue, and a pipe in b.other's: both live as long as a.other does.
    ASSERT_EQ(one.call(nr::pipe2, words, 0), 0);
    auto const pipe = one.get<Pair>(words);
    EXPECT_EQ(send_file(b.one, pipe.other), 1);
    EXPECT_EQ(send_file(a.one, b.other), 1);
    close(pipe.other);
    close(b.other);
    close(b.one);
    close(a.one);
    EXPECT_EQ(files.sockets.flight.count(), 2);
    one.put(vector, Vector{memory_start, 10});
    one.put(words, Message{0, 0, vector, 1, control, 24, 0});
    EXPECT_EQ(one.call(recvmsg, a.other, words, 0), 1);
    auto const got = one.get<Rights>(control).fd;
    one.put(words, Message{0, 0, vector, 1, control, 24, 0});
    EXPECT_EQ(one.call(recvmsg, got, words, 0), 1);
    EXPECT_EQ(write(one, one.get<Rights>(control).fd, 1), 1);
    close(a.other);
    close(got);
    expect_nothing_left();
}

TEST_F(UnixSockets, EndALongChainWithoutADeepFall) {
    // Each lies in the queue of the next.
    auto first = pair(datagram);
    for (int i = 0; i < 900; i++) {
        auto const next = pair(datagram);
        ASSERT_EQ(send_file(next.one, first.other), 1);
        close(first.one);
        close(first.other);
        first = next;
    }
    EXPECT_EQ(files.sockets.flight.count(), 900);
    close(first.one);
    close(first.other);
    expect_nothing_left();
}

TEST_F(UnixSockets, FindTheLostOnesBehindAListener) {
    auto const listener = make(stream);
    ASSERT_EQ(one.call(bind, listener, address, named(std::string_view("\0x", 2))), 0);
    ASSERT_EQ(one.call(listen, listener, 5), 0);
    auto const client = make(stream);
    ASSERT_EQ(one.call(connect, client, address, named(std::string_view("\0x", 2))), 0);
    // The listener lies in the queue of a connection that waits at it.
    EXPECT_EQ(send_file(client, listener), 1);
    close(client);
    close(listener);
    expect_nothing_left();
}

TEST_F(UnixSockets, ConnectByAPathWhoMayWriteToIt) {
    auto const server = make(datagram), client = make(datagram);
    ASSERT_EQ(one.call(bind, server, address, named("/socket")), 0);
    EXPECT_EQ(one.call(connect, client, address, named("/socket")), 0);
    EXPECT_EQ(one.call(nr::chmod, "/socket", 0), 0);
    auto other = twin(one);
    auto& identity = other.process->identity;
    identity.fsuid = identity.euid = identity.uid = 1000;
    identity.effective = 0;
    other.put(address, std::uint16_t{1});
    other.put_text(address + 2, "/socket");
    EXPECT_EQ(other.call(connect, client, address, 9), error(Errno::acces));
    EXPECT_EQ(one.call(nr::unlink, "/socket"), 0);
    EXPECT_EQ(one.call(connect, client, address, named("/socket")), error(Errno::noent));
}

TEST_F(UnixSockets, HoldWhoConnectsWhileTheBacklogIsFull) {
    auto const listener = make(stream);
    auto const length = named(std::string_view("\0y", 2));
    ASSERT_EQ(one.call(bind, listener, address, length), 0);
    ASSERT_EQ(one.call(listen, listener, 0), 0);
    auto const first = make(stream), second = make(stream);
    EXPECT_EQ(one.call(connect, first, address, length), 0);
    auto other = twin(one);
    other.put(address, one.get<std::uint32_t>(address));
    EXPECT_EQ(other.call(connect, second, address, length), std::nullopt);
    EXPECT_GE(*one.call(accept, listener, 0, 0), 0);
    EXPECT_EQ(other.answer(), 0);
    // And one that waits for a connection, and for one that waits no more.
    EXPECT_GE(*one.call(accept, listener, 0, 0), 0);
    EXPECT_EQ(one.call(accept, listener, 0, 0), std::nullopt);
    auto const third = static_cast<std::int32_t>(*other.call(socket_, unix_domain, stream, 0));
    EXPECT_EQ(other.call(connect, third, address, length), 0);
    EXPECT_GE(*one.answer(), 0);
}

TEST_F(UnixSockets, RefuseMoreThanTheirShareOfTheMemory) {
    std::int64_t sent = 0;
    for (;;) {
        auto const fds = pair(stream, open_flag::nonblock);
        auto const written = *write(one, fds.one, 200'000);
        if (written < 0) {
            EXPECT_EQ(written, error(Errno::nobufs));
            break;
        }
        sent += written;
        ASSERT_LT(sent, 64 << 20);
    }
    EXPECT_GT(world.ram.pool.free(), world.ram.pool.total() / 2);
}

} // namespace
} // namespace personality::testing
