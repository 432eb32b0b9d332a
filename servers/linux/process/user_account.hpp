#pragma once
// What all processes of one real user have together, where a limit counts a user and not a process.

#include <servers/linux/errno.hpp>
#include <servers/linux/fs/ref.hpp>

#include <base/list.hpp>

#include <cstdint>

namespace personality {

class UserAccount : public Counted {
public:
    explicit UserAccount(std::uint32_t number) : uid(number) {}
    ~UserAccount() override;

    std::uint32_t const uid;
    /// Signals that wait for processes of the user, and its timers (RLIMIT_SIGPENDING).
    std::uint64_t queued = 0;

private:
    friend class UserAccounts;
    base::Link link_;
};

/// The accounts of those who have processes or signals now.
class UserAccounts {
public:
    /// The account of a user, made at first. ENOMEM.
    Result<Ref<UserAccount>> of(std::uint32_t uid);

private:
    base::List<UserAccount, &UserAccount::link_> accounts_;
};

} // namespace personality
