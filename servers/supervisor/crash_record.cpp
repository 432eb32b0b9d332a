#include <servers/supervisor/crash_record.hpp>

#include <protocols/text_builder.hpp>

#include <algorithm>
#include <cstring>

namespace supervisor {

namespace {

using protocols::TextBuilder;

constexpr unsigned most_frames = 32;
/// Room that the last words have at least, whatever the backtrace says.
constexpr std::size_t room_for_words = 1024;

constexpr std::string_view vector_names[] = {"divide error",
                                             "debug",
                                             "NMI",
                                             "breakpoint",
                                             "overflow",
                                             "bound",
                                             "invalid opcode",
                                             "no floating point",
                                             "double fault",
                                             "",
                                             "invalid TSS",
                                             "segment missing",
                                             "stack segment",
                                             "general protection",
                                             "page fault",
                                             "",
                                             "x87 error",
                                             "alignment",
                                             "machine check",
                                             "SIMD error"};

void write_fault(CrashFacts const& facts, TextBuilder& text) {
    using abi::fault_access::execute, abi::fault_access::guard, abi::fault_access::present,
        abi::fault_access::write;
    if (facts.fault_kind == abi::MessageKind::page_fault) {
        auto const how = facts.fault[1];
        text.put("fault        ")
            .put((how & execute) != 0 ? "execution of"
                 : (how & write) != 0 ? "write to"
                                      : "read of")
            .put(" 0x")
            .hexadecimal(facts.fault[0])
            .put((how & guard) != 0     ? ", a guard page: the stack is full"
                 : (how & present) != 0 ? ", which is not allowed"
                                        : ", which is not mapped")
            .put('\n');
    } else if (facts.fault_kind == abi::MessageKind::exception) {
        auto const vector = facts.fault[0];
        text.put("fault        exception ").decimal(vector);
        if (vector < std::size(vector_names)) text.put(", ").put(vector_names[vector]);
        text.put(", error 0x").hexadecimal(facts.fault[1]).put('\n');
    }
}

void write_place(std::uint64_t address, protocols::SymbolTable const& symbols, TextBuilder& text) {
    text.put("0x").hexadecimal(address, 8);
    if (auto const place = symbols.find(address))
        text.put(' ').put(place->name).put("+0x").hexadecimal(place->offset);
    text.put('\n');
}

void write_registers(abi::RegisterFile const& r, TextBuilder& text) {
    struct Register {
        std::string_view name;
        std::uint64_t value;
    };
    Register const all[] = {
        {"rax", r.rax}, {"rbx", r.rbx}, {"rcx", r.rcx},       {"rdx", r.rdx},    {"rsi", r.rsi},
        {"rdi", r.rdi}, {"rbp", r.rbp}, {"rsp", r.rsp},       {"r8", r.r8},      {"r9", r.r9},
        {"r10", r.r10}, {"r11", r.r11}, {"r12", r.r12},       {"r13", r.r13},    {"r14", r.r14},
        {"r15", r.r15}, {"rip", r.rip}, {"rflags", r.rflags}, {"fs", r.fs_base}, {"gs", r.gs_base}};
    unsigned column = 0;
    for (auto const& [name, value] : all) {
        auto const start = text.length();
        text.put(name).pad(start, 7).hexadecimal(value, 16);
        text.put(++column % 3 == 0 ? '\n' : ' ');
    }
    if (column % 3 != 0) text.put('\n');
}

/// The chain of frame pointers: each frame holds its caller's, then the return address. It must go
/// up, or the walk would not end.
void write_backtrace(CrashFacts const& facts, TextBuilder& text) {
    text.put("backtrace\n  ");
    write_place(facts.registers.rip, facts.symbols, text);
    auto frame = facts.registers.rbp;
    for (unsigned i = 0; i < most_frames; i++) {
        std::uint64_t next = 0;
        std::uint64_t return_address = 0;
        if (frame % 8 != 0 || !facts.stack.read(frame, next) ||
            !facts.stack.read(frame + 8, return_address) || return_address == 0)
            return;
        text.put("  ");
        // A return address may be the first byte after its function, if the call was the last
        // thing.
        write_place(return_address - 1, facts.symbols, text);
        if (next <= frame) return;
        frame = next;
    }
    text.put("  and more\n");
}

/// From the beginning of a line on, as much of the end as fits. What can't be shown becomes a dot.
void write_last_words(std::span<char const> words, TextBuilder& text) {
    if (words.empty() || text.rest().size() < 32) return;
    text.put("last words\n");
    if (words.size() > text.rest().size()) {
        words = words.last(text.rest().size());
        auto const line = std::ranges::find(words, '\n');
        if (line != words.end()) words = {line + 1, words.end()};
    }
    for (char const c : words) text.put((c >= ' ' && c <= '~') || c == '\n' || c == '\t' ? c : '.');
    if (words.empty() || words.back() != '\n') text.put('\n');
}

} // namespace

bool StackView::read(std::uint64_t address, std::uint64_t& word) const {
    if (address < address_ || address - address_ >= bytes_.size() ||
        bytes_.size() - (address - address_) < sizeof word)
        return false;
    std::memcpy(&word, bytes_.data() + (address - address_), sizeof word);
    return true;
}

std::string_view write_crash_record(CrashFacts const& facts, std::span<char> into) {
    auto const reserved = std::min(room_for_words, into.size() / 2);
    TextBuilder text(into.first(into.size() - reserved));
    text.put("service      ").put(facts.name).put(", incarnation ").decimal(facts.incarnation);
    text.put("\ntime         ").seconds(facts.time_ns);
    text.put(" s\ncause        ").put(protocols::services::name(facts.cause));
    if (facts.cause == protocols::services::Cause::exit) text.put(", code ").decimal(facts.detail);
    text.put('\n');
    write_fault(facts, text);
    if (facts.request_id != 0) text.put("request      ").decimal(facts.request_id).put('\n');
    if (facts.has_registers) {
        write_registers(facts.registers, text);
        write_backtrace(facts, text);
    }
    TextBuilder whole(into);
    whole.advance(text.length());
    write_last_words(facts.last_words, whole);
    return whole.text();
}

} // namespace supervisor
