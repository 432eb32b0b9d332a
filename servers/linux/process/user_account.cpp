#include <servers/linux/process/user_account.hpp>

namespace personality {

UserAccount::~UserAccount() {
    if (link_.linked()) base::List<UserAccount, &UserAccount::link_>::remove(*this);
}

Result<Ref<UserAccount>> UserAccounts::of(std::uint32_t uid) {
    for (auto& account : accounts_)
        if (account.uid == uid) return Ref<UserAccount>(&account);
    auto made = make<UserAccount>(uid);
    if (!made) return fail(Errno::nomem);
    // Those that are in use stand in front, and there are few.
    accounts_.push_front(*made);
    return made;
}

} // namespace personality
