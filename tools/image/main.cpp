// image: writes a boot archive. README.md explains every option.

#include <tools/image/archive.hpp>
#include <tools/image/file_tree.hpp>
#include <tools/image/first_program.hpp>
#include <tools/image/host.hpp>
#include <tools/image/list.hpp>
#include <tools/image/symbols.hpp>

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>

namespace {

using namespace image;
using Words = std::vector<std::string>;

/// What the command line asks for. Pieces of the file tree apply in the order: lists, folders,
/// trees, files, links, devices; so what is named more closely wins.
struct Request {
    std::string output, supervisor, manifest, base;
    Words programs, lists, folders, trees, files, links, hard_links, devices;
    bool symbols = false;
};

/// GUEST=HOST and its like.
std::pair<std::string, std::string> halves(std::string const& text, char separator) {
    auto const at = text.find(separator);
    if (at == text.npos || at == 0 || at + 1 == text.size())
        throw std::runtime_error("'" + text + "' lacks a '" + separator + "' between two words");
    return {text.substr(0, at), text.substr(at + 1)};
}

Words pieces(std::string const& text, char separator) {
    Words all;
    std::istringstream in(text);
    for (std::string piece; std::getline(in, piece, separator);) all.push_back(piece);
    return all;
}

void add_symbols(Archive& archive, std::string const& name, std::string const& host) {
    auto table = symbol_table(read_host_file(host));
    if (!table.empty())
        archive.add_part(Type::symbols, name, {.type = Type::symbols, .content = std::move(table)});
}

void add_parts(Archive& archive, Request const& request) {
    if (!request.supervisor.empty()) {
        auto first = lay_out_first_program(request.supervisor);
        archive.set_init(first.entry, std::move(first.segments));
        if (request.symbols) add_symbols(archive, "supervisor", request.supervisor);
    }
    if (!request.manifest.empty())
        archive.add_part(Type::manifest, "manifest", host_file(request.manifest, 0444));
    for (auto const& word : request.programs) {
        auto const [name, host] = halves(word, '=');
        archive.add_part(Type::program, name, host_file(host, 0555));
        if (request.symbols) add_symbols(archive, name, host);
    }
}

void add_device_word(Archive& archive, std::string const& word) {
    auto const part = pieces(word, ':');
    if (part.size() != 5 || part[1].size() != 1)
        throw std::runtime_error("'" + word + "' is not PATH:c|b|p:MAJOR:MINOR:MODE");
    add_device(archive, part[0], part[1][0], static_cast<std::uint32_t>(std::stoul(part[2])),
               static_cast<std::uint32_t>(std::stoul(part[3])), permission_bits(part[4]));
}

void add_tree_parts(Archive& archive, Request const& request) {
    for (auto const& list : request.lists) add_list(archive, list);
    for (auto const& word : request.folders) {
        auto const [guest, mode] = halves(word, ':');
        add_folder(archive, guest, permission_bits(mode));
    }
    for (auto const& word : request.trees) {
        auto const [guest, host] = halves(word, '=');
        add_tree(archive, guest, host);
    }
    for (auto const& word : request.files) {
        auto const [guest, host] = halves(word, '=');
        add_file(archive, guest, host);
    }
    for (auto const& word : request.links) {
        auto const [guest, target] = halves(word, '=');
        add_symlink(archive, guest, target);
    }
    for (auto const& word : request.hard_links) {
        auto const [guest, target] = halves(word, '=');
        add_hard_link(archive, guest, target);
    }
    for (auto const& word : request.devices) add_device_word(archive, word);
}

void make(Request const& request) {
    Archive archive;
    add_parts(archive, request);
    add_tree_parts(archive, request);

    // Written beside its place and moved there, so that nobody ever boots half an image.
    auto const unfinished = request.output + ".unfinished";
    {
        std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
        if (!request.base.empty()) {
            std::ifstream base(request.base, std::ios::binary);
            if (!base) throw std::runtime_error(request.base + " cannot be read");
            out << base.rdbuf();
        }
        archive.write(out);
        out.close();
        if (!out) throw std::runtime_error(request.output + " cannot be written");
    }
    std::filesystem::rename(unfinished, request.output);
}

} // namespace

int main(int argc, char** argv) {
    Request request;
    CLI::App app("Writes a boot archive: the first program, the policy, the programs of services, "
                 "and files for Linux programs.");
    app.add_option("-o,--output", request.output, "the archive to write")->required();
    auto* base = app.add_option("--base", request.base,
                                "begin with this archive; what follows is one of its own");
    app.add_option("--supervisor", request.supervisor, "ELF file of the first program")
        ->excludes(base);
    app.add_option("--manifest", request.manifest, "compiled manifest")->excludes(base);
    app.add_option("--program", request.programs, "NAME=ELF: a program for services");
    app.add_flag("--symbols", request.symbols, "add the symbols of the programs");
    app.add_option("--list", request.lists, "a list of files");
    app.add_option("--folder", request.folders, "PATH:MODE");
    app.add_option("--tree", request.trees, "PATH=HOST-FOLDER");
    app.add_option("--file", request.files, "PATH=HOST-FILE");
    app.add_option("--link", request.links, "PATH=TARGET: a symbolic link");
    app.add_option("--hard-link", request.hard_links, "PATH=FILE");
    app.add_option("--device", request.devices, "PATH:c|b|p:MAJOR:MINOR:MODE");
    // Each takes one word at a time: with several, CLI11 would swallow what follows.
    for (auto* option : app.get_options())
        if (option->get_items_expected_max() > 1) option->allow_extra_args(false);
    CLI11_PARSE(app, argc, argv);
    try {
        make(request);
    } catch (std::exception const& error) {
        std::cerr << "image: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
