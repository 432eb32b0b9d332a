#pragma once
// The links of a task's folder that lead to objects: exe, cwd, root, and its open files in fd/.

#include <servers/linux/fs/location.hpp>
#include <servers/linux/fs/proc/proc_volume.hpp>

#include <array>
#include <string_view>

namespace personality {

/// A link to a location; readlink tells its path.
class ProcJump : public GeneratedNode {
public:
    ProcJump(ProcVolume& of, Task& task, std::uint64_t place, std::uint16_t bits);
    Result<std::string_view> target(std::span<char> scratch, Actor const& actor) override;
    std::optional<Result<Location>> jump(Actor const& actor) override;

protected:
    std::int32_t const tid_;
    virtual Result<Location> where(Task& task) = 0;
};

class ProcLink final : public ProcJump {
public:
    enum class Kind : std::uint8_t { exe, cwd, root };
    static constexpr std::array kinds{Kind::exe, Kind::cwd, Kind::root};
    static constexpr std::string_view name_of(Kind kind) {
        constexpr std::array<std::string_view, 3> names{"exe", "cwd", "root"};
        return names[static_cast<std::size_t>(kind)];
    }
    static constexpr std::uint64_t place_of(Kind kind) { return 4 + static_cast<unsigned>(kind); }

    ProcLink(ProcVolume& of, Task& task, Kind kind)
        : ProcJump(of, task, place_of(kind), 0777), kind_(kind) {}

private:
    Kind const kind_;
    Result<Location> where(Task& task) override;
};

/// One open file: /proc/PID/fd/N.
class ProcDescriptor final : public ProcJump {
public:
    static constexpr std::uint64_t first_place = 0x10000;
    ProcDescriptor(ProcVolume& of, Task& task, std::int32_t fd, std::uint16_t bits)
        : ProcJump(of, task, first_place + static_cast<std::uint64_t>(fd), bits), fd_(fd) {}

private:
    std::int32_t const fd_;
    Result<Location> where(Task& task) override;
};

/// /proc/PID/fd.
class ProcDescriptors final : public GeneratedFolder {
public:
    static constexpr std::uint64_t place = 8;
    ProcDescriptors(ProcVolume& of, Task& task);
    Result<Ref<Entry>> lookup(Entry& here, std::string_view name, Actor const& actor) override;
    Result<> list(Entry& here, std::uint64_t position, Listing& listing) override;

private:
    std::int32_t const tid_;
};

/// What a descriptor is, beside its name: /proc/PID/fdinfo/N.
class ProcDescriptorNote final : public GeneratedFile {
public:
    static constexpr std::uint64_t first_place = 0x20000;
    ProcDescriptorNote(ProcVolume& of, Task& task, std::int32_t fd);
    Result<> render(Text& text) override;

private:
    std::int32_t const tid_, fd_;
};

/// /proc/PID/fdinfo.
class ProcDescriptorNotes final : public GeneratedFolder {
public:
    static constexpr std::uint64_t place = 9;
    ProcDescriptorNotes(ProcVolume& of, Task& task);
    Result<Ref<Entry>> lookup(Entry& here, std::string_view name, Actor const& actor) override;
    Result<> list(Entry& here, std::uint64_t position, Listing& listing) override;

private:
    std::int32_t const tid_;
};

} // namespace personality
