#pragma once
// What a test has found, as a line of the kernel's log: `TEST name ok`, or `TEST name FAILED
// detail`.

#include <abi/error.hpp>
#include <runtime/line.hpp>

#include <string_view>

namespace lab {

/// One test of several steps: the first that goes wrong is its detail. The line comes at its end.
class Outcome {
public:
    explicit Outcome(std::string_view name) : name_(name) {}
    ~Outcome();
    Outcome(Outcome const&) = delete;
    Outcome& operator=(Outcome const&) = delete;

    bool ok() const { return detail_.empty(); }

    /// `what` is for whoever reads the failure.
    void expect(bool holds, std::string_view what);
    void expect(abi::Error wanted, abi::Error got, std::string_view what);
    /// Any error of the ABI's list, but not success.
    void expect_refused(abi::Error got, std::string_view what);

private:
    std::string_view name_;
    runtime::Line detail_;
};

} // namespace lab
