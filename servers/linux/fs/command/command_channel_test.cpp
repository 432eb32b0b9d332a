#include <servers/linux/fs/command/command_channel.hpp>

#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/fs/proc/proc_volume.hpp>
#include <servers/linux/fs/testing/programs.hpp>

#include <deque>
#include <elf.h>

namespace personality::testing {
namespace {

using namespace std::string_view_literals;
namespace channel = command_channel;

/// The line to the host: it takes `room` bytes, and more when the test says so.
class FakeLine final : public ByteLink {
public:
    std::span<std::byte const> received() override {
        return std::as_bytes(std::span(incoming))
            .first(std::min<std::size_t>(incoming.size(), 100));
    }
    void taken(std::size_t bytes) override { incoming.erase(0, bytes); }
    std::size_t send(std::span<std::byte const> bytes) override {
        auto const count = std::min(bytes.size(), room);
        outgoing.append(reinterpret_cast<char const*>(bytes.data()), count);
        room -= count;
        return count;
    }
    std::string incoming, outgoing;
    std::size_t room = 1 << 20;
};

class Channel : public Programs {
protected:
    FakeLine line;
    CommandChannel guest{system, line};
    channel::Decoder decoder;

    Channel() {
        make_program();
        guest.open();
    }

    /// A program of one page, which never runs: the test makes its calls.
    void make_program() {
        Elf64_Ehdr head{};
        std::memcpy(head.e_ident, ELFMAG, SELFMAG);
        head.e_ident[EI_CLASS] = ELFCLASS64;
        head.e_ident[EI_DATA] = ELFDATA2LSB;
        head.e_ident[EI_VERSION] = EV_CURRENT;
        head.e_type = ET_EXEC;
        head.e_machine = EM_X86_64;
        head.e_version = EV_CURRENT;
        head.e_entry = 0x400000 + 0x200;
        head.e_phoff = sizeof head;
        head.e_ehsize = sizeof head;
        head.e_phentsize = sizeof(Elf64_Phdr);
        head.e_phnum = 1;
        Elf64_Phdr const load{.p_type = PT_LOAD,
                              .p_flags = PF_R | PF_X,
                              .p_offset = 0,
                              .p_vaddr = 0x400000,
                              .p_paddr = 0,
                              .p_filesz = 0x1000,
                              .p_memsz = 0x1000,
                              .p_align = 0x1000};
        auto p = program();
        ASSERT_EQ(p.call(nr::mkdir, "/bin"sv, 0755), 0);
        ASSERT_EQ(p.call(nr::open, "/bin/test"sv, 0102, 0755), 0);
        p.put(memory_start, head);
        p.put(memory_start + sizeof head, load);
        ASSERT_EQ(p.call(nr::write, 0, memory_start, 0x1000), 0x1000);
        ASSERT_EQ(p.call(nr::close, 0), 0);
    }

    static std::string frame(channel::Kind kind, std::string_view payload) {
        auto const header = channel::header(kind, payload.size());
        return std::string(header.begin(), header.end()) + std::string(payload);
    }
    void send(channel::Kind kind, std::string_view payload = {}) {
        line.incoming += frame(kind, payload);
        pump();
    }
    void pump() {
        system.attention = false;
        guest.link_moved();
    }
    void start(unsigned terminals, std::string_view program = "/bin/test") {
        std::string record{24, 0, 80, 0};
        record += static_cast<char>(terminals);
        record += std::string{2, 0, 1, 0};
        record += '\0'; // no working folder
        record += std::string(program) + '\0' + "argument" + '\0' + "NAME=value" + '\0';
        send(channel::Kind::start_record, record.substr(0, 7));
        send(channel::Kind::start_record, record.substr(7));
        send(channel::Kind::start);
    }
    struct Got {
        channel::Kind kind;
        std::string payload;
        bool operator==(Got const&) const = default;
    };
    std::vector<Got> frames() {
        std::vector<Got> got;
        for (char byte : line.outgoing)
            if (auto const each = decoder.push(static_cast<std::uint8_t>(byte)))
                got.push_back({each->kind, {each->payload.begin(), each->payload.end()}});
        line.outgoing.clear();
        return got;
    }
    /// The command that was started.
    FakeProgram command() {
        auto* const process = system.tasks.first();
        machine.threads.at(process->leader->thread.raw).registers.file.rsp = scratch_start + 0xf000;
        constexpr std::uint32_t rw = access::read | access::write;
        EXPECT_TRUE(process->memory->map(
            {.start = memory_start, .end = memory_start + memory_size, .protection = rw}));
        EXPECT_TRUE(process->memory->map(
            {.start = scratch_start, .end = scratch_start + 0x10000, .protection = rw}));
        return {system, process, process->leader};
    }
    static std::string four(std::uint32_t number) {
        auto const bytes = channel::four_bytes(number);
        return {bytes.begin(), bytes.end()};
    }
};

TEST_F(Channel, GreetsStartsAndReportsTheEnd) {
    auto const hello = frames();
    ASSERT_EQ(hello.size(), 1u);
    EXPECT_EQ(hello[0].kind, channel::Kind::hello);
    start(0);
    auto const first = frames();
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0], (Got{channel::Kind::credit, four(CommandInput::capacity)}));
    auto p = command();
    p.put_text(memory_start, "out\0put"sv);
    EXPECT_EQ(p.call(nr::write, 1, memory_start, 7), 7);
    EXPECT_TRUE(system.attention);
    EXPECT_EQ(p.call(nr::write, 2, memory_start, 3), 3);
    pump();
    EXPECT_EQ(frames(), (std::vector<Got>{{channel::Kind::output, std::string("out\0put"sv)},
                                          {channel::Kind::error_output, "out"}}));
    EXPECT_EQ(p.call(nr::write, 1, memory_start, 3), 3);
    EXPECT_EQ(p.call(231, 7), FakeProgram::gone); // exit_group
    pump();
    EXPECT_EQ(frames(), (std::vector<Got>{{channel::Kind::output, "out"},
                                          {channel::Kind::exited, std::string{0, 7}}}));
}

TEST_F(Channel, SaysWhyNothingStarted) {
    frames();
    start(0, "/bin/none");
    EXPECT_EQ(frames(), (std::vector<Got>{{channel::Kind::start_failed, std::string{2, 0}}}));
    send(channel::Kind::start);
    EXPECT_TRUE(frames().empty());
}

TEST_F(Channel, SurvivesNonsense) {
    frames();
    send(channel::Kind::input, "before anything");
    send(channel::Kind::start_record, "short");
    send(channel::Kind::start);
    EXPECT_EQ(frames(), (std::vector<Got>{{channel::Kind::start_failed, std::string{22, 0}}}));
    line.incoming = std::string(1000, '\xff');
    pump();
    EXPECT_TRUE(frames().empty());
}

TEST_F(Channel, FeedsInputWithinItsCredit) {
    start(0);
    frames();
    auto p = command();
    EXPECT_EQ(p.call(nr::read, 0, memory_start, 100), std::nullopt);
    send(channel::Kind::input, "some input");
    EXPECT_EQ(p.answer(), 10);
    EXPECT_EQ(p.text(memory_start, 10), "some input");
    // A command that reads nothing: pipe and queue fill up, and credit ends.
    std::size_t sent = 10, credit = CommandInput::capacity;
    std::string const piece(4096, 'x');
    while (sent + piece.size() <= credit) {
        send(channel::Kind::input, piece);
        sent += piece.size();
        for (auto const& got : frames()) {
            ASSERT_EQ(got.kind, channel::Kind::credit);
            credit += *channel::number(
                std::as_bytes(std::span(got.payload)).size() == 4
                    ? std::span(reinterpret_cast<std::uint8_t const*>(got.payload.data()), 4)
                    : std::span<std::uint8_t const>{},
                4);
        }
    }
    EXPECT_LE(sent, 10 + 65536 + CommandInput::capacity);
    EXPECT_GE(sent, 65536u);
    send(channel::Kind::input_end);
    std::size_t got = 10;
    while (true) {
        auto const bytes = p.call(nr::read, 0, memory_start, 50'000);
        ASSERT_TRUE(bytes);
        if (*bytes == 0) break;
        got += static_cast<std::size_t>(*bytes);
        pump();
    }
    EXPECT_EQ(got, sent);
}

TEST_F(Channel, LosesNothingOnANarrowLine) {
    start(0);
    frames();
    auto p = command();
    line.room = 0;
    std::string text;
    for (int i = 0; i < 40'000; i++) text += static_cast<char>(i * 7);
    p.put_text(memory_start, text);
    EXPECT_EQ(p.call(nr::write, 1, memory_start, text.size()), 40'000);
    EXPECT_EQ(p.call(231, 0), FakeProgram::gone);
    std::string shown;
    for (int i = 0; i < 10'000 && (shown.size() < text.size() || i < 9'990); i++) {
        line.room = 17;
        pump();
        for (auto const& got : frames()) {
            if (got.kind == channel::Kind::output) shown += got.payload;
            if (got.kind == channel::Kind::exited) i = 10'000;
        }
    }
    EXPECT_EQ(shown, text);
}

TEST_F(Channel, GivesATerminalWhereTheHostHasOne) {
    ASSERT_TRUE(mount_proc(system));
    start(0b011);
    frames();
    auto p = command();
    EXPECT_EQ(p.call(nr::ioctl, 0, ioctl::get_window, memory_start), 0);
    EXPECT_EQ(p.get<WindowSize>(memory_start).columns, 80);
    EXPECT_EQ(p.call(nr::ioctl, 2, ioctl::get_window, memory_start), error(Errno::notty));
    EXPECT_EQ(p.call(nr::ioctl, 0, ioctl::get_group, memory_start), 0);
    EXPECT_EQ(p.get<std::int32_t>(memory_start), p.process->pid);
    send(channel::Kind::input, "line\r");
    EXPECT_EQ(frames(), (std::vector<Got>{{channel::Kind::output, "line\r\n"}}));
    EXPECT_EQ(p.call(nr::read, 0, memory_start, 100), 5);
    EXPECT_EQ(p.call(nr::open, "/dev/stdin"sv, 2), 3); // the same terminal again
    EXPECT_EQ(p.call(nr::ioctl, 3, ioctl::get_group, memory_start), 0);
    (*p.process->handlers)[Signal::winch] = {.handler = 1};
    send(channel::Kind::window, std::string{50, 0, 100, 0});
    EXPECT_EQ(p.call(nr::ioctl, 0, ioctl::get_window, memory_start), 0);
    EXPECT_EQ(p.get<WindowSize>(memory_start).rows, 50);
    EXPECT_EQ(p.call(nr::read, 0, memory_start, 100), std::nullopt);
    send(channel::Kind::input, "\x03");
    run_ready(system);
    pump();
    EXPECT_EQ(frames(), (std::vector<Got>{{channel::Kind::output, "^C"},
                                          {channel::Kind::exited, std::string{1, 2}}}));
}

TEST_F(Channel, PassesSignals) {
    start(0);
    frames();
    auto p = command();
    EXPECT_EQ(p.call(nr::read, 0, memory_start, 1), std::nullopt);
    send(channel::Kind::signal, "\x0f"); // SIGTERM
    run_ready(system);
    pump();
    EXPECT_EQ(frames(), (std::vector<Got>{{channel::Kind::exited, std::string{1, 15}}}));
}

} // namespace
} // namespace personality::testing
