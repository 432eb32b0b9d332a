#include <tools/manifest/check.hpp>
#include <tools/manifest/compile.hpp>
#include <tools/manifest/explain.hpp>
#include <tools/manifest/parse.hpp>
#include <tools/manifest/quantities.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

using namespace policy;

namespace {

std::string const head = "version = 1\n";

std::string complaints_of(std::string const& text, std::set<std::string> const& programs = {}) {
    Complaints complaints("m");
    auto const policy = parse(text, "m", complaints);
    if (complaints.empty()) check(policy, programs, complaints);
    std::string all;
    for (auto const& line : complaints.all()) all += line + "\n";
    return all;
}

bool complains(std::string const& text, std::string const& of) {
    auto const all = complaints_of(text);
    EXPECT_NE(all.find(of), all.npos) << "wanted: " << of << "\ngot: " << all;
    return true;
}

Policy good(std::string const& text) {
    Complaints complaints("m");
    auto policy = parse(text, "m", complaints);
    check(policy, {}, complaints);
    EXPECT_TRUE(complaints.empty()) << complaints.all().front();
    return policy;
}

std::string default_manifest() {
    std::ifstream file("manifests/default.toml");
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A compiled manifest where the reader wants it.
struct Compiled {
    std::vector<std::uint64_t> words;
    std::size_t bytes;
    explicit Compiled(std::string const& text) : bytes(text.size()) {
        words.resize(text.size() / 8 + 1);
        std::memcpy(words.data(), text.data(), text.size());
    }
    auto open() const {
        return protocols::manifest::Manifest::open(std::as_bytes(std::span(words)).first(bytes));
    }
};

} // namespace

TEST(Manifest, Quantities) {
    EXPECT_EQ(size_in_bytes("64 KiB"), 65536u);
    EXPECT_EQ(size_in_bytes("1GiB"), 1u << 30);
    EXPECT_FALSE(size_in_bytes("64"));
    EXPECT_FALSE(size_in_bytes("64 kB"));
    EXPECT_FALSE(size_in_bytes("99999999999999 GiB"));
    EXPECT_FALSE(size_in_bytes("-1 B"));
    EXPECT_EQ(duration("100 ms"), 100'000'000u);
    EXPECT_EQ(share("90 %"), 900u);
    EXPECT_EQ(share("12.5%"), 125u);
    EXPECT_FALSE(share("101 %"));
    EXPECT_FALSE(share("100.1 %"));
    EXPECT_FALSE(share("1.55 %"));
    ASSERT_TRUE(range("0x3f8-0x3ff"));
    EXPECT_EQ(range("0x3f8-0x3ff")->last, 0x3ffu);
    EXPECT_FALSE(range("9-3"));
    EXPECT_FALSE(range("0x3f8-"));
    EXPECT_FALSE(range(""));
}

TEST(Manifest, TheDefaultOneIsGoodAndCompiles) {
    auto const policy = good(default_manifest());
    Compiled const compiled(compile(policy));
    auto const manifest = compiled.open();
    ASSERT_TRUE(manifest);
    ASSERT_EQ(manifest->services().size(), 3u);
    EXPECT_EQ(protocols::view(manifest->services()[0].name), "uart");
    EXPECT_EQ(manifest->sessions().size(), 3u);
    EXPECT_EQ(manifest->grants().size(), 5u);
}

TEST(Manifest, ComplaintsNameFileLineAndCure) {
    EXPECT_EQ(complaints_of(head + "[service.a]\npriority = 1\nheep = \"1 MiB\"\n").substr(0, 50),
              "m:4: unknown key 'heep'; the keys here are: archiv");
    EXPECT_EQ(complaints_of(head + "[service.a\n").substr(0, 4), "m:2:");
    EXPECT_TRUE(complains("version = 2\n[service.a]\npriority = 1\n", "m:1: the version"));
    EXPECT_TRUE(complains(head, "there is no service"));
}

TEST(Manifest, WrongKindsOfValues) {
    auto const with = [](std::string const& line) {
        return head + "[service.a]\npriority = 1\n" + line + "\n";
    };
    for (char const* line : {"heap = 5", "priority = -1", "fpu = 1", "serves = \"x\"", "ports = 3",
                             "ports = { a = \"0x3ff-0x10000\" }", "uses = 1", "control = [\"all\"]",
                             "budget = { time = 1 }", "end = \"explode\"", "hang = \"1 us\"",
                             "objects = { share = \"200 %\" }", "interrupts = { x = \"4\" }"})
        EXPECT_NE(complaints_of(with(line)), "") << line;
}

TEST(Manifest, NothingIsGivenOutTwice) {
    auto const two = [](std::string const& a, std::string const& b) {
        return head + "[service.a]\npriority = 1\n" + a + "\n[service.b]\npriority = 1\n" + b +
               "\n";
    };
    EXPECT_TRUE(complains(two("ports = { x = \"0x10-0x1f\" }", "ports = { x = \"0x1f-0x2f\" }"),
                          "m:7: these ports are given out twice (line 4, to a)"));
    EXPECT_TRUE(complains(two("interrupts = { x = 4 }", "interrupts = { y = 4 }"),
                          "m:7: this interrupt is given out twice (line 4)"));
    EXPECT_EQ(complaints_of(two("ports = { x = \"0x10-0x1f\" }", "ports = { x = \"0x20\" }")), "");
    EXPECT_TRUE(complains(two("ports = { x = \"1\" }\ninterrupts = { x = 4 }", ""),
                          "two resources of a are called x"));
}

TEST(Manifest, NobodyUsesWhatNobodyServes) {
    auto const text = head + "[service.a]\npriority = 1\nserves = [\"line\"]\n"
                             "[service.b]\npriority = 1\nuses = { terminal = \"a\" }\n";
    EXPECT_TRUE(complains(text, "m:7: 'a' does not serve 'terminal'"));
    EXPECT_TRUE(complains(head + "[service.b]\npriority = 1\nuses = { line = \"ghost\" }\n",
                          "'ghost' does not serve 'line'"));
    EXPECT_TRUE(complains(head + "[service.b]\npriority = 1\nuses = { line = \"supervisor\" }\n",
                          "'supervisor' does not serve 'line'"));
    EXPECT_EQ(
        complaints_of(head + "[service.b]\npriority = 1\nuses = { services = \"supervisor\" }\n"),
        "");
}

TEST(Manifest, AnUnknownProtocolNeedsASize) {
    auto const text = head + "[service.a]\npriority = 1\nserves = [\"odd\"]\n"
                             "[service.b]\npriority = 1\n";
    EXPECT_TRUE(complains(text + "uses = { odd = \"a\" }\n", "nobody knows how much memory"));
    EXPECT_EQ(complaints_of(text + "uses = { odd = { of = \"a\", memory = \"8 KiB\" } }\n"), "");
    EXPECT_TRUE(
        complains(text + "uses = { odd = { of = \"a\", memory = \"5 B\" } }\n", "multiple"));
}

TEST(Manifest, CallsHaveNoCircle) {
    auto const service = [](std::string const& name, std::string const& of) {
        return "[service." + name + "]\npriority = 1\nserves = [\"line\"]\nuses = { line = \"" +
               of + "\" }\n";
    };
    EXPECT_TRUE(complains(head + service("a", "b") + service("b", "c") + service("c", "a"),
                          "in a circle: a -> b -> c -> a"));
    EXPECT_TRUE(complains(head + service("a", "a"), "in a circle: a -> a"));
}

TEST(Manifest, ProgramsMustExist) {
    auto const text = head + "[service.a]\nprogram = \"x\"\npriority = 1\n";
    EXPECT_EQ(complaints_of(text, {"x"}), "");
    EXPECT_NE(complaints_of(text, {"y"}).find("m:3: there is no program 'x'"), std::string::npos);
}

TEST(Manifest, NumbersAreSane) {
    EXPECT_TRUE(complains(head + "[service.a]\n", "m:2: a has no priority"));
    EXPECT_TRUE(complains(head + "[service.a]\npriority = 255\n", "m:3: a has no priority"));
    EXPECT_TRUE(complains(head + "[service.a]\npriority = 1\nstack = \"0 B\"\n", "is empty"));
    EXPECT_TRUE(complains(head + "[service.A]\npriority = 1\n", "'A' is no name"));
    EXPECT_TRUE(complains(head + "[service.supervisor]\npriority = 1\n", "is no service"));
    EXPECT_TRUE(complains(head + "[service.a]\npriority = 1\nram = { share = \"60 %\" }\n"
                                 "[service.b]\npriority = 1\nram = { share = \"60 %\" }\n",
                          "more than 100 % together"));
    EXPECT_TRUE(complains(head + "[service.a]\npriority = 1\nend = { first-delay = \"9 s\" }\n",
                          "do not grow"));
    EXPECT_TRUE(complains(
        head + "[service.a]\npriority = 1\nbudget = { time = \"9 s\", period = \"1 s\" }\n",
        "longer than its period"));
    EXPECT_TRUE(complains(
        head + "[service.a]\npriority = 1\nbudget = { time = \"1 us\", period = \"1 s\" }\n",
        "less than 20 us"));
    EXPECT_TRUE(complains(
        head + "[service.a]\npriority = 1\nbudget = { time = \"9 s\", period = \"9000 s\" }\n",
        "longer than an hour"));
}

TEST(Manifest, BitsAndBadgesAreNumberedForEachService) {
    auto const policy = good(head + "[service.a]\npriority = 1\nserves = [\"line\"]\n"
                                    "interrupts = { i = 1, j = 2 }\n"
                                    "[service.b]\npriority = 1\nuses = { line = \"a\" }\n"
                                    "[service.c]\npriority = 1\nuses = { line = \"a\" }\n");
    Compiled const compiled(compile(policy));
    auto const manifest = compiled.open();
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->sessions()[0].badge, 1u);
    EXPECT_EQ(manifest->sessions()[1].badge, 2u);
    EXPECT_EQ(manifest->sessions()[1].server_bit, 1u);
    EXPECT_EQ(manifest->sessions()[1].client_bit, 0u);
    EXPECT_EQ(manifest->grants()[1].bit, 33u);
}

TEST(Manifest, EveryBentByteIsRefusedOrHarmless) {
    auto const bytes = compile(good(default_manifest()));
    for (std::size_t i = 0; i < bytes.size(); i++) {
        auto bent = bytes;
        bent[i] = static_cast<char>(~bent[i]);
        Compiled const compiled(bent);
        auto const manifest = compiled.open();
        if (!manifest) continue;
        for (auto const& session : manifest->sessions())
            EXPECT_LT(session.client, manifest->services().size());
    }
    for (std::size_t size = 0; size < bytes.size(); size++)
        EXPECT_FALSE(Compiled(bytes.substr(0, size)).open());
}

TEST(Manifest, ReachAndDifference) {
    auto const policy = good(default_manifest());
    EXPECT_EQ(who_can_reach(policy, "console"), "these can reach console:\n"
                                                "  linux\n"
                                                "  uart\n"
                                                "console can reach:\n"
                                                "  nobody\n");
    EXPECT_EQ(who_can_reach(policy, "ghost"), "");
    EXPECT_NE(explain(policy).find("can use ports 0x3f8 to 0x3ff (com1)"), std::string::npos);

    auto text = default_manifest();
    text.replace(text.find("priority = 200"), 14, "priority = 201");
    EXPECT_EQ(difference(policy, good(text)), "- uart has priority 200\n+ uart has priority 201\n");
    EXPECT_EQ(difference(policy, policy), "");
}
