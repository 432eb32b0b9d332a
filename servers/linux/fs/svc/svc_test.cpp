#include <servers/linux/fs/svc/svc_volume.hpp>

#include <servers/linux/fs/testing/programs.hpp>

namespace personality::testing {
namespace {

using namespace std::string_view_literals;
namespace services = protocols::services;

/// The other side: two services with a log each.
class FakeSupervisor final : public ServiceLink {
public:
    static constexpr std::size_t log_bytes = 4096;

    FakeSupervisor(services::Memory& shared, std::span<std::byte> log_memory)
        : ServiceLink(shared, log_memory), requests_(shared.table.requests, shared.request),
          answers_(shared.table.answers, shared.answer) {}

    static void fill(services::Memory& memory) {
        memory.table.magic = services::magic;
        memory.table.rows = 2;
        for (std::uint32_t i = 0; i < 2; i++) {
            services::Row row{};
            row.name = protocols::make_name(i == 0 ? "uart" : "linux");
            row.state = services::State::running;
            row.incarnation = i + 1;
            row.log_offset = i * log_bytes;
            row.log_bytes = log_bytes;
            if (i == 0) row.crash_length = 12;
            memory.row[i].store(row);
        }
        std::memcpy(memory.crash[0], "it was bad.\n", 12);
    }

    /// Answer the requests that came.
    void work(services::Verdict verdict) {
        while (auto const request = requests_.pop()) {
            asked.push_back(*request);
            ASSERT_TRUE(answers_.push({request->id, verdict, 0}));
        }
        requests_.acknowledge();
        answers_.publish();
        static_cast<void>(answers_.claim_wake());
        signalled();
    }
    std::vector<services::Request> asked;

private:
    void wake() override {}
    protocols::RecordConsumer<services::Request> requests_;
    protocols::RecordProducer<services::Answer> answers_;
};

class Svc : public Programs {
protected:
    std::unique_ptr<services::Memory> memory = [] {
        auto shared = std::make_unique<services::Memory>();
        FakeSupervisor::fill(*shared);
        return shared;
    }();
    alignas(64) std::array<std::byte, 2 * FakeSupervisor::log_bytes> logs{};
    FakeSupervisor supervisor{*memory, logs};
    protocols::LogWriter uart_log{std::span(logs).first(FakeSupervisor::log_bytes)};
    FakeProgram p = program();
    Svc() { EXPECT_TRUE(mount_svc(files, supervisor)); }

    std::string read(std::string_view path) {
        auto const fd = *p.call(nr::open, path, 0);
        if (fd < 0) return "error " + std::to_string(fd);
        auto const count = *p.call(nr::read, fd, memory_start, 100'000);
        p.call(nr::close, fd);
        return p.text(memory_start, static_cast<std::size_t>(count));
    }
    std::optional<std::int64_t> control(std::string_view name, std::string_view word) {
        auto const path = "/svc/" + std::string(name) + "/control";
        auto const fd = *p.call(nr::open, std::string_view(path), 1 | open_flag::truncate);
        EXPECT_GE(fd, 0);
        p.put_text(memory_start, word);
        return p.call(nr::write, fd, memory_start, word.size());
    }
};

TEST_F(Svc, ShowsServices) {
    EXPECT_NE(read("/svc/uart/status").find("running"), std::string::npos);
    EXPECT_EQ(read("/svc/uart/crash"), "it was bad.\n");
    EXPECT_EQ(read("/svc/linux/crash"), "");
    EXPECT_EQ(read("/svc/none/status"), "error -2");
    ASSERT_EQ(p.call(nr::open, "/svc"sv, 0), 0);
    EXPECT_EQ(p.call(nr::getdents64, 0, memory_start, 4096), 24 * 2 + 24 + 32);
}

TEST_F(Svc, SteersServices) {
    EXPECT_EQ(control("uart", "restart\n"), std::nullopt);
    supervisor.work(services::Verdict::accepted);
    EXPECT_EQ(p.answer(), 8);
    ASSERT_EQ(supervisor.asked.size(), 1u);
    EXPECT_EQ(supervisor.asked[0].action, services::Action::restart);
    EXPECT_EQ(supervisor.asked[0].row, 0u);
    EXPECT_EQ(control("linux", "start"), std::nullopt);
    supervisor.work(services::Verdict::not_now);
    EXPECT_EQ(p.answer(), error(Errno::busy));
    EXPECT_EQ(control("uart", "dance\n"), error(Errno::inval));
    EXPECT_EQ(control("uart", ""), error(Errno::inval));
    EXPECT_EQ(supervisor.asked.size(), 2u);
}

TEST_F(Svc, FollowsALog) {
    uart_log.write("first\n");
    ASSERT_EQ(p.call(nr::open, "/svc/uart/log"sv, 0), 0);
    EXPECT_EQ(p.call(nr::read, 0, memory_start, 100), 6);
    EXPECT_EQ(p.call(nr::read, 0, memory_start, 100), 0);
    uart_log.write("second\n");
    EXPECT_EQ(p.call(nr::read, 0, memory_start, 100), 7);
    EXPECT_EQ(p.text(memory_start, 7), "second\n");
    // More than the ring holds: what is lost is skipped.
    for (int i = 0; i < 1000; i++) uart_log.write("line " + std::to_string(i) + "\n");
    auto const bytes = *p.call(nr::read, 0, memory_start, 100'000);
    EXPECT_EQ(bytes, static_cast<std::int64_t>(FakeSupervisor::log_bytes - 64));
    EXPECT_EQ(p.call(nr::read, 0, memory_start, 100), 0);
    uart_log.write("last\n");
    EXPECT_EQ(p.call(nr::read, 0, memory_start, 100), 5);
    EXPECT_EQ(read("/svc/linux/log"), "");
}

TEST_F(Svc, AsksOnceHoweverTheWaitEnds) {
    EXPECT_EQ(control("uart", "kill"), std::nullopt);
    auto& action = (*p.process->handlers)[Signal::usr1];
    action = {.handler = 0x1234,
              .flags = SignalAction::restorer_set | SignalAction::restart,
              .restorer = 0x5678};
    ASSERT_TRUE(send_signal(*p.process, {.signal = Signal::usr1}));
    EXPECT_EQ(p.answer(), FakeProgram::handler_runs);
    supervisor.work(services::Verdict::accepted);
    EXPECT_EQ(supervisor.asked.size(), 1u);
}

} // namespace
} // namespace personality::testing
