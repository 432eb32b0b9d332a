#pragma once
// All kinds of objects in one list, and what is done to an object of a kind known only at run time.
// A kind that is missing here, or has no `destroy`, does not compile.

#include <kernel/cap/pool.hpp>
#include <kernel/ipc/endpoint.hpp>
#include <kernel/ipc/notification.hpp>
#include <kernel/ipc/reply.hpp>
#include <kernel/memory/address_space.hpp>
#include <kernel/memory/dma_space.hpp>
#include <kernel/memory/memory.hpp>
#include <kernel/object/control.hpp>
#include <kernel/object/interrupt.hpp>
#include <kernel/object/io_ports.hpp>
#include <kernel/object/process.hpp>
#include <kernel/object/reserved.hpp>
#include <kernel/object/thread.hpp>
#include <kernel/object/untyped.hpp>
#include <kernel/sched/sched_context.hpp>
#include <kernel/time/timer.hpp>

namespace kernel {

template <KernelObject... T> struct ObjectList {};

using Objects =
    ObjectList<Untyped, CapPool, Process, Thread, AddressSpace, Memory, Endpoint, Reply,
               Notification, Timer, SchedContext, Interrupt, IoPorts, Reserved, Control, DmaSpace>;

/// Call `f` with the object as what it is.
template <class F, KernelObject First, KernelObject... Rest>
decltype(auto) visit(Object& object, ObjectList<First, Rest...>, F&& f) {
    if constexpr (sizeof...(Rest) == 0) {
        return f(static_cast<First&>(object));
    } else {
        if (object.kind == First::static_kind) return f(static_cast<First&>(object));
        return visit(object, ObjectList<Rest...>{}, std::forward<F>(f));
    }
}

/// One step of an object's destruction.
inline bool destroy_step(Object& object, unsigned& budget) {
    return visit(object, Objects{}, [&](auto& it) { return it.destroy(budget); });
}

/// An Untyped outlives its last capability while something made of it lives, a DmaSpace while a
/// device may use what it was told.
inline bool may_die(Object& object) {
    switch (object.kind) {
    case abi::Kind::untyped: return !static_cast<Untyped&>(object).in_use();
    case abi::Kind::dma_space: return !static_cast<DmaSpace&>(object).held();
    default: return true;
    }
}

} // namespace kernel
