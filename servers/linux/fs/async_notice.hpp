#pragma once
// O_ASYNC: whoever F_SETOWN named is told by a signal that a file has become ready.

#include <servers/linux/wait_queue.hpp>

#include <memory>

namespace personality {

class File;
class System;

class AsyncNotice {
public:
    /// For a file that can become ready; nothing for others, which never have news. Null: ENOMEM,
    /// too.
    static std::unique_ptr<AsyncNotice> create(System& system, File& file);

private:
    AsyncNotice(System& system, File& file) : system_(system), file_(file) {}

    System& system_;
    File& file_;
    Waiter waiter_;

    void tell();
};

} // namespace personality
