#include <servers/linux/fs/generated/generated_text_file.hpp>

#include <servers/linux/fs/generated/text.hpp>

#include <algorithm>
#include <array>

namespace personality {

Result<> GeneratedTextFile::render() {
    text_ = FileContents::create(inode().volume.memory, inode().volume.environment.frames, quota_);
    if (!text_) return fail(Errno::nomem);
    Text text(*text_);
    auto const rendered = node().render(text);
    if (rendered && text.whole()) return {};
    text_ = nullptr;
    return fail(rendered ? Errno::nomem : rendered.error());
}

Outcome GeneratedTextFile::read_at(Call&, UserBuffer& to, std::uint64_t offset) {
    if (offset == 0 || !text_) TRY(render());
    while (to.remaining() != 0) {
        auto const piece = text_->view(offset, to.remaining());
        if (piece.empty()) break;
        auto const moved = TRY(to.copy_out(piece));
        if (moved == 0) break;
        offset += moved;
    }
    return to.moved();
}

Outcome GeneratedTextFile::write_at(Call& call, UserBuffer& from, std::uint64_t) {
    std::array<char, 256> memory;
    auto const bytes = from.remaining();
    if (bytes > memory.size()) return Errno::inval;
    auto const count = TRY(from.copy_in(std::as_writable_bytes(std::span(memory)).first(bytes)));
    if (count != bytes) return Errno::fault;
    std::string_view text(memory.data(), count);
    while (text.ends_with('\n') || text.ends_with('\0') || text.ends_with(' '))
        text.remove_suffix(1);
    auto const accepted = node().accept(call, text);
    return accepted.value() == 0 ? Outcome(bytes) : accepted;
}

Result<std::uint64_t> GeneratedTextFile::seek(std::int64_t offset, Seek whence) {
    if (whence == Seek::current) offset += static_cast<std::int64_t>(position);
    if (whence != Seek::set && whence != Seek::current) return fail(Errno::inval);
    if (offset < 0) return fail(Errno::inval);
    return position = static_cast<std::uint64_t>(offset);
}

} // namespace personality
