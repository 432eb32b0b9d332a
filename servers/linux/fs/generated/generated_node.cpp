#include <servers/linux/fs/generated/generated_node.hpp>

#include <servers/linux/fs/folder_file.hpp>
#include <servers/linux/fs/generated/generated_text_file.hpp>

namespace personality {

Attributes GeneratedNode::attributes() const {
    auto const now = volume.now();
    return {.type = type,
            .permissions = permissions_,
            .links = folder() ? 2U : 1U,
            .user = user_,
            .group = group_,
            .accessed = now,
            .modified = now,
            .changed = now,
            .born = now};
}

Result<Ref<File>> GeneratedFolder::open(OpenRequest const& request) {
    auto file = make<FolderFile>(request.at, request.flags);
    if (!file) return fail(Errno::nomem);
    return file;
}

Result<Ref<File>> GeneratedFile::open(OpenRequest const& request) {
    auto file = make<GeneratedTextFile>(request.at, request.flags);
    if (!file) return fail(Errno::nomem);
    return file;
}

Outcome GeneratedFile::accept(Call&, std::string_view) { return Errno::io; }

} // namespace personality
