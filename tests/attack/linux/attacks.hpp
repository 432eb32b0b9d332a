#pragma once
// The groups of attacks on the Linux personality, one a file.

namespace linux_attack {

void wild_pointers();
void lying_programs();
void gluttony();
/// The same seed makes the same calls.
void random_calls(unsigned long seed, unsigned long turns);

} // namespace linux_attack
