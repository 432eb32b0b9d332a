#pragma once
// Control: the authority over what is not an object: log, power, making interrupts, setting
// budgets.

#include <kernel/object/object.hpp>

namespace kernel {

class Control : public ObjectOf<abi::Kind::control> {
public:
    using Rights = abi::ControlRights;
    bool destroy(unsigned&) { return true; }
};

} // namespace kernel
