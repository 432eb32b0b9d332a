#pragma once
// The devices of major number 1: /dev/null, zero, full, random, urandom.

#include <servers/linux/fs/file.hpp>

namespace personality {

class Random;

class MemoryDevice final : public File {
public:
    enum class Kind : std::uint32_t { null = 3, zero = 5, full = 7, random = 8, urandom = 9 };

    MemoryDevice(Location at, std::uint32_t open_flags, Kind kind, Random& random)
        : File(std::move(at), open_flags), kind_(kind), random_(random) {}

    /// ENXIO: no such minor number.
    static Result<Ref<File>> open(std::uint32_t minor, OpenRequest const& request, Random& random);

    /// As in Linux sendfile reads zeros, but not nothing; and random reads keep a progress of their
    /// own.
    bool positioned() const override { return kind_ == Kind::zero || kind_ == Kind::full; }
    Outcome read(Call& call, UserBuffer& to) override;
    Outcome write(Call& call, UserBuffer& from) override;
    Outcome read_at(Call& call, UserBuffer& to, std::uint64_t offset) override;
    Outcome write_at(Call& call, UserBuffer& from, std::uint64_t offset) override;
    Result<std::uint64_t> seek(std::int64_t, Seek) override { return 0; }
    Outcome ioctl(Call& call, std::uint32_t command, std::uint64_t argument) override;
    Result<Ref<PageSource>> pages() override;

private:
    Kind const kind_;
    Random& random_;

    Outcome read_random(Call& call, UserBuffer& to);
};

} // namespace personality
