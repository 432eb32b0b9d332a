#pragma once
// What is wrong with a manifest: each complaint names file and line, and what cures it.

#include <cstdint>
#include <string>
#include <vector>

namespace policy {

class Complaints {
public:
    explicit Complaints(std::string file) : file_(std::move(file)) {}

    /// `cure` is what to do, as a command: "name the port range once".
    void add(std::uint32_t line, std::string const& what, std::string const& cure) {
        all_.push_back(file_ + ":" + std::to_string(line) + ": " + what + "; " + cure);
    }
    bool empty() const { return all_.empty(); }
    std::vector<std::string> const& all() const { return all_; }

private:
    std::string file_;
    std::vector<std::string> all_;
};

} // namespace policy
