#include <servers/linux/fs/path.hpp>

#include <servers/linux/fs/testing/tree.hpp>

namespace personality::testing {

using Path = Tree;

TEST_F(Path, BeginsAtTheRootOrWhereOneStands) {
    ASSERT_EQ(mkdir("/a"), 0);
    ASSERT_EQ(mkdir("/a/b"), 0);
    context->working = *find("/a");
    EXPECT_EQ(path_of("b"), "/a/b");
    EXPECT_EQ(path_of("/a"), "/a");
    EXPECT_EQ(path_of("."), "/a");
    EXPECT_EQ(path_of(".."), "/");
    EXPECT_EQ(path_of("../../../.."), "/");
    EXPECT_EQ(path_of("//a///b//"), "/a/b");
    EXPECT_EQ(path_of("./b/../../a/./b"), "/a/b");
}

TEST_F(Path, WantsFoldersOnTheWay) {
    ASSERT_EQ(touch("/file"), 0);
    EXPECT_EQ(error_at("/file/x"), 20); // ENOTDIR
    EXPECT_EQ(error_at("/file/"), 20);
    EXPECT_EQ(error_at("/file/."), 20);
    EXPECT_EQ(error_at("/file/.."), 20);
    EXPECT_EQ(error_at("/none"), 2); // ENOENT
    EXPECT_EQ(error_at("/none/"), 2);
    EXPECT_EQ(error_at("/none/x"), 2);
    EXPECT_EQ(error_at(""), 2);
}

TEST_F(Path, LimitsNames) {
    EXPECT_EQ(error_at(std::string(255, 'x')), 2);
    EXPECT_EQ(error_at(std::string(256, 'x')), 36); // ENAMETOOLONG
    EXPECT_EQ(touch("/" + std::string(255, 'x')), 0);
    EXPECT_EQ(touch("/" + std::string(256, 'x')), 36);
}

TEST_F(Path, FollowsSymbolicLinks) {
    ASSERT_EQ(mkdir("/a"), 0);
    ASSERT_EQ(touch("/a/file"), 0);
    ASSERT_EQ(symlink("file", "/a/near"), 0);
    ASSERT_EQ(symlink("/a/file", "/far"), 0);
    ASSERT_EQ(symlink("a", "/folder"), 0);
    ASSERT_EQ(symlink("folder/../far", "/chain"), 0);
    EXPECT_EQ(path_of("/a/near"), "/a/file");
    EXPECT_EQ(path_of("/far"), "/a/file");
    EXPECT_EQ(path_of("/folder/near"), "/a/file");
    EXPECT_EQ(path_of("/chain"), "/a/file");
    EXPECT_EQ(path_of("/chain", false), "/chain");
    EXPECT_EQ(path_of("/folder", false), "/folder");
    EXPECT_EQ(path_of("/folder/", false), "/a"); // lstat("folder/") looks at the folder
    EXPECT_EQ(error_at("/far/"), 20);
    EXPECT_EQ(error_at("/far/", false), 20);
}

TEST_F(Path, FollowsFortyLinksAndNoMore) {
    ASSERT_EQ(touch("/l0"), 0);
    for (int i = 1; i <= 41; i++)
        ASSERT_EQ(symlink("l" + std::to_string(i - 1), "/l" + std::to_string(i)), 0);
    EXPECT_EQ(error_at("/l40"), 0);
    EXPECT_EQ(error_at("/l41"), 40); // ELOOP
    ASSERT_EQ(symlink("loop", "/loop"), 0);
    EXPECT_EQ(error_at("/loop"), 40);
    EXPECT_EQ(error_at("/loop/x"), 40);
    EXPECT_EQ(error_at("/loop", false), 0);
}

TEST_F(Path, JoinsLongTargetsWithLongRests) {
    std::string deep = "/";
    for (int i = 0; i < 15; i++) {
        deep += std::string(250, static_cast<char>('a' + i));
        ASSERT_EQ(mkdir(deep), 0);
        deep += '/';
    }
    ASSERT_EQ(symlink(deep, "/s"), 0);
    ASSERT_EQ(symlink(deep + "../../", "/t"), 0);
    EXPECT_EQ(error_at("/s"), 0);
    auto const down = std::string(250, 'n') + "/" + std::string(250, 'o');
    EXPECT_EQ(error_at("/t/" + down + "/../../" + down), 0);
    EXPECT_EQ(error_at("/s/../" + std::string(250, 'o') + "/x"), 2);
}

TEST_F(Path, StopsAtAChangedRoot) {
    ASSERT_EQ(mkdir("/jail"), 0);
    ASSERT_EQ(mkdir("/jail/x"), 0);
    ASSERT_EQ(symlink("/x", "/jail/out"), 0);
    context->root = context->working = *find("/jail");
    EXPECT_EQ(path_of("/.."), "/");
    EXPECT_EQ(path_of("/../../x"), "/x");
    EXPECT_EQ(path_of("out"), "/x");
    EXPECT_EQ(error_at("/jail"), 2);
}

TEST_F(Path, AsksForTheRightToSearch) {
    ASSERT_EQ(mkdir("/shut", 0600), 0);
    ASSERT_EQ(mkdir("/shut/in", 0777), 0);
    ASSERT_EQ(mkdir("/pass", 0711), 0);
    ASSERT_EQ(touch("/pass/file"), 0);
    become(1000);
    EXPECT_EQ(error_at("/shut"), 0);
    EXPECT_EQ(error_at("/shut/in"), 13); // EACCES
    EXPECT_EQ(error_at("/shut/none"), 13);
    EXPECT_EQ(error_at("/shut/."), 13);
    EXPECT_EQ(error_at("/pass/file"), 0);
    EXPECT_EQ(open_error("/pass", open_flag::folder), 13);
}

TEST_F(Path, CrossesMountsBothWays) {
    auto const volume = make<RamVolume>(world.environment, files.memory, files.devices,
                                        files.next_minor(), "tmpfs", std::uint64_t{100});
    ASSERT_EQ(mkdir("/mnt"), 0);
    ASSERT_EQ(touch("/mnt/hidden"), 0);
    auto const mount = files.mount(*volume->make_root(0755), "/mnt", "tmpfs");
    ASSERT_TRUE(mount);
    EXPECT_EQ(error_at("/mnt/hidden"), 2);
    ASSERT_EQ(mkdir("/mnt/a"), 0);
    EXPECT_EQ(path_of("/mnt/a/.."), "/mnt");
    EXPECT_EQ(path_of("/mnt/a/../.."), "/");
    EXPECT_EQ(path_of("/mnt/a"), "/mnt/a");
    EXPECT_NE(find("/mnt")->inode().volume.device, find("/")->inode().volume.device);
    ASSERT_EQ(touch("/file"), 0);
    EXPECT_EQ(rename("/file", "/mnt/file"), 18); // EXDEV
    EXPECT_EQ(link("/file", "/mnt/file"), 18);
    EXPECT_EQ(rmdir("/mnt"), 16); // EBUSY
    EXPECT_EQ(rename("/mnt", "/other"), 16);
    ASSERT_EQ(rmdir("/mnt/a"), 0);
    ASSERT_TRUE(files.mounts.unmount(**mount));
    EXPECT_EQ(error_at("/mnt/hidden"), 0);
}

TEST_F(Path, TellsThePathOfWhatWasMovedAndRemoved) {
    ASSERT_EQ(mkdir("/a"), 0);
    ASSERT_EQ(mkdir("/a/b"), 0);
    auto const here = *find("/a/b");
    std::array<char, 64> text;
    ASSERT_EQ(rename("/a", "/c"), 0);
    EXPECT_EQ(*personality::path_of(here, context->root, text), "/c/b");
    ASSERT_EQ(rmdir("/c/b"), 0);
    EXPECT_EQ(*personality::path_of(here, context->root, text), "/c/b (deleted)");
    std::array<char, 5> small;
    EXPECT_EQ(error_of(personality::path_of(here, context->root, small)), 34); // ERANGE
    auto const pipe = *files.make_pipe(0);
    EXPECT_TRUE(
        personality::path_of(pipe.reader->location, context->root, text)->starts_with("pipe:["));
}

TEST_F(Path, EndsAChainOfRemovedFoldersWithoutRecursion) {
    constexpr int depth = 100'000;
    auto const volume = make<RamVolume>(world.environment, files.memory, files.devices,
                                        files.next_minor(), "tmpfs", std::uint64_t{2 * depth});
    ASSERT_TRUE(files.mount(*volume->make_root(0755), "/mnt", "tmpfs"));
    ASSERT_EQ(mkdir("/mnt/d"), 0);
    context->working = *find("/mnt/d");
    for (int i = 0; i < depth; i++) {
        ASSERT_EQ(mkdir("d"), 0);
        context->working = *find("d");
    }
    auto deepest = context->working.entry;
    for (int i = 0; i < depth; i++) {
        context->working = *find("..");
        ASSERT_EQ(rmdir("d"), 0);
    }
    context->working = context->root;
    ASSERT_EQ(rmdir("/mnt/d"), 0);
    EXPECT_EQ(volume->nodes, 2u + depth); // held by one another
    deepest = nullptr;                    // the whole chain goes here
    EXPECT_EQ(volume->nodes, 1u);
}

} // namespace personality::testing
