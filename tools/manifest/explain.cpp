#include <tools/manifest/explain.hpp>

#include <tools/manifest/known_protocols.hpp>

#include <abi/rights.hpp>

#include <algorithm>
#include <iomanip>
#include <map>
#include <set>
#include <sstream>

namespace policy {

namespace {

using Facts = std::map<std::string, std::vector<std::string>>;

std::string bytes_text(std::uint64_t bytes) {
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) return std::to_string(bytes >> 20) + " MiB";
    if (bytes >= 1 << 10 && bytes % (1 << 10) == 0) return std::to_string(bytes >> 10) + " KiB";
    return std::to_string(bytes) + " B";
}

std::string part_text(Share const& share) {
    if (share.permille == 0) return bytes_text(share.least);
    auto text = std::to_string(share.permille / 10);
    if (share.permille % 10 != 0) text += "." + std::to_string(share.permille % 10);
    return text + " % of what is left, at least " + bytes_text(share.least);
}

std::string hexadecimal(std::uint32_t number) {
    std::ostringstream out;
    out << "0x" << std::hex << number;
    return out.str();
}

std::string control_text(std::uint32_t mask) {
    static constexpr std::pair<abi::ControlRights, char const*> words[] = {
        {abi::ControlRights::log, "write to the kernel's log"},
        {abi::ControlRights::power, "stop the machine"},
        {abi::ControlRights::interrupts, "take any interrupt"},
        {abi::ControlRights::time, "set budgets"},
        {abi::ControlRights::counters, "read the kernel's counters"}};
    std::string all;
    for (auto const& [right, word] : words)
        if ((mask & abi::mask(right)) != 0) all += (all.empty() ? "" : ", ") + std::string(word);
    return all;
}

std::string end_text(Service const& service) {
    using protocols::manifest::OnEnd;
    switch (service.on_end) {
    case OnEnd::leave: return "stays ended until it is started";
    case OnEnd::power_off: return "its end is the system's";
    case OnEnd::restart: break;
    }
    auto text = "is restarted at once, then after " + std::to_string(service.first_delay_ms.value) +
                " ms doubling to " + std::to_string(service.longest_delay_ms.value) + " ms";
    if (service.give_up_after != 0)
        text += ", and left after " + std::to_string(service.give_up_after) + " failures";
    return text;
}

/// One sentence for each thing a service has.
std::vector<std::string> facts_of(Service const& service) {
    std::vector<std::string> facts{"runs the program " + service.program.value,
                                   "has priority " + std::to_string(service.priority.value)};
    if (!service.arguments.value.empty())
        facts.push_back("gets the arguments '" + service.arguments.value + "'");
    if (service.boot_words) facts.emplace_back("gets the words of the boot command line");
    if (service.fpu_free) facts.emplace_back("may not touch floating-point registers");
    facts.push_back("has " + bytes_text(service.stack) + " of stack, " + bytes_text(service.heap) +
                    " of heap, " + bytes_text(service.log) + " of log");
    facts.push_back("has " + part_text(service.objects) + " for kernel objects");
    if (service.ram.permille != 0 || service.ram.least != 0)
        facts.push_back("has RAM of its own: " + part_text(service.ram));
    for (auto const& protocol : service.serves) facts.push_back("serves " + protocol.value);
    for (auto const& use : service.uses)
        facts.push_back("can call " + use.server + " (" + use.protocol + "), shares " +
                        bytes_text(use.bytes) + " with it");
    for (auto const& ports : service.ports)
        facts.push_back("can use ports " + hexadecimal(ports.first) + " to " +
                        hexadecimal(ports.last) + " (" + ports.name + ")");
    for (auto const& interrupt : service.interrupts)
        facts.push_back("hears interrupt " + std::to_string(interrupt.number) + " (" +
                        interrupt.name + ")");
    if (service.archives) facts.emplace_back("can read the boot archives");
    if (service.control != 0) facts.push_back("can " + control_text(service.control));
    if (service.hang_ms != 0)
        facts.push_back("is taken for hung after " + std::to_string(service.hang_ms) +
                        " ms of processor time without a turn");
    if (service.budget_ns.value != 0)
        facts.push_back("runs at most " + std::to_string(service.budget_ns.value) + " ns in " +
                        std::to_string(service.period_ns));
    facts.push_back("when it ends: " + end_text(service));
    return facts;
}

Facts all_facts(Policy const& policy) {
    Facts facts;
    for (auto const& service : policy.services) facts[service.name.value] = facts_of(service);
    return facts;
}

/// Follows edges from `start`, and gives the way to each service it meets.
std::map<std::string, std::string> ways(std::string const& start, auto&& neighbours) {
    std::map<std::string, std::string> found;
    std::vector<std::string> work{start};
    for (std::size_t i = 0; i < work.size(); i++)
        for (auto const& next : neighbours(work[i])) {
            if (next == start || found.contains(next)) continue;
            found[next] = work[i];
            work.push_back(next);
        }
    return found;
}

void write_ways(std::ostream& out, std::map<std::string, std::string> const& found,
                std::string const& start) {
    if (found.empty()) out << "  nobody\n";
    for (auto const& [name, by] : found)
        out << "  " << name << (by == start ? "" : " (through " + by + ")") << '\n';
}

} // namespace

std::string explain(Policy const& policy) {
    std::ostringstream out;
    for (auto const& service : policy.services) {
        out << service.name.value << '\n';
        for (auto const& fact : facts_of(service)) out << "  " << fact << '\n';
    }
    return out.str();
}

std::string who_can_reach(Policy const& policy, std::string const& service) {
    if (policy.find(service) == nullptr && service != supervisor_name) return {};
    auto const clients = [&](std::string const& name) {
        std::vector<std::string> all;
        for (auto const& other : policy.services)
            for (auto const& use : other.uses)
                if (use.server == name) all.push_back(other.name.value);
        return all;
    };
    auto const servers = [&](std::string const& name) {
        std::vector<std::string> all;
        if (auto const* found = policy.find(name))
            for (auto const& use : found->uses) all.push_back(use.server);
        return all;
    };
    std::ostringstream out;
    out << "these can reach " << service << ":\n";
    write_ways(out, ways(service, clients), service);
    out << service << " can reach:\n";
    write_ways(out, ways(service, servers), service);
    return out.str();
}

std::string difference(Policy const& before, Policy const& after) {
    auto const old_facts = all_facts(before);
    auto const new_facts = all_facts(after);
    std::set<std::string> names;
    for (auto const& [name, facts] : old_facts) names.insert(name);
    for (auto const& [name, facts] : new_facts) names.insert(name);

    std::ostringstream out;
    auto const lines = [&](char sign, Facts const& have, Facts const& lack,
                           std::string const& name) {
        if (!have.contains(name)) return;
        for (auto const& fact : have.at(name))
            if (!lack.contains(name) || std::ranges::count(lack.at(name), fact) == 0)
                out << sign << ' ' << name << ' ' << fact << '\n';
    };
    for (auto const& name : names) {
        lines('-', old_facts, new_facts, name);
        lines('+', new_facts, old_facts, name);
    }
    return out.str();
}

} // namespace policy
