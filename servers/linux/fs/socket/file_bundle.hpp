#pragma once
// Open files on their way from one program to another (SCM_RIGHTS).

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/pages/small_memory.hpp>
#include <servers/linux/fs/ref.hpp>

#include <cstdint>
#include <span>

namespace personality {

class FileBundle final : public Counted {
public:
    /// As many as Linux lets go with one message (SCM_MAX_FD).
    static constexpr std::uint32_t most = 253;

    /// With room for `room` files; nothing if there is no memory.
    static Ref<FileBundle> create(SmallMemory& memory, std::uint32_t room);
    static void operator delete(void* bundle) { SmallMemory::release(bundle); }

    void add(Ref<File> file) { files_[count_++] = std::move(file); }
    std::span<Ref<File> const> files() const { return {files_, count_}; }

    /// The next of those that wait to be let go (FilesInFlight).
    FileBundle* next = nullptr;

private:
    FileBundle(Ref<File>* files, std::uint32_t room);
    ~FileBundle() override;
    static void* operator new(std::size_t, void* place) noexcept { return place; }

    Ref<File>* files_; ///< right behind this object
    std::uint32_t room_;
    std::uint32_t count_ = 0;
};

} // namespace personality
