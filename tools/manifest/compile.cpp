#include <tools/manifest/compile.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>

namespace policy {

namespace {

namespace out = protocols::manifest;

class Compiler {
public:
    explicit Compiler(Policy const& policy) : policy_(policy) {
        for (std::uint32_t i = 0; i < policy.services.size(); i++)
            index_[policy.services[i].name.value] = i;
        index_[supervisor_name] = out::supervisor;
    }

    std::string run() {
        for (std::uint32_t i = 0; i < policy_.services.size(); i++) {
            services_.push_back(service(policy_.services[i]));
            sessions(i);
            grants(i);
        }
        out::Header header{};
        header.magic = out::magic;
        header.version = out::version;
        header.services = static_cast<std::uint32_t>(services_.size());
        header.sessions = static_cast<std::uint32_t>(sessions_.size());
        header.grants = static_cast<std::uint32_t>(grants_.size());
        auto const tables = bytes_of(services_) + bytes_of(sessions_) + bytes_of(grants_);
        header.bytes = static_cast<std::uint32_t>(sizeof header + tables.size());
        return std::string(reinterpret_cast<char const*>(&header), sizeof header) + tables;
    }

private:
    Policy const& policy_;
    std::map<std::string, std::uint32_t> index_;
    std::map<std::uint32_t, std::uint8_t> next_bit_;
    std::map<std::uint32_t, std::uint32_t> next_badge_;
    std::vector<out::Service> services_;
    std::vector<out::Session> sessions_;
    std::vector<out::Grant> grants_;

    template <class T> static std::string bytes_of(std::vector<T> const& table) {
        return {reinterpret_cast<char const*>(table.data()), table.size() * sizeof(T)};
    }

    static out::Service service(Service const& from) {
        out::Service to{};
        to.name = protocols::make_name(from.name.value);
        to.program = protocols::make_name(from.program.value);
        to.argument_bytes =
            static_cast<std::uint32_t>(std::min(from.arguments.value.size(), sizeof to.arguments));
        std::memcpy(to.arguments, from.arguments.value.data(), to.argument_bytes);
        to.priority = from.priority;
        to.flags = (from.fpu_free ? out::service_flags::fpu_free : 0) |
                   (from.boot_words ? out::service_flags::boot_words : 0);
        to.control = from.control;
        to.stack_bytes = from.stack;
        to.heap_bytes = from.heap;
        to.log_bytes = from.log;
        to.objects_bytes = from.objects.least;
        to.objects_permille = from.objects.permille;
        to.ram_bytes = from.ram.least;
        to.ram_permille = from.ram.permille;
        to.on_end = from.on_end;
        to.give_up_after = from.give_up_after;
        to.first_delay_ms = from.first_delay_ms;
        to.longest_delay_ms = from.longest_delay_ms;
        to.healthy_ms = from.healthy_ms;
        to.hang_ms = from.hang_ms;
        to.budget_ns = from.budget_ns;
        to.period_ns = from.period_ns;
        return to;
    }

    void sessions(std::uint32_t client) {
        for (auto const& use : policy_.services[client].uses) {
            out::Session session{};
            session.protocol = protocols::make_name(use.protocol);
            session.client = client;
            session.server = index_.at(use.server);
            session.bytes = use.bytes;
            session.badge = ++next_badge_[session.server];
            session.client_bit = next_bit_[client]++;
            session.server_bit = next_bit_[session.server]++;
            sessions_.push_back(session);
        }
    }

    void grants(std::uint32_t index) {
        auto const& from = policy_.services[index];
        auto const add = [&](out::GrantType type, std::string const& name, std::uint32_t first,
                             std::uint32_t count, std::uint32_t flags, std::uint32_t bit) {
            grants_.push_back({index, type, protocols::make_name(name), first, count, flags, bit});
        };
        for (auto const& ports : from.ports)
            add(out::GrantType::ports, ports.name, ports.first, ports.last - ports.first + 1, 0, 0);
        auto bit = out::first_interrupt_bit;
        for (auto const& line : from.interrupts)
            add(out::GrantType::interrupt, line.name, line.number, 1, line.flags, bit++);
        if (from.archives) add(out::GrantType::archives, "archive", 0, 0, 0, 0);
    }
};

} // namespace

std::string compile(Policy const& policy) {
    auto const bytes = Compiler(policy).run();
    // Copied to where it is aligned: a string promises nothing.
    std::vector<std::uint64_t> aligned(bytes.size() / 8 + 1);
    std::memcpy(aligned.data(), bytes.data(), bytes.size());
    auto const read = out::Manifest::open(std::as_bytes(std::span(aligned)).first(bytes.size()));
    if (!read) throw std::runtime_error(std::string(out::explain(read.error())));
    return bytes;
}

} // namespace policy
