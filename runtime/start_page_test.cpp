#include <runtime/start_page.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace {

using protocols::make_name;

TEST(StartPage, FindsByName) {
    auto page = std::make_unique<protocols::StartPage>();
    page->name = make_name("uart");
    page->incarnation = 3;
    page->sessions = 2;
    page->session[0] = {.name = make_name("line"),
                        .peer = make_name("console"),
                        .role = protocols::SessionRole::client};
    page->session[1] = {.name = make_name("status"),
                        .peer = make_name("linux"),
                        .role = protocols::SessionRole::server,
                        .badge = 5};
    page->resources = 1;
    page->resource[0] = {.name = make_name("com1"), .type = protocols::ResourceType::io_ports};
    runtime::Start const start(*page);

    EXPECT_EQ(start.name(), "uart");
    EXPECT_EQ(start.session("line"), &page->session[0]);
    EXPECT_EQ(start.session_with("linux"), &page->session[1]);
    EXPECT_EQ(start.client(5), &page->session[1]);
    EXPECT_EQ(start.client(0), nullptr); // that one is a client's session
    EXPECT_EQ(start.session("other"), nullptr);
    EXPECT_NE(start.resource("com1"), nullptr);
    EXPECT_EQ(start.resource("com1", protocols::ResourceType::interrupt), nullptr);
    EXPECT_EQ(start.predecessor(), nullptr);
}

TEST(StartPage, CountsBeyondItsEndAreCut) {
    auto page = std::make_unique<protocols::StartPage>();
    page->sessions = page->resources = page->argument_bytes = 1000;
    runtime::Start const start(*page);
    EXPECT_EQ(start.sessions().size(), protocols::max_sessions);
    EXPECT_EQ(start.resources().size(), protocols::max_resources);
    EXPECT_EQ(start.arguments().size(), sizeof(page->arguments));
}

} // namespace
