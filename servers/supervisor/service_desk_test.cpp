#include <servers/supervisor/service_desk.hpp>

#include <gtest/gtest.h>
#include <memory>

using namespace supervisor;
using namespace protocols::services;

namespace {

struct Session {
    std::unique_ptr<Memory> memory = std::make_unique<Memory>();
    ServiceDesk desk{*memory};
    base::RecordProducer<Request> requests{memory->table.requests, std::span(memory->request)};
    base::RecordConsumer<Answer> answers{memory->table.answers, std::span(memory->answer)};

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
