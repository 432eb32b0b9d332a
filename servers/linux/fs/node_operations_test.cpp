#include <servers/linux/fs/node_operations.hpp>

#include <servers/linux/fs/testing/tree.hpp>

namespace personality::testing {

using Nodes = Tree;

TEST_F(Nodes, MakesFoldersOnce) {
    EXPECT_EQ(mkdir("/a"), 0);
    EXPECT_EQ(mkdir("/a"), 17); // EEXIST
    EXPECT_EQ(mkdir("/a/"), 17);
    EXPECT_EQ(mkdir("/a/."), 17);
    EXPECT_EQ(mkdir("/a/.."), 17);
    EXPECT_EQ(mkdir("/"), 17);
    EXPECT_EQ(mkdir("/b/"), 0); // a slash may follow what becomes a folder
    EXPECT_EQ(touch("/c/"), 2); // but not what becomes a file
    EXPECT_EQ(mkdir("/none/x"), 2);
    ASSERT_EQ(symlink("nowhere", "/dangling"), 0);
    EXPECT_EQ(mkdir("/dangling"), 17);
    EXPECT_EQ(touch("/dangling"), 17);
}

TEST_F(Nodes, CountsLinks) {
    ASSERT_EQ(mkdir("/a"), 0);
    EXPECT_EQ(attributes("/a").links, 2u);
    ASSERT_EQ(mkdir("/a/b"), 0);
    EXPECT_EQ(attributes("/a").links, 3u);
    ASSERT_EQ(touch("/a/f"), 0);
    EXPECT_EQ(attributes("/a").links, 3u);
    ASSERT_EQ(link("/a/f", "/g"), 0);
    EXPECT_EQ(attributes("/g").links, 2u);
    EXPECT_EQ(find("/g")->inode().number, find("/a/f")->inode().number);
    ASSERT_EQ(unlink("/a/f"), 0);
    EXPECT_EQ(attributes("/g").links, 1u);
    ASSERT_EQ(rmdir("/a/b"), 0);
    EXPECT_EQ(attributes("/a").links, 2u);
}

TEST_F(Nodes, RemovesWithTheErrorsOfLinux) {
    ASSERT_EQ(mkdir("/a"), 0);
    ASSERT_EQ(touch("/a/f"), 0);
    ASSERT_EQ(symlink("/a", "/s"), 0);
    EXPECT_EQ(unlink("/a"), 21);    // EISDIR
    EXPECT_EQ(unlink("/a/f/"), 20); // ENOTDIR
    EXPECT_EQ(unlink("/a/"), 21);
    EXPECT_EQ(unlink("/none"), 2);
    EXPECT_EQ(unlink("/a/."), 21);
    EXPECT_EQ(rmdir("/a"), 39); // ENOTEMPTY
    EXPECT_EQ(rmdir("/a/f"), 20);
    EXPECT_EQ(rmdir("/a/."), 22); // EINVAL
    EXPECT_EQ(rmdir("/a/.."), 39);
    EXPECT_EQ(rmdir("/"), 16); // EBUSY
    EXPECT_EQ(rmdir("/s"), 20);
    EXPECT_EQ(rmdir("/s/"), 20);
    EXPECT_EQ(unlink("/s/"), 20);
    EXPECT_EQ(unlink("/s"), 0);
    EXPECT_EQ(unlink("/a/f"), 0);
    EXPECT_EQ(rmdir("/a/"), 0);
}

TEST_F(Nodes, AllowsNothingNewInARemovedFolder) {
    ASSERT_EQ(mkdir("/a"), 0);
    context->working = *find("/a");
    ASSERT_EQ(rmdir("/a"), 0);
    EXPECT_EQ(touch("x"), 2);
    EXPECT_EQ(mkdir("x"), 2);
    EXPECT_EQ(path_of(".."), "/");
    EXPECT_EQ(list("."), std::set<std::string>{});
}

TEST_F(Nodes, KeepsAStickyFolder) {
    become(1);
    EXPECT_EQ(touch("/tmp/mine"), 0);
    become(2);
    EXPECT_EQ(unlink("/tmp/mine"), 1); // EPERM
    EXPECT_EQ(rename("/tmp/mine", "/tmp/yours"), 1);
    EXPECT_EQ(touch("/tmp/theirs"), 0);
    EXPECT_EQ(rename("/tmp/theirs", "/tmp/mine"), 1);
    EXPECT_EQ(touch("/file"), 13); // EACCES: the root is not theirs
    become(1);
    EXPECT_EQ(unlink("/tmp/mine"), 0);
    become_root();
    EXPECT_EQ(unlink("/tmp/theirs"), 0);
}

TEST_F(Nodes, InheritsTheGroupOfASetGroupFolder) {
    ASSERT_EQ(mkdir("/g", 02777), 0);
    ASSERT_TRUE(find("/g")->inode().change({.group = 7}));
    become(5);
    ASSERT_EQ(mkdir("/g/sub"), 0);
    ASSERT_EQ(touch("/g/file"), 0);
    EXPECT_EQ(attributes("/g/sub").group, 7u);
    EXPECT_EQ(attributes("/g/sub").permissions, 02755);
    EXPECT_EQ(attributes("/g/file").group, 7u);
    EXPECT_EQ(attributes("/g/file").permissions, 0644);
    EXPECT_EQ(attributes("/g/file").user, 5u);
}

TEST_F(Nodes, ChangesBitsAndOwnersByTheRules) {
    ASSERT_EQ(touch("/f", 06755), 0);
    auto const file = *find("/f");
    become(5);
    EXPECT_EQ(error_of(change_permissions(file, 0777, actor)), 1);
    EXPECT_EQ(error_of(change_owner(file, 5, unchanged, actor)), 1);
    become_root();
    EXPECT_EQ(error_of(change_owner(file, 5, 9, actor)), 0);
    EXPECT_EQ(attributes("/f").permissions, 0755); // set-id bits are gone
    become(5);
    EXPECT_EQ(error_of(change_permissions(file, 02755, actor)), 0);
    EXPECT_EQ(attributes("/f").permissions, 0755); // not a member of group 9
    EXPECT_EQ(error_of(change_owner(file, unchanged, 5, actor)), 0);
    EXPECT_EQ(error_of(change_owner(file, unchanged, 8, actor)), 1);
    EXPECT_EQ(error_of(change_permissions(file, 02755, actor)), 0);
    EXPECT_EQ(attributes("/f").permissions, 02755);
    EXPECT_EQ(error_of(change_owner(file, 5, unchanged, actor)), 0);
    EXPECT_EQ(error_of(change_owner(file, 6, unchanged, actor)), 1);
}

// ---- rename ----

TEST_F(Nodes, RenamesOverWhatIsAlike) {
    ASSERT_EQ(mkdir("/d"), 0);
    ASSERT_EQ(mkdir("/empty"), 0);
    ASSERT_EQ(mkdir("/full"), 0);
    ASSERT_EQ(touch("/full/x"), 0);
    ASSERT_EQ(touch("/f"), 0);
    ASSERT_EQ(touch("/g"), 0);
    EXPECT_EQ(rename("/f", "/d"), 21);    // EISDIR
    EXPECT_EQ(rename("/d", "/f"), 20);    // ENOTDIR
    EXPECT_EQ(rename("/d", "/full"), 39); // ENOTEMPTY
    auto const inode = find("/f")->inode().number;
    EXPECT_EQ(rename("/f", "/g"), 0);
    EXPECT_EQ(error_at("/f"), 2);
    EXPECT_EQ(find("/g")->inode().number, inode);
    EXPECT_EQ(rename("/full", "/empty"), 0);
    EXPECT_EQ(error_at("/empty/x"), 0);
    EXPECT_EQ(rename("/none", "/x"), 2);
    EXPECT_EQ(rename("/g", "/none/x"), 2);
    EXPECT_EQ(rename("/g", "/g2/"), 20); // a file does not become a folder
    EXPECT_EQ(rename("/g/", "/g2"), 20);
    EXPECT_EQ(rename("/empty/", "/moved/"), 0);
}

TEST_F(Nodes, RenamesNoFolderIntoItself) {
    ASSERT_EQ(mkdir("/a"), 0);
    ASSERT_EQ(mkdir("/a/b"), 0);
    ASSERT_EQ(mkdir("/a/b/c"), 0);
    EXPECT_EQ(rename("/a", "/a/b/x"), 22); // EINVAL
    EXPECT_EQ(rename("/a", "/a/x"), 22);
    EXPECT_EQ(rename("/a/b/c", "/a"), 39); // ENOTEMPTY
    EXPECT_EQ(rename("/a", "/a"), 0);
    EXPECT_EQ(rename("/a/.", "/x"), 16); // EBUSY
    EXPECT_EQ(rename("/a/..", "/x"), 16);
    EXPECT_EQ(rename("/", "/x"), 16);
    EXPECT_EQ(rename("/a", "/"), 16);
}

TEST_F(Nodes, RenamesTwoNamesOfOneFileToNothingNew) {
    ASSERT_EQ(touch("/f"), 0);
    ASSERT_EQ(link("/f", "/g"), 0);
    EXPECT_EQ(rename("/f", "/g"), 0);
    EXPECT_EQ(error_at("/f"), 0);
    EXPECT_EQ(error_at("/g"), 0);
}

TEST_F(Nodes, MovesFoldersWithTheirLinkCounts) {
    ASSERT_EQ(mkdir("/a"), 0);
    ASSERT_EQ(mkdir("/b"), 0);
    ASSERT_EQ(mkdir("/a/x"), 0);
    ASSERT_EQ(touch("/a/x/f"), 0);
    EXPECT_EQ(rename("/a/x", "/b/y"), 0);
    EXPECT_EQ(attributes("/a").links, 2u);
    EXPECT_EQ(attributes("/b").links, 3u);
    EXPECT_EQ(path_of("/b/y/f"), "/b/y/f");
    EXPECT_EQ(path_of("/b/y/.."), "/b");
}

TEST_F(Nodes, RenamesWithFlags) {
    ASSERT_EQ(mkdir("/d"), 0);
    ASSERT_EQ(touch("/d/in"), 0);
    ASSERT_EQ(touch("/f"), 0);
    EXPECT_EQ(rename("/f", "/d", rename_flag::no_replace), 17);
    EXPECT_EQ(rename("/f", "/none", rename_flag::exchange), 2);
    EXPECT_EQ(rename("/f", "/d", rename_flag::exchange), 0);
    EXPECT_EQ(error_at("/f/in"), 0);
    EXPECT_EQ(attributes("/d").type, FileType::regular);
    EXPECT_EQ(rename("/f", "/f/in", rename_flag::exchange), 22);
    EXPECT_EQ(rename("/d", "/e", rename_flag::no_replace), 0);
}

TEST_F(Nodes, NeedsTheRightToWriteBothFolders) {
    ASSERT_EQ(mkdir("/mine", 0777), 0);
    ASSERT_EQ(mkdir("/theirs", 0755), 0);
    ASSERT_EQ(mkdir("/mine/sub", 0555), 0);
    ASSERT_EQ(touch("/mine/f"), 0);
    become(3);
    EXPECT_EQ(rename("/mine/f", "/theirs/f"), 13);
    EXPECT_EQ(rename("/mine/f", "/mine/g"), 0);
    ASSERT_EQ(mkdir("/mine/to"), 0);
    EXPECT_EQ(rename("/mine/sub", "/mine/to/sub"), 13); // its `..` would be written
    EXPECT_EQ(rename("/mine/sub", "/mine/sub2"), 0);
    EXPECT_EQ(link("/mine/g", "/theirs/g"), 13);
}

TEST_F(Nodes, LinksNoFolders) {
    ASSERT_EQ(mkdir("/d"), 0);
    ASSERT_EQ(touch("/f"), 0);
    ASSERT_EQ(symlink("f", "/s"), 0);
    EXPECT_EQ(link("/d", "/e"), 1);
    EXPECT_EQ(link("/f", "/d"), 17);
    EXPECT_EQ(link("/f", "/g/"), 2);
    EXPECT_EQ(link("/s", "/t"), 0); // the link itself
    EXPECT_EQ(attributes("/t", false).type, FileType::symlink);
    EXPECT_EQ(attributes("/s", false).links, 2u);
}

TEST_F(Nodes, ListsStablyWhileEntriesGo) {
    ASSERT_EQ(mkdir("/d"), 0);
    for (int i = 0; i < 500; i++) ASSERT_EQ(touch("/d/" + std::to_string(i)), 0);
    EXPECT_EQ(list("/d").size(), 502u);
    // As rm -r does: some entries read, those removed, more read.
    struct Few final : Listing {
        std::vector<std::string> names;
        std::uint64_t next = 0;
        bool add(std::string_view name, std::uint64_t, FileType, std::uint64_t position) override {
            if (names.size() == 7) return false;
            names.emplace_back(name);
            next = position;
            return true;
        }
    };
    auto const file = *open("/d", open_flag::folder);
    std::set<std::string> seen;
    while (true) {
        Few few;
        ASSERT_TRUE(file->list(few));
        if (few.names.empty()) break;
        file->position = few.next;
        for (auto const& name : few.names) {
            EXPECT_TRUE(seen.insert(name).second);
            if (name != "." && name != "..") EXPECT_EQ(unlink("/d/" + name), 0);
        }
    }
    EXPECT_EQ(seen.size(), 502u);
    EXPECT_EQ(rmdir("/d"), 0);
}

TEST_F(Nodes, TellsTimes) {
    ASSERT_EQ(mkdir("/d"), 0);
    auto const before = attributes("/d");
    world.clock.pass_seconds(5);
    ASSERT_EQ(touch("/d/f"), 0);
    EXPECT_EQ(attributes("/d").modified.seconds, before.modified.seconds + 5);
    world.clock.pass_seconds(5);
    ASSERT_EQ(link("/d/f", "/d/g"), 0);
    EXPECT_EQ(attributes("/d/f").changed.seconds, before.modified.seconds + 10);
    EXPECT_EQ(attributes("/d/f").modified.seconds, before.modified.seconds + 5);
    EXPECT_EQ(attributes("/d").born, before.born);
}

} // namespace personality::testing
