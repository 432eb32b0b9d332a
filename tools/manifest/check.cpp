#include <tools/manifest/check.hpp>

#include <tools/manifest/known_protocols.hpp>

#include <abi/info.hpp>
#include <abi/memory.hpp>

#include <algorithm>
#include <map>

namespace policy {

namespace {

namespace limits = protocols::manifest;

class Checker {
public:
    Checker(Policy const& policy, Complaints& complaints)
        : policy_(policy), complaints_(complaints) {}

    void all(std::set<std::string> const& programs) {
        if (policy_.services.empty())
            complaints_.add(1, "there is no service", "write a table [service.NAME]");
        if (policy_.services.size() > limits::most_services)
            complaints_.add(policy_.services.back().name.line, "there are too many services",
                            "have at most " + std::to_string(limits::most_services));
        for (auto const& service : policy_.services) {
            names(service);
            program(service, programs);
            numbers(service);
            sizes(service);
            uses(service);
        }
        shares();
        ports();
        interrupts();
        circles();
    }

private:
    Policy const& policy_;
    Complaints& complaints_;

    static bool good_name(std::string const& name) {
        return !name.empty() && name.size() < sizeof(protocols::Name) &&
               std::ranges::all_of(
                   name,
                   [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                   });
    }

    void name(std::string const& text, std::uint32_t line) {
        if (!good_name(text))
            complaints_.add(line, "'" + text + "' is no name",
                            "use 1 to 23 characters of a-z, 0-9 and -");
    }

    void names(Service const& service) {
        name(service.name, service.name.line);
        if (service.name.value == supervisor_name)
            complaints_.add(service.name.line, "the supervisor is no service",
                            "choose another name");
        for (auto const& protocol : service.serves) name(protocol, protocol.line);
        std::set<std::string> taken;
        auto const resource = [&](std::string const& text, std::uint32_t line) {
            name(text, line);
            if (!taken.insert(text).second)
                complaints_.add(line,
                                "two resources of " + service.name.value + " are called " + text,
                                "give each its own name");
        };
        for (auto const& ports : service.ports) resource(ports.name, ports.line);
        for (auto const& interrupt : service.interrupts) resource(interrupt.name, interrupt.line);
        if (service.arguments.value.size() > sizeof(limits::Service::arguments))
            complaints_.add(service.arguments.line, "the arguments are too long",
                            "use at most 256 bytes");
    }

    void program(Service const& service, std::set<std::string> const& programs) {
        name(service.program, service.program.line);
        if (!programs.empty() && !programs.contains(service.program))
            complaints_.add(
                service.program.line, "there is no program '" + service.program.value + "'",
                "name one that is built, or build it: a folder in drivers/ or servers/");
    }

    void numbers(Service const& service) {
        auto const line = service.priority.line ? service.priority.line : service.name.line;
        if (service.priority.value == 0 || service.priority.value > limits::highest_priority)
            complaints_.add(line, service.name.value + " has no priority of 1 to 254",
                            "write priority = N; higher runs first");
        if (service.first_delay_ms.value == 0 ||
            service.longest_delay_ms.value < service.first_delay_ms.value)
            complaints_.add(std::max(service.first_delay_ms.line, service.longest_delay_ms.line),
                            "the delays before a restart do not grow",
                            "write first-delay above 0 and longest-delay no shorter");
        if (service.budget_ns.value > service.period_ns)
            complaints_.add(service.budget_ns.line, "the budget is longer than its period",
                            "write time no longer than period");
        else if (service.period_ns != 0 && service.budget_ns.value < abi::least_budget_ns)
            complaints_.add(service.budget_ns.line, "the budget is less than 20 us",
                            "write more time, or \"unlimited\"");
        if (service.period_ns > abi::longest_period_ns)
            complaints_.add(service.budget_ns.line, "the budget's period is longer than an hour",
                            "write a shorter one");
    }

    void size(std::string const& what, std::uint64_t bytes, std::uint32_t line, bool needed) {
        if (bytes % abi::page_bytes != 0)
            complaints_.add(line, what + " is no multiple of 4 KiB", "round it up");
        if (needed && bytes == 0) complaints_.add(line, what + " is empty", "write at least 4 KiB");
        if (bytes > std::uint64_t{1} << 36)
            complaints_.add(line, what + " is larger than 64 GiB", "write what a machine has");
    }

    void sizes(Service const& service) {
        size("the stack", service.stack, service.stack.line, true);
        size("the heap", service.heap, service.heap.line, false);
        size("the log", service.log, service.log.line, true);
        size("the memory for objects", service.objects.least, service.objects.line, true);
        size("the RAM", service.ram.least, service.ram.line, false);
    }

    void uses(Service const& service) {
        for (auto const& use : service.uses) {
            name(use.protocol, use.line);
            size("the session's memory", use.bytes, use.line, false);
            if (use.bytes == 0 && !session_bytes(use.protocol))
                complaints_.add(use.line,
                                "nobody knows how much memory '" + use.protocol + "' needs",
                                "write { of = \"" + use.server + "\", memory = \"64 KiB\" }");
            if (!served(use))
                complaints_.add(use.line,
                                "'" + use.server + "' does not serve '" + use.protocol + "'",
                                "name a service whose `serves` has it" + servers_of(use.protocol));
        }
    }

    bool served(Use const& use) const {
        if (use.server == supervisor_name) return use.protocol == supervisor_serves;
        auto const* server = policy_.find(use.server);
        return server != nullptr && std::ranges::any_of(server->serves, [&](auto const& it) {
                   return it.value == use.protocol;
               });
    }

    std::string servers_of(std::string const& protocol) const {
        std::string all;
        for (auto const& service : policy_.services)
            for (auto const& served : service.serves)
                if (served.value == protocol) all += " " + service.name.value;
        return all.empty() ? " (nobody does)" : ":" + all;
    }

    void shares() {
        shares("kernel objects", &Service::objects);
        shares("RAM", &Service::ram);
    }

    void shares(std::string const& what, Share Service::* share) {
        std::uint32_t sum = 0;
        for (auto const& service : policy_.services) {
            sum += (service.*share).permille;
            if (sum <= 1000) continue;
            complaints_.add((service.*share).line,
                            "the shares of " + what + " are more than 100 % together",
                            "make one of them smaller");
            return;
        }
    }

    void ports() {
        struct Owner {
            Ports const* ports;
            Service const* service;
        };
        std::vector<Owner> all;
        for (auto const& service : policy_.services)
            for (auto const& ports : service.ports) all.push_back({&ports, &service});
        for (std::size_t i = 0; i < all.size(); i++)
            for (std::size_t j = 0; j < i; j++)
                if (all[i].ports->first <= all[j].ports->last &&
                    all[j].ports->first <= all[i].ports->last)
                    complaints_.add(all[i].ports->line,
                                    "these ports are given out twice (line " +
                                        std::to_string(all[j].ports->line) + ", to " +
                                        all[j].service->name.value + ")",
                                    "give each port to one service");
    }

    void interrupts() {
        std::map<std::uint32_t, std::uint32_t> taken;
        for (auto const& service : policy_.services) {
            if (service.interrupts.size() > limits::first_own_bit - limits::first_interrupt_bit)
                complaints_.add(service.interrupts.back().line, "too many interrupts", "have 16");
            for (auto const& interrupt : service.interrupts) {
                if (interrupt.number > 255)
                    complaints_.add(interrupt.line, "there is no such interrupt line",
                                    "write one of 0 to 255");
                auto const [first, fresh] = taken.try_emplace(interrupt.number, interrupt.line);
                if (!fresh)
                    complaints_.add(interrupt.line,
                                    "this interrupt is given out twice (line " +
                                        std::to_string(first->second) + ")",
                                    "give each interrupt to one service");
            }
        }
    }

    /// Who calls whom must lead upwards: in a circle of calls everybody could wait for everybody.
    void circles() {
        std::set<std::string> done;
        for (auto const& service : policy_.services) {
            std::vector<Service const*> way;
            if (circle(service, way, done)) return; // once is enough
        }
    }

    /// True if the calls of `service`, to which `way` led, come back to the way.
    bool circle(Service const& service, std::vector<Service const*>& way,
                std::set<std::string>& done) {
        if (done.contains(service.name.value)) return false;
        way.push_back(&service);
        for (auto const& use : service.uses) {
            auto const* server = policy_.find(use.server);
            if (server == nullptr) continue;
            auto const met = std::ranges::find(way, server);
            if (met != way.end()) {
                std::string text;
                for (auto it = met; it != way.end(); ++it) text += (*it)->name.value + " -> ";
                complaints_.add(use.line,
                                "the services call one another in a circle: " + text +
                                    server->name.value,
                                "let one of them be told by a signal");
                return true;
            }
            if (circle(*server, way, done)) return true;
        }
        way.pop_back();
        done.insert(service.name.value);
        return false;
    }
};

} // namespace

void check(Policy const& policy, std::set<std::string> const& programs, Complaints& complaints) {
    Checker(policy, complaints).all(programs);
}

} // namespace policy
