#pragma once
// What becomes of capabilities when ids change and programs are started (capabilities(7)).

#include <servers/linux/identity.hpp>

namespace personality {

/// The user ids were changed by a call.
void follow_user_ids(Identity& identity, Identity const& old);
/// setfsuid alone changed them.
void follow_file_user(Identity& identity, std::uint32_t old_fsuid);
/// A program was started; its ids are set. `set_id`: the file made them others.
void follow_execution(Identity& identity, bool set_id);

} // namespace personality
