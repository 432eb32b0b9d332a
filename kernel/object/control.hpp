#pragma once
// Control: the authority over what is not an object: log, power, making interrupts, setting
// budgets.

#include <kernel/object/destruction.hpp>
#include <kernel/object/object.hpp>

namespace kernel {

class Control : public ObjectOf<abi::Kind::control> {
public:
    using Rights = abi::ControlRights;
    Destruction destroy(unsigned&) { return Destruction::done; }
};

} // namespace kernel
