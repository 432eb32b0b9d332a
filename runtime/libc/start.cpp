// From a native program's first instruction to main.

#include <runtime/environment.hpp>
#include <runtime/libc/begin.hpp>
#include <runtime/start_page.hpp>

#include <abi/memory.hpp>

#include <elf.h>

#include <array>
#include <cstdint>
#include <cstring>

extern "C" {
/// The program's own ELF header; the linker says where it is loaded.
extern Elf64_Ehdr const __ehdr_start;
int main(int, char**, char**);
[[noreturn]] int __libc_start_main(int (*)(int, char**, char**), int, char**, void (*)(),
                                   void (*)(), void (*)());
}

namespace runtime::libc {

namespace {

constexpr std::size_t most_arguments = 64;
constexpr std::size_t argument_text = 2304;

/// What Linux would have put on the stack: argc, argv, the environment (empty), the auxiliary
/// vector. The C library keeps pointers into it.
struct StartBlock {
    std::array<char, argument_text> text;
    std::array<std::uint64_t, 2> random;
    std::array<std::uint64_t, most_arguments + 2 + 16> words;
};
constinit StartBlock block{};

class Builder {
public:
    /// One more word of the command line, as long as there is room.
    void argument(std::string_view word) {
        if (count_ == most_arguments || word.size() >= block.text.size() - text_) return;
        auto* const at = block.text.data() + text_;
        std::memcpy(at, word.data(), word.size());
        at[word.size()] = 0;
        text_ += word.size() + 1;
        block.words[count_++] = address(at);
    }
    void arguments(std::string_view line) {
        while (!line.empty()) {
            auto const end = line.find(' ');
            if (end != 0) argument(line.substr(0, end));
            line.remove_prefix(end == line.npos ? line.size() : end + 1);
        }
    }
    /// The rest; returns argc.
    int finish() {
        auto at = count_;
        auto const put = [&](std::uint64_t word) { block.words[at++] = word; };
        auto const auxiliary = [&](std::uint64_t type, std::uint64_t value) {
            put(type);
            put(value);
        };
        put(0); // of argv
        put(0); // of the environment
        auxiliary(AT_PHDR, address(&__ehdr_start) + __ehdr_start.e_phoff);
        auxiliary(AT_PHNUM, __ehdr_start.e_phnum);
        auxiliary(AT_PHENT, __ehdr_start.e_phentsize);
        auxiliary(AT_PAGESZ, abi::page_bytes);
        auxiliary(AT_RANDOM, address(block.random.data()));
        auxiliary(AT_NULL, 0);
        return static_cast<int>(count_);
    }

private:
    std::size_t count_ = 0;
    std::size_t text_ = 0;

    static std::uint64_t address(void const* pointer) {
        return reinterpret_cast<std::uintptr_t>(pointer);
    }
};

/// Two words that differ from start to start: malloc mixes them into its records, so that a stray
/// write is noticed. Not for keys.
void fill_random() {
    std::uint64_t mixed = __builtin_ia32_rdtsc();
    for (auto& word : block.random) {
        // The finaliser of splitmix64 (Steele, Lea, Flood 2014).
        mixed += 0x9e3779b97f4a7c15;
        auto bits = mixed;
        bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
        bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
        word = bits ^ bits >> 31;
    }
}

} // namespace

} // namespace runtime::libc

extern "C" [[noreturn]] void __skerry_start() {
    using namespace runtime::libc;
    runtime::read_environment();
    begin_memory();
    fill_random();
    Builder builder;
    if (runtime::environment().start != nullptr) {
        builder.argument(runtime::start().name());
        builder.arguments(runtime::start().arguments());
    } else {
        builder.argument("supervisor");
        builder.arguments(runtime::environment().boot->command_line);
    }
    auto const count = builder.finish();
    __libc_start_main(main, count, reinterpret_cast<char**>(block.words.data()), nullptr, nullptr,
                      nullptr);
}
