#pragma once
// A file tree for host tests, with operations by path as a program would do them, for anybody.

#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/node_operations.hpp>
#include <servers/linux/fs/opening.hpp>
#include <servers/linux/fs/testing/environment.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace personality::testing {

constexpr int fine = 0;

template <class T> int error_of(Result<T> const& result) {
    return result ? fine : static_cast<int>(result.error());
}

class Tree : public ::testing::Test {
protected:
    TestEnvironment world{32 * 1024};
    FileSystem files{world.environment};
    Ref<FileContext> context;
    Actor actor;

    void SetUp() override {
        ASSERT_TRUE(files.start());
        context = *files.first_context();
    }
    void TearDown() override { context = nullptr; }

    /// Become an ordinary user.
    void become(std::uint32_t user) { actor = {.user = user, .group = user, .capabilities = 0}; }
    void become_root() { actor = {}; }

    Result<Location> find(std::string_view path, bool follow = true) {
        PathWalk walk(files.mounts, *context, actor);
        return walk.find(context->working, path, follow);
    }
    template <class Use> int with_slot(std::string_view path, Use&& use) {
        PathWalk walk(files.mounts, *context, actor);
        auto const slot = walk.find_slot(context->working, path);
        return slot ? error_of(use(*slot)) : error_of(slot);
    }
    int create(std::string_view path, NewNode const& node) {
        return with_slot(path, [&](Slot const& slot) { return create_node(slot, node, actor); });
    }
    int mkdir(std::string_view path, std::uint16_t permissions = 0755) {
        return create(path, {.type = FileType::folder, .permissions = permissions});
    }
    int touch(std::string_view path, std::uint16_t permissions = 0644) {
        return create(path, {.permissions = permissions});
    }
    int symlink(std::string_view target, std::string_view path) {
        return create(path, {.type = FileType::symlink, .permissions = 0777, .target = target});
    }
    int unlink(std::string_view path) {
        return with_slot(path, [&](Slot const& slot) { return remove_node(slot, actor); });
    }
    int rmdir(std::string_view path) {
        return with_slot(path, [&](Slot const& slot) { return remove_folder(slot, actor); });
    }
    int link(std::string_view from, std::string_view to) {
        auto const node = find(from, false);
        if (!node) return error_of(node);
        return with_slot(to, [&](Slot const& slot) { return link_node(*node, slot, actor); });
    }
    int rename(std::string_view from, std::string_view to, std::uint32_t flags = 0) {
        PathWalk from_walk(files.mounts, *context, actor), to_walk(files.mounts, *context, actor);
        auto const from_slot = from_walk.find_slot(context->working, from);
        if (!from_slot) return error_of(from_slot);
        auto const to_slot = to_walk.find_slot(context->working, to);
        if (!to_slot) return error_of(to_slot);
        return error_of(rename_node(*from_slot, *to_slot, flags, actor));
    }
    Result<Ref<File>> open(std::string_view path, std::uint32_t flags,
                           std::uint16_t permissions = 0644) {
        PathWalk walk(files.mounts, *context, actor);
        return open_path(walk, context->working, path, {flags, permissions}, actor, nullptr);
    }
    int open_error(std::string_view path, std::uint32_t flags, std::uint16_t permissions = 0644) {
        return error_of(open(path, flags, permissions));
    }
    int error_at(std::string_view path, bool follow = true) { return error_of(find(path, follow)); }
    Attributes attributes(std::string_view path, bool follow = true) {
        auto const at = find(path, follow);
        return at ? at->inode().attributes() : Attributes{.type = FileType::unknown};
    }
    std::string path_of(std::string_view path, bool follow = true) {
        std::array<char, longest_path> text;
        auto const at = find(path, follow);
        auto const found = at ? personality::path_of(*at, context->root, text)
                              : Result<std::string_view>(fail(at.error()));
        return found ? std::string(*found) : "error " + std::to_string(error_of(found));
    }
    std::set<std::string> list(std::string_view path) {
        struct Names final : Listing {
            std::set<std::string> names;
            bool add(std::string_view name, std::uint64_t, FileType, std::uint64_t) override {
                names.emplace(name);
                return true;
            }
        } names;
        auto const file = open(path, open_flag::folder);
        if (file) static_cast<void>((*file)->list(names));
        return names.names;
    }
};

} // namespace personality::testing
