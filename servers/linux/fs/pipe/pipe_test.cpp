#include <servers/linux/fs/pipe/pipe.hpp>

#include <servers/linux/fs/testing/programs.hpp>

namespace personality::testing {
namespace {

class Pipes : public Programs {
protected:
    FakeProgram one = program(), other = program();
    std::int32_t reader = -1, writer = -1;

    void make(std::uint32_t flags = 0) {
        ASSERT_EQ(one.call(nr::pipe2, memory_start, flags), 0);
        auto const fds = one.get<std::array<std::int32_t, 2>>(memory_start);
        reader = fds[0], writer = fds[1];
        other.task->descriptors = *one.task->descriptors->copy();
    }
    std::optional<std::int64_t> write(FakeProgram& from, std::size_t bytes) {
        return from.call(nr::write, writer, memory_start, bytes);
    }
    std::optional<std::int64_t> read(FakeProgram& to, std::size_t bytes) {
        return to.call(nr::read, reader, memory_start, bytes);
    }
};

TEST_F(Pipes, CarryBytesInOrder) {
    make();
    one.put_text(memory_start, "hello world");
    EXPECT_EQ(write(one, 11), 11);
    EXPECT_EQ(read(other, 5), 5);
    EXPECT_EQ(other.text(memory_start, 5), "hello");
    EXPECT_EQ(read(other, 100), 6);
    EXPECT_EQ(other.text(memory_start, 6), " world");
}

TEST_F(Pipes, WakeAReaderThatWaits) {
    make();
    EXPECT_EQ(read(other, 10), std::nullopt);
    EXPECT_EQ(other.answer(), std::nullopt);
    one.put_text(memory_start, "x");
    EXPECT_EQ(write(one, 1), 1);
    EXPECT_EQ(other.answer(), 1);
    EXPECT_EQ(other.text(memory_start, 1), "x");
}

TEST_F(Pipes, EndWhenTheLastWriterCloses) {
    make();
    EXPECT_EQ(other.call(nr::close, writer), 0);
    EXPECT_EQ(read(other, 10), std::nullopt);
    EXPECT_EQ(write(one, 3), 3);
    EXPECT_EQ(other.answer(), 3);
    EXPECT_EQ(read(other, 10), std::nullopt);
    EXPECT_EQ(one.call(nr::close, writer), 0);
    EXPECT_EQ(other.answer(), 0);
    EXPECT_EQ(read(other, 10), 0);
}

TEST_F(Pipes, BreakWhenTheLastReaderCloses) {
    make();
    EXPECT_EQ(one.call(nr::close, reader), 0);
    EXPECT_EQ(other.call(nr::close, reader), 0);
    one.task->blocked_signals.add(Signal::pipe);
    EXPECT_EQ(write(one, 1), error(Errno::pipe));
    EXPECT_TRUE(one.task->pending.set().has(Signal::pipe));
    EXPECT_EQ(write(other, 1), FakeProgram::gone); // SIGPIPE ends it
}

TEST_F(Pipes, BreakUnderAWriterThatWaits) {
    make();
    one.task->blocked_signals.add(Signal::pipe);
    EXPECT_EQ(one.call(nr::close, reader), 0);
    EXPECT_EQ(write(one, 65536), 65536);
    EXPECT_EQ(write(one, 1), std::nullopt);
    EXPECT_EQ(other.call(nr::close, reader), 0);
    EXPECT_EQ(one.answer(), error(Errno::pipe));
}

TEST_F(Pipes, HoldSixtyFourKibibytes) {
    make(open_flag::nonblock);
    EXPECT_EQ(read(one, 1), error(Errno::again));
    EXPECT_EQ(write(one, 100'000), 65536);
    EXPECT_EQ(write(one, 1), error(Errno::again));
    EXPECT_EQ(one.call(nr::fcntl, writer, 1032), 65536); // F_GETPIPE_SZ
    EXPECT_EQ(read(one, 100), 100);
    EXPECT_EQ(write(one, 100), error(Errno::again)); // a page is free when it is empty
    EXPECT_EQ(read(one, 3996), 3996);
    EXPECT_EQ(write(one, 5000), 4096);                // beyond PIPE_BUF: what fits
    EXPECT_EQ(write(one, 4096), error(Errno::again)); // up to there: all or nothing
}

TEST_F(Pipes, WriteAllOfABigWriteWhileOthersRead) {
    make();
    for (std::size_t i = 0; i < 200'000; i += 8) one.put(memory_start + i, i);
    EXPECT_EQ(write(one, 200'000), std::nullopt);
    std::size_t got = 0;
    while (got < 200'000) {
        auto const bytes = read(other, 30'000);
        ASSERT_TRUE(bytes && *bytes > 0);
        for (std::size_t i = (8 - got % 8) % 8; i + 8 <= static_cast<std::size_t>(*bytes); i += 8)
            ASSERT_EQ(other.get<std::uint64_t>(memory_start + i), got + i);
        got += static_cast<std::size_t>(*bytes);
        one.answer();
    }
    EXPECT_EQ(one.answer(), 200'000);
}

TEST_F(Pipes, KeepSmallWritesWhole) {
    make();
    auto third = twin(one);
    EXPECT_EQ(write(one, 65536 - 100), 65536 - 100);
    one.put_text(memory_start, std::string(4000, 'a'));
    third.put_text(memory_start, std::string(4000, 'b'));
    EXPECT_EQ(write(one, 4000), std::nullopt);
    EXPECT_EQ(write(third, 4000), std::nullopt);
    EXPECT_EQ(read(other, 3000), 3000);
    EXPECT_EQ(one.answer(), std::nullopt); // no page is free yet
    EXPECT_EQ(read(other, 62'436), 62'436);
    EXPECT_EQ(one.answer(), 4000);
    EXPECT_EQ(third.answer(), 4000);
    EXPECT_EQ(read(other, 10'000), 8000);
    auto const text = other.text(memory_start, 8000);
    bool const whole = text == std::string(4000, 'a') + std::string(4000, 'b') ||
                       text == std::string(4000, 'b') + std::string(4000, 'a');
    EXPECT_TRUE(whole);
}

TEST_F(Pipes, EndAWaitWithASignal) {
    make();
    auto& action = (*other.process->handlers)[Signal::usr1];
    action = {.handler = 0x1234, .flags = SignalAction::restorer_set, .restorer = 0x5678};
    EXPECT_EQ(read(other, 1), std::nullopt);
    ASSERT_TRUE(send_signal(*other.process, {.signal = Signal::usr1}));
    run_ready(system);
    auto const& answered = machine.answers.back();
    EXPECT_TRUE(answered.with_registers);
    EXPECT_EQ(answered.file.rip, 0x1234u);
}

TEST_F(Pipes, TellPoll) {
    make();
    auto const events = [&](FakeProgram& who, std::int32_t fd) {
        who.put(memory_start, std::array<std::int32_t, 2>{fd, 0x005}); // POLLIN | POLLOUT
        EXPECT_GE(*who.call(nr::poll, memory_start, 1, 0), 0);
        return who.get<std::uint16_t>(memory_start + 6);
    };
    EXPECT_EQ(events(one, reader), 0);
    EXPECT_EQ(events(one, writer), 0x004);
    EXPECT_EQ(write(one, 65536 - 4095), 65536 - 4095);
    EXPECT_EQ(events(one, reader), 0x001);
    EXPECT_EQ(events(one, writer), 0); // not writable for PIPE_BUF bytes
    one.call(nr::close, writer), other.call(nr::close, writer);
    EXPECT_EQ(events(one, reader), 0x011); // POLLHUP comes unasked
    EXPECT_EQ(events(one, 77), 0x020);     // POLLNVAL
}

TEST_F(Pipes, WakePollAndTimeOut) {
    make();
    other.put(memory_start, std::array<std::int32_t, 2>{reader, 1});
    EXPECT_EQ(other.call(nr::poll, memory_start, 1, 5000), std::nullopt);
    EXPECT_EQ(write(one, 1), 1);
    EXPECT_EQ(other.answer(), 1);
    EXPECT_EQ(read(other, 1), 1);
    other.put(memory_start, std::array<std::int32_t, 2>{reader, 1});
    EXPECT_EQ(other.call(nr::poll, memory_start, 1, 5000), std::nullopt);
    pass_seconds(4);
    EXPECT_EQ(other.answer(), std::nullopt);
    pass_seconds(1);
    EXPECT_EQ(other.answer(), 0);
}

TEST_F(Pipes, TellSelect) {
    make();
    other.put(memory_start, std::uint64_t{1} << reader);
    other.put(memory_start + 8, std::uint64_t{1} << writer);
    other.put(memory_start + 16, std::array<std::uint64_t, 2>{3, 500'000});
    EXPECT_EQ(other.call(nr::select, 64, memory_start, memory_start + 8, 0, memory_start + 16), 1);
    EXPECT_EQ(other.get<std::uint64_t>(memory_start), 0u);
    EXPECT_EQ(other.get<std::uint64_t>(memory_start + 8), std::uint64_t{1} << writer);
    other.put(memory_start, std::uint64_t{1} << reader);
    EXPECT_EQ(other.call(nr::select, 64, memory_start, 0, 0, memory_start + 16), std::nullopt);
    world.clock.pass_seconds(1);
    EXPECT_EQ(write(one, 1), 1);
    EXPECT_EQ(other.answer(), 1);
    EXPECT_EQ(other.get<std::uint64_t>(memory_start), std::uint64_t{1} << reader);
    EXPECT_EQ(other.get<std::uint64_t>(memory_start + 16), 2u); // what is left of 3.5 s
    other.put(memory_start, std::uint64_t{1} << 50);
    EXPECT_EQ(other.call(nr::select, 64, memory_start, 0, 0, memory_start + 16),
              error(Errno::badf));
    other.put(memory_start + 16, std::array<std::uint64_t, 2>{0, 0});
    EXPECT_EQ(other.call(nr::select, 50, memory_start, 0, 0, memory_start + 16), 0);
    EXPECT_EQ(other.call(nr::select, -1, memory_start, 0, 0, 0), error(Errno::inval));
}

TEST_F(Pipes, ChangeTheirCapacity) {
    make();
    constexpr int set = 1031, get = 1032;
    EXPECT_EQ(write(one, 10'000), 10'000);
    EXPECT_EQ(one.call(nr::fcntl, writer, set, 4096), error(Errno::busy));
    EXPECT_EQ(one.call(nr::fcntl, writer, set, 100'000), 131'072);
    EXPECT_EQ(write(one, 121'072), 121'072);
    EXPECT_EQ(one.call(nr::fcntl, reader, get), 131'072);
    EXPECT_EQ(read(other, 131'000), 131'000);
    EXPECT_EQ(one.call(nr::fcntl, writer, set, 1), 4096);
    EXPECT_EQ(read(other, 100), 72);
}

TEST_F(Pipes, KeepPacketsApart) {
    one.call(nr::pipe2, memory_start, open_flag::direct | open_flag::nonblock);
    reader = one.get<std::int32_t>(memory_start), writer = reader + 1;
    EXPECT_EQ(write(one, 10), 10);
    EXPECT_EQ(write(one, 5000), 5000);
    EXPECT_EQ(read(one, 3), 3); // the rest of it is lost
    EXPECT_EQ(read(one, 9000), 4096);
    EXPECT_EQ(read(one, 9000), 904);
    EXPECT_EQ(read(one, 9000), error(Errno::again));
}

TEST_F(Pipes, AreSplicedAndCopied) {
    constexpr std::uint64_t splice = 275, tee = 276, vmsplice = 278;
    make();
    one.call(nr::pipe2, memory_start, open_flag::nonblock);
    auto const in = one.get<std::int32_t>(memory_start), out = in + 1;
    one.put_text(memory_start, "0123456789");
    EXPECT_EQ(write(one, 10), 10);
    EXPECT_EQ(one.call(tee, reader, out, 4, 0), 4);
    EXPECT_EQ(one.call(splice, reader, 0, out, 0, 7, 0), 7);
    EXPECT_EQ(one.call(splice, reader, 0, writer, 0, 7, 0), error(Errno::inval));
    EXPECT_EQ(one.call(nr::read, in, memory_start + 4096, 100), 11);
    EXPECT_EQ(one.text(memory_start + 4096, 11), "01230123456");
    auto const file = one.call(nr::open, std::string_view("/tmp/file"), 0102, 0644);
    EXPECT_EQ(one.call(splice, reader, 0, *file, 0, 100, 0), 3);
    one.put(memory_start + 8192, std::uint64_t{1});
    EXPECT_EQ(one.call(splice, *file, memory_start + 8192, out, 0, 100, 0), 2);
    EXPECT_EQ(one.get<std::uint64_t>(memory_start + 8192), 3u);
    // One that waits for bytes, and one for an end.
    EXPECT_EQ(other.call(splice, reader, 0, writer, 0, 1, 0), error(Errno::inval));
    auto const target = other.call(nr::open, std::string_view("/tmp/file"), 1);
    EXPECT_EQ(other.call(splice, reader, 0, *target, 0, 100, 0), std::nullopt);
    one.put(memory_start, std::array<std::uint64_t, 2>{memory_start + 4096, 5});
    EXPECT_EQ(one.call(vmsplice, writer, memory_start, 1, 0), 5);
    EXPECT_EQ(other.answer(), 5);
}

TEST_F(Pipes, OpenByNameWhenBothSidesHaveCome) {
    ASSERT_EQ(one.call(nr::mknod, std::string_view("/tmp/fifo"), 0010644, 0), 0);
    EXPECT_EQ(one.call(nr::open, std::string_view("/tmp/fifo"), 1 | open_flag::nonblock),
              error(Errno::nxio));
    EXPECT_EQ(one.call(nr::open, std::string_view("/tmp/fifo"), 0), std::nullopt);
    EXPECT_EQ(one.answer(), std::nullopt);
    EXPECT_EQ(other.call(nr::open, std::string_view("/tmp/fifo"), 1), 0);
    EXPECT_EQ(one.answer(), 0);
    EXPECT_EQ(other.call(nr::write, 0, memory_start, 5), 5);
    EXPECT_EQ(one.call(nr::read, 0, memory_start, 9), 5);
    EXPECT_EQ(other.call(nr::close, 0), 0);
    EXPECT_EQ(one.call(nr::read, 0, memory_start, 9), 0);
    EXPECT_EQ(other.call(nr::open, std::string_view("/tmp/fifo"), 2), 0); // both: no wait
}

TEST_F(Pipes, RefuseWhatTheyCant) {
    make();
    EXPECT_EQ(one.call(nr::lseek, reader, 0, 0), error(Errno::spipe));
    EXPECT_EQ(one.call(nr::pread64, reader, memory_start, 1, 0), error(Errno::spipe));
    EXPECT_EQ(one.call(nr::write, reader, memory_start, 1), error(Errno::badf));
    EXPECT_EQ(one.call(nr::read, writer, memory_start, 1), error(Errno::badf));
    EXPECT_EQ(one.call(nr::ftruncate, writer, 0), error(Errno::inval));
    EXPECT_EQ(one.call(nr::fadvise64, reader, 0, 0, 0), error(Errno::spipe));
    EXPECT_EQ(one.call(nr::pipe2, memory_start, 1), error(Errno::inval));
    EXPECT_EQ(one.call(nr::pipe2, 16), error(Errno::fault));
    EXPECT_EQ(one.call(nr::close, 4), error(Errno::badf)); // nothing was left of that
    EXPECT_EQ(one.call(nr::write, writer, 16, 10), error(Errno::fault));
    EXPECT_EQ(one.call(nr::write, writer, 16, 0), 0);
}

TEST_F(Pipes, GiveTheirMemoryBack) {
    auto const before = world.ram.pool.free();
    make();
    EXPECT_EQ(write(one, 65536), 65536);
    for (auto* who : {&one, &other})
        for (auto fd : {reader, writer}) EXPECT_EQ(who->call(nr::close, fd), 0);
    // What is missing are the pages of the programs' own memory.
    EXPECT_LE(before - world.ram.pool.free(), 64u);
    EXPECT_EQ(one.call(nr::pipe2, memory_start, 0), 0);
}

} // namespace
} // namespace personality::testing
