#include <bench/pair.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <runtime/own.hpp>

namespace bench {

using namespace lab;

namespace {

void serve(abi::Word endpoint, abi::Word reply) {
    auto const at = abi::CapAddress(static_cast<std::uint32_t>(endpoint));
    auto const with = abi::CapAddress(static_cast<std::uint32_t>(reply));
    runtime::receive(at, with);
    for (;;) runtime::reply_receive(at, with, abi::MessageTag{0, 0});
}

} // namespace

Pair::Pair(abi::Word processor, void (*client)(abi::Word, abi::Word, abi::Word), abi::Word first,
           abi::Word second)
    : endpoint_(must(kit().memory.make<runtime::Endpoint>(), "endpoint")),
      reply_(must(kit().memory.make<runtime::Reply>(), "reply")), other_(image_, "bench-server"),
      server_(other_.process(), other_.space(), serve,
              {other_.give(endpoint_.address()).raw, other_.give(reply_.address()).raw},
              {.priority = kit().priority - 1, .processor = processor}),
      client_(runtime::own_process, {}, client, {endpoint_.address().raw, first, second},
              {.priority = kit().priority - 1, .processor = processor}) {
    server_.start();
}

} // namespace bench
