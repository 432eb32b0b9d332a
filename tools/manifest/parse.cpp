#include <tools/manifest/parse.hpp>

#include <tools/manifest/known_protocols.hpp>
#include <tools/manifest/quantities.hpp>

#include <abi/rights.hpp>

// The parser asserts, in places, what its next line would report as an error of the text.
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

#include <algorithm>
#include <functional>
#include <map>

namespace policy {

namespace {

using protocols::manifest::OnEnd;

std::uint32_t line_of(toml::node const& node) {
    return static_cast<std::uint32_t>(node.source().begin.line);
}

/// One table of the file: each key is handled by a function, and whatever has none is complained
/// of.
class TableReader {
public:
    using Handler = std::function<void(toml::node const&)>;
    using Handlers = std::map<std::string_view, Handler>;

    explicit TableReader(Complaints& complaints) : complaints_(complaints) {}

    void read(toml::table const& table, Handlers const& handlers) {
        for (auto const& [key, node] : table) {
            auto const handler = handlers.find(key.str());
            if (handler != handlers.end())
                handler->second(node);
            else
                complaints_.add(line_of(node), "unknown key '" + std::string(key.str()) + "'",
                                "the keys here are: " + names(handlers));
        }
    }

    void wrong(toml::node const& node, std::string const& cure) {
        complaints_.add(line_of(node), "this value is not of the right kind", cure);
    }

    // ---- what values can be ----

    void text(toml::node const& node, At<std::string>& into) {
        if (auto const value = node.value<std::string>())
            into = {*value, line_of(node)};
        else
            wrong(node, "write a text in quotes");
    }

    void number(toml::node const& node, std::uint32_t& into) {
        auto const value = node.value<std::int64_t>();
        if (node.is_integer() && value && *value >= 0 && *value <= 0xffff'ffff)
            into = static_cast<std::uint32_t>(*value);
        else
            wrong(node, "write a number without sign");
    }

    void flag(toml::node const& node, bool& into) {
        if (node.is_boolean())
            into = *node.value<bool>();
        else
            wrong(node, "write true or false");
    }

    void bytes(toml::node const& node, std::uint64_t& into) {
        auto const value = node.value<std::string>();
        if (auto const amount = value ? size_in_bytes(*value) : std::nullopt)
            into = *amount;
        else
            wrong(node, "write a size, as \"64 KiB\"");
    }

    void bytes(toml::node const& node, At<std::uint64_t>& into) {
        bytes(node, into.value);
        into.line = line_of(node);
    }

    void nanoseconds(toml::node const& node, std::uint64_t& into) {
        auto const value = node.value<std::string>();
        if (auto const amount = value ? duration(*value) : std::nullopt)
            into = *amount;
        else
            wrong(node, "write a time, as \"100 ms\"");
    }

    void milliseconds(toml::node const& node, std::uint32_t& into) {
        std::uint64_t ns = 0;
        nanoseconds(node, ns);
        if (ns % 1'000'000 != 0 || ns / 1'000'000 > 0xffff'ffff)
            wrong(node, "write whole milliseconds");
        into = static_cast<std::uint32_t>(ns / 1'000'000);
    }

    void milliseconds(toml::node const& node, At<std::uint32_t>& into) {
        milliseconds(node, into.value);
        into.line = line_of(node);
    }

    /// A size, or { share = "90 %", least = "32 MiB" }.
    void part(toml::node const& node, Share& into) {
        into = {0, 0, line_of(node)};
        auto const* table = node.as_table();
        if (table == nullptr) return bytes(node, into.least);
        read(*table, {{"share",
                       [&](toml::node const& it) {
                           auto const value = it.value<std::string>();
                           if (auto const permille = value ? share(*value) : std::nullopt)
                               into.permille = *permille;
                           else
                               wrong(it, "write a share of what is left, as \"90 %\"");
                       }},
                      {"least", [&](toml::node const& it) { bytes(it, into.least); }}});
    }

    void texts(toml::node const& node, std::vector<At<std::string>>& into) {
        auto const* array = node.as_array();
        if (array == nullptr) return wrong(node, "write a list of texts, as [\"log\"]");
        for (auto const& item : *array) text(item, into.emplace_back());
    }

    /// Each entry of a table whose keys are names.
    void entries(toml::node const& node,
                 std::function<void(std::string const&, toml::node const&)> const& use) {
        auto const* table = node.as_table();
        if (table == nullptr) return wrong(node, "write a table, as { name = ... }");
        for (auto const& [key, item] : *table) use(std::string(key.str()), item);
    }

    template <class T>
    void choice(toml::node const& node, std::map<std::string_view, T> const& choices, T& into) {
        auto const value = node.value<std::string>();
        auto const found = value ? choices.find(*value) : choices.end();
        if (found != choices.end())
            into = found->second;
        else
            wrong(node, "write one of: " + names(choices));
    }

private:
    Complaints& complaints_;

    template <class Map> static std::string names(Map const& map) {
        std::string all;
        for (auto const& [name, ignored] : map)
            all += (all.empty() ? "" : ", ") + std::string(name);
        return all;
    }
};

/// One service's table.
class ServiceReader {
public:
    ServiceReader(Service& service, Complaints& complaints)
        : service_(service), table_(complaints) {}

    void read(toml::table const& table) {
        auto& s = service_;
        table_.read(table, {{"program", [&](auto const& it) { table_.text(it, s.program); }},
                            {"arguments", [&](auto const& it) { table_.text(it, s.arguments); }},
                            {"priority",
                             [&](auto const& it) {
                                 table_.number(it, s.priority.value);
                                 s.priority.line = line_of(it);
                             }},
                            {"fpu", [&](auto const& it) { fpu(it); }},
                            {"boot-words", [&](auto const& it) { table_.flag(it, s.boot_words); }},
                            {"control", [&](auto const& it) { control(it); }},
                            {"archives", [&](auto const& it) { table_.flag(it, s.archives); }},
                            {"stack", [&](auto const& it) { table_.bytes(it, s.stack); }},
                            {"heap", [&](auto const& it) { table_.bytes(it, s.heap); }},
                            {"log", [&](auto const& it) { table_.bytes(it, s.log); }},
                            {"objects", [&](auto const& it) { table_.part(it, s.objects); }},
                            {"ram", [&](auto const& it) { table_.part(it, s.ram); }},
                            {"serves", [&](auto const& it) { table_.texts(it, s.serves); }},
                            {"uses", [&](auto const& it) { uses(it); }},
                            {"ports", [&](auto const& it) { ports(it); }},
                            {"interrupts", [&](auto const& it) { interrupts(it); }},
                            {"end", [&](auto const& it) { end(it); }},
                            {"hang", [&](auto const& it) { table_.milliseconds(it, s.hang_ms); }},
                            {"budget", [&](auto const& it) { budget(it); }}});
    }

private:
    Service& service_;
    TableReader table_;

    void fpu(toml::node const& node) {
        bool wanted = true;
        table_.flag(node, wanted);
        service_.fpu_free = !wanted;
    }

    void control(toml::node const& node) {
        static std::map<std::string_view, abi::ControlRights> const rights{
            {"log", abi::ControlRights::log},
            {"power", abi::ControlRights::power},
            {"interrupts", abi::ControlRights::interrupts},
            {"time", abi::ControlRights::time},
            {"counters", abi::ControlRights::counters}};
        auto const* array = node.as_array();
        if (array == nullptr) return table_.wrong(node, "write a list, as [\"log\"]");
        for (auto const& item : *array) {
            auto right = abi::ControlRights::none;
            table_.choice(item, rights, right);
            service_.control |= abi::mask(right);
        }
    }

    void uses(toml::node const& node) {
        table_.entries(node, [&](std::string const& protocol, toml::node const& item) {
            Use use{protocol, {}, session_bytes(protocol).value_or(0), line_of(item)};
            At<std::string> server;
            if (auto const* table = item.as_table())
                table_.read(*table,
                            {{"of", [&](auto const& it) { table_.text(it, server); }},
                             {"memory", [&](auto const& it) { table_.bytes(it, use.bytes); }}});
            else
                table_.text(item, server);
            use.server = server.value;
            service_.uses.push_back(use);
        });
    }

    void ports(toml::node const& node) {
        table_.entries(node, [&](std::string const& name, toml::node const& item) {
            auto const text = item.value<std::string>();
            auto const numbers = text ? range(*text) : std::nullopt;
            if (!numbers || numbers->last > 0xffff)
                return table_.wrong(item, "write a range of ports, as \"0x3f8-0x3ff\"");
            service_.ports.push_back({name, numbers->first, numbers->last, line_of(item)});
        });
    }

    void interrupts(toml::node const& node) {
        using namespace protocols::manifest;
        table_.entries(node, [&](std::string const& name, toml::node const& item) {
            Interrupt interrupt{name, 0, 0, line_of(item)};
            bool level = false;
            bool active_low = false;
            if (auto const* table = item.as_table())
                table_.read(*table,
                            {{"line", [&](auto const& it) { table_.number(it, interrupt.number); }},
                             {"level", [&](auto const& it) { table_.flag(it, level); }},
                             {"active-low", [&](auto const& it) { table_.flag(it, active_low); }}});
            else
                table_.number(item, interrupt.number);
            interrupt.flags = (level ? interrupt_flags::level : 0) |
                              (active_low ? interrupt_flags::active_low : 0);
            service_.interrupts.push_back(interrupt);
        });
    }

    void end(toml::node const& node) {
        auto& s = service_;
        static std::map<std::string_view, OnEnd> const actions{
            {"restart", OnEnd::restart}, {"leave", OnEnd::leave}, {"power-off", OnEnd::power_off}};
        auto const* table = node.as_table();
        if (table == nullptr) return table_.choice(node, actions, s.on_end);
        table_.read(
            *table,
            {{"action", [&](auto const& it) { table_.choice(it, actions, s.on_end); }},
             {"give-up-after", [&](auto const& it) { table_.number(it, s.give_up_after); }},
             {"first-delay", [&](auto const& it) { table_.milliseconds(it, s.first_delay_ms); }},
             {"longest-delay",
              [&](auto const& it) { table_.milliseconds(it, s.longest_delay_ms); }},
             {"healthy-after", [&](auto const& it) { table_.milliseconds(it, s.healthy_ms); }}});
    }

    void budget(toml::node const& node) {
        auto const* table = node.as_table();
        service_.budget_ns.line = line_of(node);
        if (table == nullptr) {
            if (node.value<std::string>() != "unlimited")
                table_.wrong(node,
                             "write \"unlimited\" or { time = \"2 ms\", period = \"10 ms\" }");
            return;
        }
        table_.read(
            *table,
            {{"time", [&](auto const& it) { table_.nanoseconds(it, service_.budget_ns.value); }},
             {"period", [&](auto const& it) { table_.nanoseconds(it, service_.period_ns); }}});
    }
};

void read_file(toml::table const& root, Policy& policy, Complaints& complaints) {
    TableReader top(complaints);
    std::uint32_t version = 0;
    top.read(root, {{"version", [&](auto const& it) { top.number(it, version); }},
                    {"service", [&](auto const& it) {
                         top.entries(it, [&](std::string const& name, toml::node const& item) {
                             auto const* table = item.as_table();
                             if (table == nullptr)
                                 return top.wrong(item, "write a table, as [service." + name + "]");
                             auto& service = policy.services.emplace_back();
                             service.name = {name, line_of(item)};
                             service.program = service.name;
                             ServiceReader(service, complaints).read(*table);
                         });
                     }}});
    if (version != 1)
        complaints.add(1, "the version of this manifest is not known", "write version = 1");
    // In the file's order, not that of the alphabet: drivers first, as a person wrote them.
    std::ranges::stable_sort(policy.services, {}, [](Service const& it) { return it.name.line; });
}

/// Names and texts are ASCII anyway, and toml++ 3.3 loses its way among other letters.
bool plain_text(std::string_view text, Complaints& complaints) {
    std::uint32_t line = 1;
    for (char const c : text) {
        if (c == '\n') line++;
        if ((c >= ' ' && c <= '~') || c == '\n' || c == '\t' || c == '\r') continue;
        complaints.add(line, "there is a character here that is not plain ASCII", "replace it");
        return false;
    }
    return true;
}

} // namespace

Policy parse(std::string_view text, std::string const& file, Complaints& complaints) {
    Policy policy{file, {}};
    if (!plain_text(text, complaints)) return policy;
    try {
        auto const root = toml::parse(text, file);
        read_file(root, policy, complaints);
    } catch (toml::parse_error const& error) {
        complaints.add(error.source().begin.line, std::string(error.description()),
                       "mend the TOML syntax");
    }
    return policy;
}

} // namespace policy
