#include <servers/linux/fs/svc/svc_service.hpp>

#include <servers/linux/call.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/svc/svc_log.hpp>
#include <servers/linux/system.hpp>

#include <array>

namespace personality {

namespace {

namespace services = protocols::services;

class SvcFile : public GeneratedFile {
public:
    SvcFile(SvcVolume& of, std::uint32_t row, std::uint64_t place, std::uint16_t bits)
        : GeneratedFile(of, service_inode(row, place), bits), row_(row) {}

protected:
    std::uint32_t const row_;
    ServiceLink& line() const { return static_cast<SvcVolume&>(volume).link; }
};

/// What programs use right now: the same before and after a program that gave all back.
void put_own(System const& system, Text& text) {
    auto const& frames = system.environment.frames;
    auto const line = [&](std::string_view name, std::uint64_t value, std::string_view unit) {
        constexpr std::size_t column = 16;
        text.put(name);
        for (auto at = name.size(); at < column; at++) text.put(' ');
        text.decimal(value).put(unit).put('\n');
    };
    line("processes", system.tasks.process_count(), "");
    line("threads", system.tasks.task_count(), "");
    line("processors", system.processors.count(), "");
    line("lock-contended", system.machine.contended(), " times");
    line("memory-used", (frames.total() - frames.free()) * (page_bytes / 1024), " KiB");
}

class SvcStatus final : public SvcFile {
public:
    SvcStatus(SvcVolume& of, std::uint32_t row) : SvcFile(of, row, 1, 0444) {}
    Result<> render(Text& text) override {
        auto const row = line().client().row(row_);
        if (!row) return fail(Errno::io);
        std::array<char, 1024> memory;
        text.put(services::status_text(*row, volume.environment.clock.monotonic(), memory));
        if (line().system != nullptr && protocols::view(row->name) == ServiceLink::own_name)
            put_own(*line().system, text);
        return {};
    }
};

class SvcCrash final : public SvcFile {
public:
    SvcCrash(SvcVolume& of, std::uint32_t row) : SvcFile(of, row, 3, 0444) {}
    Result<> render(Text& text) override {
        text.put(line().client().crash(row_));
        return {};
    }
};

class SvcControl final : public SvcFile {
public:
    SvcControl(SvcVolume& of, std::uint32_t row) : SvcFile(of, row, 4, 0600) {}
    Result<> render(Text& text) override {
        text.put("restart stop start kill\n");
        return {};
    }

    /// progress[2]: the request that this call has put in.
    Outcome accept(Call& call, std::string_view text) override {
        if (call.progress[2] == 0) {
            auto const action = services::action(text);
            if (!action) return Errno::inval;
            call.progress[2] = TRY(line().ask(*action, row_));
        }
        if (auto const verdict = line().verdict(call.progress[2])) return outcome_of(*verdict);
        TRY(call.watch(line().answered));
        // The request is on its way: interrupted or not, it must not be made twice.
        return call.block(Errno::intr);
    }

private:
    static Outcome outcome_of(services::Verdict verdict) {
        switch (verdict) {
        case services::Verdict::accepted: return 0;
        case services::Verdict::no_such_service: return Errno::noent;
        case services::Verdict::no_such_action: return Errno::inval;
        case services::Verdict::not_now: return Errno::busy;
        case services::Verdict::refused: return Errno::perm;
        }
        return Errno::io;
    }
};

constexpr std::array<std::string_view, 4> names{"status", "log", "crash", "control"};

} // namespace

Result<Ref<Entry>> SvcService::lookup(Entry& here, std::string_view name, Actor const&) {
    auto& svc = static_cast<SvcVolume&>(volume);
    if (name == "status") return generate<SvcStatus>(here, name, svc, row_);
    if (name == "log") return generate<SvcLog>(here, name, svc, row_);
    if (name == "crash") return generate<SvcCrash>(here, name, svc, row_);
    if (name == "control") return generate<SvcControl>(here, name, svc, row_);
    return fail(Errno::noent);
}

Result<> SvcService::list(Entry&, std::uint64_t position, Listing& listing) {
    for (auto i = position - 2; i < names.size(); i++)
        if (!listing.add(names[i], service_inode(row_, i + 1), FileType::regular, i + 3)) break;
    return {};
}

} // namespace personality
