#include <servers/supervisor/service_desk.hpp>

#include <protocols/services_client.hpp>

#include <gtest/gtest.h>
#include <memory>

using namespace supervisor;
using namespace protocols::services;

namespace {

struct Session {
    std::unique_ptr<Memory> memory = std::make_unique<Memory>();
    ServiceDesk desk{*memory};
    protocols::RecordProducer<Request> requests{memory->table.requests, std::span(memory->request)};
    protocols::RecordConsumer<Answer> answers{memory->table.answers, std::span(memory->answer)};

    void ask(std::uint64_t id, Action action, std::uint32_t row) {
        EXPECT_TRUE(requests.push({id, action, row, 0}));
        requests.publish();
    }
};

} // namespace

TEST(ServiceDesk, ARequestIsAnswered) {
    Session session;
    EXPECT_TRUE(session.desk.prepare_sleep());
    EXPECT_FALSE(session.desk.next());
    session.ask(7, Action::kill, 2);
    EXPECT_TRUE(session.requests.claim_wake());
    auto const request = session.desk.next();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->action, Action::kill);
    EXPECT_TRUE(session.answers.prepare_sleep());
    EXPECT_TRUE(session.desk.answer(*request, Verdict::accepted));
    auto const answer = session.answers.pop();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->id, 7u);
    EXPECT_EQ(answer->verdict, Verdict::accepted);
}

TEST(ServiceDesk, AClientThatNeverReadsAnswersIsServedAllTheSame) {
    Session session;
    for (std::uint64_t i = 0; i < 1000; i++) {
        session.ask(i, Action::restart, 0);
        auto const request = session.desk.next();
        ASSERT_TRUE(request);
        (void)session.desk.answer(*request, Verdict::accepted);
    }
}

TEST(ServiceDesk, AForgedPositionOffersNothing) {
    Session session;
    session.memory->table.requests.produced = 1ull << 40;
    EXPECT_FALSE(session.desk.next());
    EXPECT_TRUE(session.desk.prepare_sleep());
}

TEST(ServiceDesk, RowsAndCrashesAreShown) {
    Session session;
    session.desk.set_rows(2);
    Row row{};
    row.incarnation = 5;
    row.crash_length = 5;
    session.desk.show_crash(1, "crash");
    session.desk.show(1, row);
    EXPECT_EQ(session.memory->table.rows, 2u);
    EXPECT_EQ(session.memory->row[1].load()->incarnation, 5u);
    EXPECT_EQ(std::string_view(session.memory->crash[1], 5), "crash");
    session.desk.show_crash(0, std::string(10000, 'x')); // is cut
    EXPECT_EQ(session.memory->crash[1][0], 'c');
}

TEST(ServiceDesk, BothSidesTogether) {
    auto const memory = std::make_unique<Memory>();
    alignas(64) std::array<std::byte, 256> logs{};
    protocols::LogWriter(std::span(logs).subspan(128)).write("last words");
    ServiceDesk desk(*memory);
    desk.set_rows(2);
    Row row{};
    row.name = protocols::make_name("console");
    row.log_offset = 128;
    row.log_bytes = 128;
    row.crash_length = 5;
    desk.show_crash(1, "crash");
    desk.show(1, row);

    Client client(*memory, logs);
    auto const index = client.find("console");
    ASSERT_EQ(index, 1u);
    EXPECT_FALSE(client.find("uart"));
    EXPECT_FALSE(client.row(2));
    EXPECT_EQ(client.crash(*index), "crash");
    EXPECT_EQ(client.log(*index).end(), 10u);
    EXPECT_EQ(client.log(7).end(), 0u);

    EXPECT_TRUE(desk.prepare_sleep());
    auto const id = client.ask(Action::stop, *index);
    ASSERT_TRUE(id);
    EXPECT_TRUE(client.wake_needed());
    EXPECT_FALSE(client.wake_needed());
    EXPECT_TRUE(client.prepare_sleep());
    EXPECT_TRUE(desk.answer(*desk.next(), Verdict::not_now));
    auto const answer = client.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->id, *id);
    EXPECT_EQ(answer->verdict, Verdict::not_now);

    // A successor does not hear what was meant for its predecessor.
    client.ask(Action::stop, *index);
    (void)desk.answer(*desk.next(), Verdict::accepted);
    Client successor(*memory, logs);
    EXPECT_FALSE(successor.answer());
}
