#include <tools/image/archive.hpp>
#include <tools/image/file_tree.hpp>
#include <tools/image/first_program.hpp>
#include <tools/image/host.hpp>
#include <tools/image/list.hpp>
#include <tools/image/symbols.hpp>

#include <formats/boot_archive.hpp>
#include <protocols/symbol_table.hpp>

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace image;
namespace fs = std::filesystem;

namespace {

/// A folder of the host that goes with the test.
struct Scratch {
    fs::path path;
    Scratch() {
        std::string name = fs::temp_directory_path() / "skerry-image-XXXXXX";
        path = ::mkdtemp(name.data());
    }
    ~Scratch() { fs::remove_all(path); }
    fs::path file(std::string const& name, std::string const& text) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name) << text;
        return path / name;
    }
};

std::string written(Archive const& archive) {
    std::ostringstream out;
    archive.write(out);
    return out.str();
}

/// Every node as one line, in the archive's order.
std::string listing(std::string const& bytes) {
    auto const archive = boot_archive::Archive::open(std::as_bytes(std::span(bytes)));
    if (!archive) return std::string(boot_archive::explain(archive.error()));
    std::ostringstream out;
    for (std::size_t i = 0; i < archive->size(); i++) {
        auto const node = (*archive)[i];
        out << static_cast<unsigned>(node.type) << ' ' << node.name << ' ' << std::oct << node.mode
            << std::dec << ' ' << node.text() << '\n';
    }
    return out.str();
}

std::string complaint(auto action) {
    try {
        action();
        return "none";
    } catch (std::runtime_error const& error) {
        return error.what();
    }
}

} // namespace

TEST(Image, WhatIsWrittenIsRead) {
    Scratch const host;
    Archive archive;
    add_file(archive, "/a/b/c", host.file("c", "hello"), 0640);
    add_symlink(archive, "/a/link", "b/c");
    add_hard_link(archive, "/a/again", "/a/b/c");
    add_folder(archive, "/tmp", 01777);
    add_device(archive, "/dev/null", 'c', 1, 3, 0666);
    // Folders that nobody named are made by who reads it, or are there already.
    EXPECT_EQ(listing(written(archive)), "16 /a/b/c 640 hello\n"
                                         "18 /a/link 777 b/c\n"
                                         "20 /dev/null 666 \n"
                                         "17 /tmp 1777 \n"
                                         "19 /a/again 0 /a/b/c\n");
}

TEST(Image, AnEmptyArchiveIsOne) { EXPECT_EQ(listing(written(Archive{})), ""); }

TEST(Image, ATreeKeepsModesAndLinks) {
    Scratch const host;
    auto const file = host.file("tree/sub/file", "x");
    fs::permissions(file, fs::perms{0751});
    fs::permissions(host.path / "tree/sub", fs::perms{0700});
    fs::create_hard_link(file, host.path / "tree/sub/twin");
    fs::create_symlink("nowhere", host.path / "tree/dangling");
    Archive archive;
    add_tree(archive, "/opt", host.path / "tree");
    auto const text = listing(written(archive));
    EXPECT_NE(text.find("17 /opt/sub 700"), text.npos) << text;
    EXPECT_NE(text.find("16 /opt/sub/"), text.npos) << text;
    EXPECT_NE(text.find(" 751 x"), text.npos) << text;
    EXPECT_NE(text.find("19 /opt/sub/"), text.npos) << text;
    EXPECT_NE(text.find("18 /opt/dangling 777 nowhere"), text.npos) << text;
}

TEST(Image, ALaterFileReplacesAnEarlier) {
    Scratch const host;
    Archive archive;
    add_file(archive, "/x", host.file("1", "one"), 0644);
    add_file(archive, "/x", host.file("2", "two"), 0600);
    EXPECT_EQ(listing(written(archive)), "16 /x 600 two\n");
}

TEST(Image, LinksToFoldersAreFollowed) {
    Scratch const host;
    auto const file = host.file("f", "x");
    Archive archive;
    add_folder(archive, "/usr/bin", 0755);
    add_symlink(archive, "/bin", "usr/bin");
    add_file(archive, "/bin/f", file, 0644);
    add_folder(archive, "/bin", 0700); // the link stays
    add_hard_link(archive, "/g", "/bin/f");
    EXPECT_EQ(listing(written(archive)),
              "18 /bin 777 usr/bin\n17 /usr/bin 755 \n16 /usr/bin/f 644 x\n19 /g 0 /bin/f\n");
    add_symlink(archive, "/ring", "/ring");
    EXPECT_NE(complaint([&] { add_file(archive, "/ring/f", file); }), "none");
}

TEST(Image, WhatCannotBeIsRefused) {
    Scratch const host;
    auto const file = host.file("f", "x");
    Archive archive;
    add_file(archive, "/f", file);
    EXPECT_NE(complaint([&] { add_file(archive, "/f/g", file); }), "none");
    EXPECT_NE(complaint([&] { add_file(archive, "relative", file); }), "none");
    EXPECT_NE(complaint([&] { add_file(archive, "/a/../b", file); }), "none");
    EXPECT_NE(complaint([&] { add_file(archive, "/g", host.path); }), "none");
    EXPECT_NE(complaint([&] { add_file(archive, "/g", host.path / "absent"); }), "none");
    EXPECT_NE(complaint([&] { permission_bits("8"); }), "none");
    EXPECT_NE(complaint([&] { permission_bits("17777"); }), "none");
    add_hard_link(archive, "/h", "/absent");
    EXPECT_NE(complaint([&] { written(archive); }), "none");
}

TEST(Image, AListSpeaksOfItsLines) {
    Scratch const host;
    host.file("payload", "text");
    auto const list = host.file("a.list", "# comment\n\nfolder /tmp 1777\nfile /p 0644 payload\n");
    Archive archive;
    add_list(archive, list);
    EXPECT_EQ(listing(written(archive)), "16 /p 644 text\n17 /tmp 1777 \n");

    auto const wrong = host.file("b.list", "folder /a 0755\nfoldre /b 0755\n");
    EXPECT_EQ(complaint([&] { add_list(archive, wrong); }),
              wrong.string() + ":2: unknown word 'foldre'");
    auto const short_line = host.file("c.list", "folder /a\n");
    EXPECT_EQ(complaint([&] { add_list(archive, short_line); }),
              short_line.string() + ":1: expected: folder PATH MODE");
}

TEST(Image, TheDefaultTreeHasAShell) {
    if (!fs::exists("/bin/busybox")) GTEST_SKIP() << "no busybox on this machine";
    Archive archive;
    add_list(archive, "tools/image/default.list");
    auto const text = listing(written(archive));
    EXPECT_NE(text.find("18 /usr/bin/sh 777 /usr/bin/busybox\n"), text.npos);
    EXPECT_NE(text.find("16 /usr/bin/busybox 755 "), text.npos);
    EXPECT_NE(text.find("17 /tmp 1777 "), text.npos);
}

TEST(Image, FileDataBeginsOnPages) {
    Scratch const host;
    Archive archive;
    add_file(archive, "/a", host.file("a", std::string(5000, 'a')), 0644);
    add_file(archive, "/b", host.file("b", "b"), 0644);
    auto const bytes = written(archive);
    auto const read = boot_archive::Archive::open(std::as_bytes(std::span(bytes)));
    ASSERT_TRUE(read);
    EXPECT_EQ((*read)[0].offset % 4096, 0u);
    EXPECT_EQ((*read)[1].offset % 4096, 0u);
}

TEST(Image, TheSystemAndTheFilesAreArchivesOfTheirOwn) {
    Scratch const host;
    Archive archive;
    add_file(archive, "/a", host.file("a", "a"), 0644);
    archive.add_part(Type::program, "uart", {.type = Type::program, .content = "ELF"});
    archive.set_init(0x200000, {{0x200000, 5, std::string(8192, 'i')}});
    auto const bytes = written(archive);
    auto const module = std::as_bytes(std::span(bytes));
    auto const system = boot_archive::Archive::open(module);
    ASSERT_TRUE(system);
    EXPECT_EQ(system->header().init_entry, 0x200000u);
    EXPECT_EQ(bytes[system->header().init[0].offset + 8191], 'i');
    EXPECT_TRUE(system->find(Type::program, "uart"));
    EXPECT_FALSE(system->find(Type::file, "/a"));

    auto const files = boot_archive::Archive::open(boot_archive::tail(module, *system));
    ASSERT_TRUE(files);
    EXPECT_EQ(files->size(), 1u);
    EXPECT_EQ(files->header().init_entry, 0u);
}

TEST(Image, SymbolsOfThisVeryProgram) {
    auto const table = symbol_table(read_host_file("/proc/self/exe"));
    protocols::SymbolTable const symbols(std::as_bytes(std::span(table)));
    bool found = false;
    for (std::uint64_t address = 0; address < 0x4000000 && !found; address += 16) {
        auto const place = symbols.find(address);
        found = place && place->name == "image::permission_bits";
    }
    EXPECT_TRUE(found);
}
