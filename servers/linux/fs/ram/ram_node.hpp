#pragma once
// What all inodes of the in-memory file system have: attributes that are simply stored. Devices,
// FIFOs and sockets need no more than that.

#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/ram/ram_volume.hpp>

namespace personality {

class Pipe;

class RamNode : public Inode {
public:
    RamNode(RamVolume& of, NewNode const& node);
    /// An inode of the right kind, with one link that the caller gives it; ENOSPC, ENOMEM.
    static Result<Ref<RamNode>> create_node(RamVolume& of, NewNode const& node);

    static void* operator new(std::size_t bytes, SmallMemory& memory) noexcept {
        return memory.allocate(bytes);
    }
    static void operator delete(void* node) { SmallMemory::release(node); }

    Attributes attributes() const override { return stored_; }
    Access access() const override { return stored_; }
    Result<> change(AttributeChange const& change) override;
    Result<Ref<File>> open(OpenRequest const& request) override;

    /// For pipes without a name, so that /proc/PID/fd/N leads to them.
    void set_pipe(Ref<Pipe> pipe);

    RamVolume& ram() const { return static_cast<RamVolume&>(volume); }
    Attributes& stored() { return stored_; }
    void touch_modified();
    void touch_changed() { stored_.changed = volume.now(); }
    /// After a read: only when the old time tells less than the file's other times (relatime), or
    /// always, if the mount is strict.
    void touch_accessed(bool strict = false);

    /// What is read through a mount is marked as the mount wants it.
    static void touch_accessed(Location const& at);

protected:
    ~RamNode() override;

private:
    Attributes stored_;
    Ref<Pipe> pipe_; ///< of a FIFO that somebody has open
};

} // namespace personality
