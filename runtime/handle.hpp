#pragma once
// All views of capabilities, and Owned. A file that needs one kind may include that one alone.

#include <runtime/object/address_space.hpp>
#include <runtime/object/cap_pool.hpp>
#include <runtime/object/control.hpp>
#include <runtime/object/dma_space.hpp>
#include <runtime/object/endpoint.hpp>
#include <runtime/object/interrupt.hpp>
#include <runtime/object/io_ports.hpp>
#include <runtime/object/memory.hpp>
#include <runtime/object/notification.hpp>
#include <runtime/object/owned.hpp>
#include <runtime/object/process.hpp>
#include <runtime/object/reply.hpp>
#include <runtime/object/sched_context.hpp>
#include <runtime/object/thread.hpp>
#include <runtime/object/timer.hpp>
#include <runtime/object/untyped.hpp>
