// Pseudo-terminals as programs use them; tests/linux/pty.c holds the rest against Linux.

#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/fs/terminal/pseudo_terminal.hpp>
#include <servers/linux/fs/testing/programs.hpp>

namespace personality::testing {
namespace {

using namespace std::string_view_literals;

class PseudoTerminalTest : public Programs {
protected:
    static constexpr std::uint64_t no_terminal = 0400, nonblock = 04000;
    FakeProgram host = program();
    int master = open_master();

    int open_master() {
        auto const fd = *host.call(nr::open, "/dev/ptmx"sv, 2 | no_terminal);
        host.put(memory_start, 0);
        EXPECT_EQ(host.call(nr::ioctl, fd, ioctl::set_lock, memory_start), 0);
        return static_cast<int>(fd);
    }
    std::optional<std::int64_t> write(FakeProgram& program, int fd, std::string_view text) {
        program.put_text(memory_start, text);
        return program.call(nr::write, fd, memory_start, text.size());
    }
    std::string read(FakeProgram& program, int fd) {
        auto const count = program.call(nr::read, fd, memory_start, 4096);
        if (!count) return "waits";
        if (*count < 0) return "error " + std::to_string(-*count);
        return program.text(memory_start, static_cast<std::size_t>(*count));
    }
};

TEST_F(PseudoTerminalTest, CarryBothWays) {
    auto user = program();
    EXPECT_EQ(user.call(nr::open, "/dev/pts/0"sv, 2), 0);
    EXPECT_EQ(write(host, master, "ls\r"), 3);
    EXPECT_EQ(read(host, master), "ls\r\n"); // the echo
    EXPECT_EQ(read(user, 0), "ls\n");
    EXPECT_EQ(write(user, 0, "file\n"), 5);
    EXPECT_EQ(read(host, master), "file\r\n");
    EXPECT_EQ(user.call(nr::ioctl, 0, ioctl::get_group, memory_start), 0);
    EXPECT_EQ(user.get<std::int32_t>(memory_start), user.process->pid);
    EXPECT_EQ(read(host, master), "waits");
    EXPECT_EQ(write(user, 0, "more"), 4);
    EXPECT_EQ(host.answer(), 4);
}

TEST_F(PseudoTerminalTest, ComeAndGo) {
    EXPECT_EQ(open_master(), 1);
    EXPECT_EQ(host.call(nr::access, "/dev/pts/1"sv, 0), 0);
    EXPECT_EQ(host.call(nr::access, "/dev/pts/01"sv, 0), error(Errno::noent));
    EXPECT_EQ(host.call(nr::open, "/dev/pts/1"sv, 2 | no_terminal), 2);
    EXPECT_EQ(host.call(nr::close, 1), 0);
    EXPECT_EQ(host.call(nr::access, "/dev/pts/1"sv, 0), error(Errno::noent));
    EXPECT_EQ(open_master(), 1); // its number is taken until the slave goes
    EXPECT_EQ(host.call(nr::access, "/dev/pts/2"sv, 0), 0);
    EXPECT_EQ(read(host, 2), "");
    EXPECT_EQ(files.devices.pseudo_terminals.count(), 3u);
    EXPECT_EQ(host.call(nr::close, 2), 0);
    EXPECT_EQ(files.devices.pseudo_terminals.count(), 2u);
    EXPECT_EQ(open_master(), 2);
    EXPECT_EQ(host.call(nr::access, "/dev/pts/1"sv, 0), 0);
}

TEST_F(PseudoTerminalTest, ThereAreSoMany) {
    for (auto i = files.devices.pseudo_terminals.count(); i < PseudoTerminals::most; i++)
        ASSERT_GT(open_master(), 0);
    EXPECT_EQ(host.call(nr::open, "/dev/ptmx"sv, 2), error(Errno::nospc));
    EXPECT_EQ(host.call(nr::close, 17), 0);
    EXPECT_EQ(open_master(), 17);
    EXPECT_EQ(host.call(nr::access, "/dev/pts/17"sv, 0), 0);
}

TEST_F(PseudoTerminalTest, AMasterThatDoesNotReadHoldsTheSlaveUp) {
    auto user = program();
    EXPECT_EQ(user.call(nr::open, "/dev/pts/0"sv, 2 | nonblock), 0);
    std::string const text(8000, 'x');
    std::int64_t all = 0;
    for (auto count = write(user, 0, text); *count > 0; count = write(user, 0, text)) all += *count;
    EXPECT_GT(all, 65'536);
    EXPECT_LT(all, 80'000);
    std::int64_t back = 0;
    while (back < all) back += *host.call(nr::read, master, memory_start, 100'000);
    EXPECT_EQ(back, all);
    EXPECT_EQ(write(user, 0, "x"), 1);
}

TEST_F(PseudoTerminalTest, TheMasterEndsWithItsProgram) {
    auto user = program();
    EXPECT_EQ(user.call(nr::open, "/dev/pts/0"sv, 2), 0);
    user.task->blocked_signals.add(Signal::hup);
    EXPECT_EQ(user.call(nr::read, 0, memory_start, 10), std::nullopt);
    end_process(*host.process, 9);
    EXPECT_EQ(user.answer(), 0);
    EXPECT_TRUE(user.process->pending.set().has(Signal::hup));
    EXPECT_EQ(user.call(nr::open, "/dev/tty"sv, 2), error(Errno::nxio));
}

} // namespace
} // namespace personality::testing
