// A first program for a fresh sysroot: a little of everything that services use.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <pthread.h>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

struct Announced {
    Announced() { std::puts("constructed before main"); }
} announced;

thread_local int own = 41;

std::expected<int, std::string> parse(std::string_view text) {
    int value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::unexpected("not a number: " + std::string(text));
    return value;
}

// Lengths around each branch of memcpy and memmove, overlapping both ways, against a plain loop.
bool copies_right() {
    constexpr std::size_t size = 160;
    for (std::size_t length = 0; length <= 72; ++length) {
        for (std::size_t from = 0; from < 80; from += 3) {
            for (std::size_t to = 0; to < 80; ++to) {
                unsigned char bytes[size], wanted[size];
                for (std::size_t i = 0; i < size; ++i)
                    bytes[i] = wanted[i] = static_cast<unsigned char>(i * 7 + length);
                for (std::size_t i = 0; i < length; ++i)
                    wanted[to + i] = static_cast<unsigned char>((from + i) * 7 + length);
                void* volatile target = bytes + to;
                std::memmove(target, bytes + from, length);
                if (std::memcmp(bytes, wanted, size) != 0) return false;
                if (from + length > to && to + length > from) continue;
                std::memset(bytes + to, 0, length);
                std::memcpy(target, bytes + from, length);
                if (std::memcmp(bytes, wanted, size) != 0) return false;
            }
        }
    }
    return true;
}

} // namespace

int main(int count, char** arguments) {
    std::printf("%d argument: %s\n", count, arguments[0]);
    own += 1;
    std::printf("thread-local %d\n", own);

    std::vector<std::string> words{"skerry", "sea", "rock", "wave"};
    std::sort(words.begin(), words.end());
    std::map<std::string, int> lengths;
    std::unordered_map<std::string, int> order;
    for (int i = 0; auto const& word : words) {
        lengths[word] = static_cast<int>(word.size());
        order[word] = i++;
    }
    for (auto const& [word, length] : lengths)
        std::printf("%s %d %d\n", word.c_str(), length, order.at(word));

    std::unordered_map<int, int> many;
    for (int i = 0; i < 20000; ++i) many.emplace(i * 31, i);
    std::printf("%zu entries, %s\n", many.size(), many.contains(31 * 777) ? "found" : "lost");

    std::printf("%d, %s\n", parse("1234").value_or(-1), parse("12x4").error().c_str());
    std::printf("copies %s\n", copies_right() ? "right" : "wrong");
    std::printf("%.6f %g %s\n", std::strtod("2.718281828", nullptr), 1e300 / 3,
                std::to_string(0.5).c_str());

    // Memory that cannot be had is a null pointer, and the program goes on.
    void* volatile absurd = std::malloc(std::size_t{1} << 46);
    void* volatile none = new (std::nothrow) char[std::size_t{1} << 46];
    std::printf("absurd sizes: %s %s, errno %s\n", absurd ? "got" : "null", none ? "got" : "null",
                errno == ENOMEM ? "ENOMEM" : "other");
    std::unique_ptr<char[]> big(new (std::nothrow) char[std::size_t{8} << 20]);
    std::memset(big.get(), 1, std::size_t{8} << 20);

    std::mutex mutex;
    std::atomic<unsigned> counter = 1;
    {
        std::lock_guard guard(mutex);
        counter.fetch_add(1, std::memory_order_relaxed);
    }
    pthread_t thread;
    int error = pthread_create(&thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
    std::printf("counter %u; thread: %s\n", counter.load(), error ? "refused" : "started");
    auto now = std::chrono::steady_clock::now();
    std::printf("clock %s\n", now.time_since_epoch().count() > 0 ? "goes" : "stands");
    return 0;
}
