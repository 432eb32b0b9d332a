#pragma once
// The groups of attacks, one a file. Each prints a TEST line for each of its tests.

namespace attack {

void attack_targets();
void attack_arguments();
void attack_messages();
void attack_numbers();
void attack_foreign();
void attack_registers();
void attack_instructions();
void attack_memory();
void attack_processes();
void attack_derivation();
void attack_time();
void attack_processors();
void attack_randomly();
void attack_in_a_crowd();
void attack_by_device();

} // namespace attack
