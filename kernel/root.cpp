#include <kernel/root.hpp>

namespace kernel {

constinit Root the_root;

void Root::add(Processor& processor) {
    auto& before = processor_count == 0 ? processor : *processors[processor_count - 1];
    processor.next = processor_count == 0 ? &processor : processors[0];
    before.next = &processor;
    processors[processor_count++] = &processor;
    if (processor_count > 1) flushes.noted = true;
}

} // namespace kernel
