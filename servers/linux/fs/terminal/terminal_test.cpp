// Terminals as programs use them: job control, waiting reads, settings.

#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/fs/terminal/terminal_file.hpp>
#include <servers/linux/fs/testing/programs.hpp>

namespace personality::testing {
namespace {

using namespace std::string_view_literals;

class Terminals : public Programs, public TerminalTransport {
protected:
    FakeProgram shell = program();
    Ref<Terminal> tty = files.devices.console;
    std::string screen;
    bool blocked = false;

    Terminals() {
        tty->transport = this;
        EXPECT_EQ(shell.call(nr::open, "/dev/ttyS0"sv, 2), 0); // becomes the controlling one
    }
    ~Terminals() override { tty->transport = nullptr; }

    void pump(Terminal&) override {
        auto& queue = tty->discipline().output().queue();
        while (!queue.empty() && !blocked) {
            auto const piece = queue.front();
            screen.append(piece.begin(), piece.end());
            queue.pop(piece.size());
        }
        tty->output_taken();
    }
    void type(std::string_view keys) {
        tty->receive(std::as_bytes(std::span(keys)));
        tty->pump();
    }
    /// A program in a group of its own, with the shell's files.
    FakeProgram job() {
        auto other = twin(shell);
        move_to(other, make<ProcessGroup>(other.process->pid, shell.process->group->session));
        adopt(*shell.process, other);
        return other;
    }
};

TEST_F(Terminals, ReadLines) {
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 100), std::nullopt);
    type("ls");
    EXPECT_EQ(shell.answer(), std::nullopt);
    type("\r");
    EXPECT_EQ(shell.answer(), 3);
    EXPECT_EQ(shell.text(memory_start, 3), "ls\n");
    EXPECT_EQ(screen, "ls\r\n");
    type("\x04");
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 100), 0);
    std::string const longer(1000, 'x');
    type(longer + "\nnext\n");
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 5000), 1001);
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 5000), 5);
}

TEST_F(Terminals, WriteAsTheScreenTakesIt) {
    shell.put_text(memory_start, "hello\n");
    EXPECT_EQ(shell.call(nr::write, 0, memory_start, 6), 6);
    EXPECT_EQ(screen, "hello\r\n");
    blocked = true;
    shell.put_text(memory_start, std::string(20'000, 'x'));
    EXPECT_EQ(shell.call(nr::write, 0, memory_start, 20'000), std::nullopt);
    EXPECT_EQ(shell.answer(), std::nullopt);
    blocked = false;
    for (int i = 0; i < 5; i++) tty->pump(), shell.answer();
    EXPECT_EQ(shell.answer(), 20'000);
    EXPECT_EQ(screen.size(), 20'007u);
}

TEST_F(Terminals, KnowWhoControlsThem) {
    EXPECT_EQ(tty->session()->id, shell.process->pid);
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::get_group, memory_start), 0);
    EXPECT_EQ(shell.get<std::int32_t>(memory_start), shell.process->pid);
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::get_session, memory_start), 0);
    EXPECT_EQ(shell.call(nr::open, "/dev/tty"sv, 2), 1);
    auto stranger = program();
    EXPECT_EQ(stranger.call(nr::open, "/dev/console"sv, 2), 0);
    EXPECT_EQ(stranger.call(nr::ioctl, 0, ioctl::get_group, memory_start), error(Errno::notty));
    EXPECT_EQ(stranger.call(nr::ioctl, 0, ioctl::make_controlling, 0), error(Errno::perm));
    EXPECT_EQ(stranger.call(nr::ioctl, 0, ioctl::make_controlling, 1), 0); // user 0 may steal
    EXPECT_EQ(shell.call(nr::open, "/dev/tty"sv, 2), error(Errno::nxio));
}

TEST_F(Terminals, SendKeysToTheForeground) {
    auto front = job();
    shell.put(memory_start, front.process->group->id);
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::set_group, memory_start), 0);
    EXPECT_EQ(front.call(nr::read, 0, memory_start, 10), std::nullopt);
    type("\x03");
    EXPECT_EQ(screen, "^C");
    run_ready(system);
    EXPECT_EQ(front.process->state, Process::State::zombie);
    EXPECT_EQ(shell.process->state, Process::State::running);
}

TEST_F(Terminals, StopReadersInTheBackground) {
    auto back = job();
    EXPECT_EQ(back.call(nr::read, 0, memory_start, 10), std::nullopt);
    EXPECT_EQ(back.process->state, Process::State::stopped);
    // Nobody could continue an orphan: it gets an error instead.
    auto orphan = job();
    adopt(*system.tasks.process(1), orphan);
    EXPECT_EQ(orphan.call(nr::read, 0, memory_start, 10), error(Errno::io));
    auto deaf = job();
    deaf.task->blocked_signals.add(Signal::ttin);
    EXPECT_EQ(deaf.call(nr::read, 0, memory_start, 10), error(Errno::io));
}

TEST_F(Terminals, LetTheBackgroundWriteUnlessToldNotTo) {
    auto back = job();
    back.put_text(memory_start, "x");
    EXPECT_EQ(back.call(nr::write, 0, memory_start, 1), 1);
    auto termios = tty->discipline().termios();
    termios.local |= local_flag::stop_background_output;
    tty->discipline().set_termios(termios);
    EXPECT_EQ(back.call(nr::write, 0, memory_start, 1), std::nullopt);
    EXPECT_EQ(back.process->state, Process::State::stopped);
    auto other = job();
    other.task->blocked_signals.add(Signal::ttou);
    other.put(memory_start, other.process->group->id);
    EXPECT_EQ(other.call(nr::ioctl, 0, ioctl::set_group, memory_start), 0); // as shells do it
    EXPECT_EQ(tty->foreground->id, other.process->group->id);
}

TEST_F(Terminals, SetForegroundWithinTheSession) {
    auto stranger = program();
    shell.put(memory_start, stranger.process->group->id);
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::set_group, memory_start), error(Errno::perm));
    shell.put(memory_start, std::int32_t{9999});
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::set_group, memory_start), error(Errno::srch));
    shell.put(memory_start, std::int32_t{-1});
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::set_group, memory_start), error(Errno::inval));
}

TEST_F(Terminals, ChangeSettings) {
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::get_termios, memory_start), 0);
    auto termios = shell.get<Termios>(memory_start);
    EXPECT_EQ(termios, standard_termios);
    termios.local &= ~(local_flag::canonical | local_flag::echo);
    shell.put(memory_start, termios);
    type("typed ahead");
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::set_termios_flushed, memory_start), 0);
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::bytes_readable, memory_start), 0);
    EXPECT_EQ(shell.get<std::int32_t>(memory_start), 0);
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 10), std::nullopt);
    type("k");
    EXPECT_EQ(shell.answer(), 1);
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::set_termios, 16), error(Errno::fault));
    EXPECT_EQ(shell.call(nr::ioctl, 0, 0x9999, 0), error(Errno::notty));
}

TEST_F(Terminals, WaitForBytesAndTime) {
    auto termios = tty->discipline().termios();
    termios.local &= ~local_flag::canonical;
    auto const set = [&](std::uint8_t minimum, std::uint8_t tenths) {
        termios.characters[control_character::minimum] = minimum;
        termios.characters[control_character::time] = tenths;
        tty->discipline().set_termios(termios);
    };
    set(3, 0);
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 10), std::nullopt);
    type("ab");
    EXPECT_EQ(shell.answer(), std::nullopt);
    type("c");
    EXPECT_EQ(shell.answer(), 3);
    set(0, 0);
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 10), 0);
    set(0, 20);
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 10), std::nullopt);
    pass_seconds(1);
    EXPECT_EQ(shell.answer(), std::nullopt);
    pass_seconds(1);
    EXPECT_EQ(shell.answer(), 0);
    set(5, 10); // the time runs between bytes
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 10), std::nullopt);
    pass_seconds(9);
    EXPECT_EQ(shell.answer(), std::nullopt);
    type("x");
    EXPECT_EQ(shell.answer(), std::nullopt);
    pass_seconds(1);
    EXPECT_EQ(shell.answer(), 1);
}

TEST_F(Terminals, TellTheirSize) {
    tty->set_window({.rows = 24, .columns = 80});
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::get_window, memory_start), 0);
    EXPECT_EQ(shell.get<WindowSize>(memory_start).columns, 80);
    (*shell.process->handlers)[Signal::winch] = {.handler = 1}; // ignored, for the test
    shell.put(memory_start, WindowSize{.rows = 50, .columns = 100});
    EXPECT_EQ(shell.call(nr::ioctl, 0, ioctl::set_window, memory_start), 0);
    EXPECT_EQ(tty->window().rows, 50);
    EXPECT_EQ(shell.call(nr::open, "/dev/null"sv, 0), 1);
    EXPECT_EQ(shell.call(nr::ioctl, 1, ioctl::get_window, memory_start), error(Errno::notty));
}

TEST_F(Terminals, TellPoll) {
    shell.put(memory_start, std::array<std::int32_t, 2>{0, 1});
    EXPECT_EQ(shell.call(nr::poll, memory_start, 1, 0), 0);
    EXPECT_EQ(shell.call(nr::poll, memory_start, 1, -1), std::nullopt);
    type("x");
    EXPECT_EQ(shell.answer(), std::nullopt); // no line yet
    type("\n");
    EXPECT_EQ(shell.answer(), 1);
}

TEST_F(Terminals, HangUp) {
    shell.task->blocked_signals.add(Signal::hup);
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 10), std::nullopt);
    tty->hang_up();
    EXPECT_EQ(shell.answer(), 0);
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 10), 0);
    EXPECT_EQ(shell.call(nr::write, 0, memory_start, 1), error(Errno::io));
    EXPECT_TRUE(shell.process->pending.set().has(Signal::hup));
}

TEST_F(Terminals, HangUpForTheNext) {
    constexpr std::uint64_t vhangup = 153;
    shell.task->blocked_signals.add(Signal::hup);
    EXPECT_EQ(shell.call(vhangup), 0);
    EXPECT_EQ(shell.call(nr::read, 0, memory_start, 10), 0);
    EXPECT_EQ(shell.call(nr::open, "/dev/tty"sv, 2), error(Errno::nxio));
    EXPECT_EQ(shell.call(vhangup), 0); // there is none to hang up
    EXPECT_EQ(shell.call(nr::open, "/dev/ttyS0"sv, 2), 1);
    EXPECT_EQ(shell.call(nr::open, "/dev/tty"sv, 2), 2); // and so it is its own again
    type("x\n");
    EXPECT_EQ(shell.call(nr::read, 1, memory_start, 10), 2);
    shell.process->identity.effective = 0;
    EXPECT_EQ(shell.call(vhangup), error(Errno::perm));
}

} // namespace
} // namespace personality::testing
