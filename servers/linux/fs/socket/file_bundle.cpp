#include <servers/linux/fs/socket/file_bundle.hpp>

#include <memory>

namespace personality {

Ref<FileBundle> FileBundle::create(SmallMemory& memory, std::uint32_t room) {
    auto* const place =
        static_cast<std::byte*>(memory.allocate(sizeof(FileBundle) + room * sizeof(Ref<File>)));
    if (place == nullptr) return {};
    auto* const files = reinterpret_cast<Ref<File>*>(place + sizeof(FileBundle));
    return Ref(new (static_cast<void*>(place)) FileBundle(files, room));
}

FileBundle::FileBundle(Ref<File>* files, std::uint32_t room) : files_(files), room_(room) {
    std::uninitialized_value_construct_n(files_, room_);
}

FileBundle::~FileBundle() { std::destroy_n(files_, room_); }

} // namespace personality
