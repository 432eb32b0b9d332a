#include <servers/linux/skerry/memory.hpp>

#include <runtime/log.hpp>
#include <runtime/memory.hpp>
#include <runtime/start_page.hpp>

#include <utility>

namespace personality {

namespace {

/// The resource's memory in our space: where the supervisor mapped it, or where we do.
std::span<std::byte> window(protocols::Resource const& resource, abi::Protection protection) {
    if (resource.first != 0) return {reinterpret_cast<std::byte*>(resource.first), resource.count};
    // Mapped for as long as we run: the handle stays.
    static std::array<runtime::Mapping, FramePool::max_extents> mappings;
    static std::size_t used = 0;
    auto mapping = runtime::map(runtime::Memory(resource.cap), resource.count, protection);
    if (!mapping || used == mappings.size()) {
        runtime::log("{} can't be mapped", protocols::view(resource.name));
        return {};
    }
    return (mappings[used++] = std::move(*mapping)).bytes();
}

} // namespace

void take_memory(FramePool& frames, GivenMemory& memory) {
    for (auto const& resource : runtime::start().resources()) {
        if (resource.type != protocols::ResourceType::memory) continue;
        auto const name = protocols::view(resource.name);
        bool const ram = name.starts_with("ram"), archive = name.starts_with("archive");
        if ((!ram && !archive) || memory.count == memory.shared.size()) continue;
        auto const bytes =
            window(resource, ram ? abi::Protection::read_write : abi::Protection::read);
        if (bytes.empty()) continue;

        auto const attachment = static_cast<std::uint32_t>(memory.count + 1);
        bool const taken = ram ? frames.add_ram(bytes, attachment).has_value()
                               : frames.add_archive(bytes, attachment).has_value();
        if (!taken) {
            runtime::log("{} is of no use", name);
            continue;
        }
        memory.shared[memory.count++] = {runtime::Memory(resource.cap), attachment};
        if (archive && memory.archive_count < memory.archives.size())
            memory.archives[memory.archive_count++] = bytes;
    }
    if (frames.total() == 0) runtime::give_up("there is no RAM for programs");
    // What is kept back: so that what has begun can end.
    frames.set_reserve(frames.total() / 64 + 32);
    runtime::log("{} MiB for programs", frames.total() * page_bytes >> 20);
}

} // namespace personality
