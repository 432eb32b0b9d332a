#include <kernel/root.hpp>

namespace kernel {

namespace {
constinit Root the_root;
}

Root& root() { return the_root; }

} // namespace kernel
