#include <servers/linux/fs/svc/svc_log.hpp>

#include <servers/linux/fs/file.hpp>

#include <algorithm>
#include <array>

namespace personality {

namespace {

class SvcLogFile final : public File {
public:
    SvcLogFile(Location at, std::uint32_t open_flags)
        : File(std::move(at), open_flags), start_(log().reader().begin()) {}

    bool seekable() const override { return true; }

    Outcome read_at(Call&, UserBuffer& to, std::uint64_t offset) override {
        auto const reader = log().reader();
        auto at = start_ + offset;
        while (to.remaining() != 0) {
            std::array<char, 512> memory;
            auto const piece =
                reader.read(at, std::span(memory).first(std::min(memory.size(), to.remaining())));
            if (piece.bytes == 0) break;
            auto const moved =
                TRY(to.copy_out(std::as_bytes(std::span<char const>(memory).first(piece.bytes))));
            // What was overwritten is skipped, and the file's positions with it.
            start_ += piece.position - at;
            at = piece.position + moved;
            if (moved < piece.bytes) break;
        }
        return to.moved();
    }
    Outcome write_at(Call&, UserBuffer&, std::uint64_t) override { return Errno::io; }

    Result<std::uint64_t> seek(std::int64_t offset, Seek whence) override {
        if (whence == Seek::current) offset += static_cast<std::int64_t>(position);
        if (whence == Seek::end) offset += static_cast<std::int64_t>(log().reader().end() - start_);
        if (whence > Seek::end || offset < 0) return fail(Errno::inval);
        return position = static_cast<std::uint64_t>(offset);
    }

private:
    std::uint64_t start_;

    SvcLog& log() const { return static_cast<SvcLog&>(inode()); }
};

} // namespace

Attributes SvcLog::attributes() const {
    auto attributes = GeneratedNode::attributes();
    attributes.size = reader().end() - reader().begin();
    return attributes;
}

Result<Ref<File>> SvcLog::open(OpenRequest const& request) {
    auto file = make<SvcLogFile>(request.at, request.flags);
    if (!file) return fail(Errno::nomem);
    return file;
}

} // namespace personality
