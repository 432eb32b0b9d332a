#pragma once
// The groups of attacks on the Linux personality, one a file.

namespace linux_attack {

void wild_pointers();
void lying_programs();
void gluttony();
void random_calls();

} // namespace linux_attack
