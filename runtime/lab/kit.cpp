#include <runtime/lab/kit.hpp>

#include <runtime/lab/must.hpp>
#include <runtime/own.hpp>
#include <runtime/start_page.hpp>

namespace lab {

namespace {

runtime::Untyped largest_memory() {
    protocols::Resource const* largest = nullptr;
    for (auto const& resource : runtime::start().resources())
        if (resource.type == protocols::ResourceType::untyped &&
            (largest == nullptr || resource.count > largest->count))
            largest = &resource;
    if (largest == nullptr) give_up("no memory is granted", abi::Error::no_memory);
    return runtime::Untyped(largest->cap);
}

} // namespace

Kit const& kit() {
    static Kit const ours{
        .memory = largest_memory(),
        .control = runtime::Control(runtime::environment().log_control),
        .priority =
            must(runtime::Thread(runtime::first_thread).inspect(), "our own thread").priority,
    };
    return ours;
}

} // namespace lab
