// C++: exceptions across frames, libraries and threads; streams, locales, thread_local, chrono.
#include <condition_variable>
#include <deque>
#include <exception>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
#ifdef WITH_DLOPEN
#include <dlfcn.h>
#endif

namespace {

struct Noisy {
    std::string name;
    ~Noisy() { std::cout << "unwound " << name << '\n'; }
};

int deep(int n) {
    Noisy const here{n % 25 == 0 ? "at " + std::to_string(n) : ""};
    if (n == 0) throw std::out_of_range("the bottom");
    return deep(n - 1) + 1;
}

thread_local std::string own = "fresh";

template <class T> class Channel {
public:
    void put(T value) {
        std::lock_guard lock(mutex_);
        queue_.push_back(std::move(value));
        there_.notify_one();
    }
    T take() {
        std::unique_lock lock(mutex_);
        there_.wait(lock, [this] { return !queue_.empty(); });
        T value = std::move(queue_.front());
        queue_.pop_front();
        return value;
    }

private:
    std::mutex mutex_;
    std::condition_variable there_;
    std::deque<T> queue_;
};

} // namespace

int main() {
    try {
        deep(50);
    } catch (std::exception const& error) {
        std::cout << "caught " << error.what() << '\n';
    }
    try {
        std::vector<int>(3).at(7);
    } catch (std::out_of_range const&) {
        std::cout << "out of range\n";
    }
    try {
        try {
            throw std::runtime_error("inner");
        } catch (...) {
            std::throw_with_nested(std::logic_error("outer"));
        }
    } catch (std::logic_error const& error) {
        try {
            std::rethrow_if_nested(error);
        } catch (std::runtime_error const& inner) {
            std::cout << error.what() << " with " << inner.what() << '\n';
        }
    }
    Channel<std::string> channel;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([&, i] {
            own += std::to_string(i);
            channel.put(own);
        });
    std::map<std::string, int> seen;
    for (int i = 0; i < 4; i++) seen[channel.take()]++;
    for (auto& thread : threads) thread.join();
    for (auto const& [word, times] : seen) std::cout << word << ' ' << times << '\n';
    std::cout << "main's own: " << own << '\n';
    auto failing =
        std::async(std::launch::async, []() -> int { throw std::runtime_error("from a thread"); });
    try {
        failing.get();
    } catch (std::runtime_error const& error) {
        std::cout << "future: " << error.what() << '\n';
    }
    std::ostringstream text;
    text << 3.25 << ' ' << std::hex << 255;
    std::cout << text.str() << '\n';
    auto const start = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    std::cout << "slept: "
              << (std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(3)) << '\n';
    try {
        std::unique_ptr<char[]> const none(new char[std::size_t{1} << 46]);
    } catch (std::bad_alloc const&) {
        std::cout << "no memory\n";
    }
#ifdef WITH_DLOPEN
    void* const library = dlopen(LIBRARY, RTLD_NOW);
    if (!library) std::cout << dlerror() << '\n';
    auto* const thrower = reinterpret_cast<void (*)(void (*)())>(dlsym(library, "call_back"));
    try {
        thrower([] { throw std::domain_error("through a library"); });
    } catch (std::domain_error const& error) {
        std::cout << error.what() << '\n';
    }
#endif
}
