#pragma once
// The host's page tables have the form of the real ones.

#include <kernel/arch/x86_64/page_entry.hpp>
