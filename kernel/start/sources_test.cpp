// Until kernel/arch/host exists, the kernel's tests are linked without the kernel; this file brings
// the sources of this folder that know no machine. It goes when that folder comes.

#include <kernel/start/acpi.cpp>
#include <kernel/start/command_line.cpp>
#include <kernel/start/interrupt_topology.cpp>
#include <kernel/start/loader.cpp>
#include <kernel/start/memory_map.cpp>
#include <kernel/start/multiboot2.cpp>
#include <kernel/start/physical_memory.cpp>
#include <kernel/start/pvh.cpp>
