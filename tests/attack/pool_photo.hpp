#pragma once
// What all slots of our own pool hold, in one number: whether a refused call has changed anything.

#include <abi/capability.hpp>

namespace attack {

abi::Word pool_photo();

} // namespace attack
