// manifest: checks, compiles and explains the policy. README.md explains every command.

#include <tools/manifest/check.hpp>
#include <tools/manifest/compile.hpp>
#include <tools/manifest/explain.hpp>
#include <tools/manifest/parse.hpp>

#include <CLI/CLI.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace {

using namespace policy;

/// Reads and checks one manifest. Throws std::runtime_error with all complaints, one a line.
Policy load(std::string const& file, std::set<std::string> const& programs) {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file))
        throw std::runtime_error(file + " cannot be read");
    std::string const text(std::istreambuf_iterator<char>(in), {});
    Complaints complaints(file);
    auto policy = parse(text, file, complaints);
    if (complaints.empty()) check(policy, programs, complaints);
    if (complaints.empty()) return policy;
    std::string all;
    for (auto const& line : complaints.all()) all += (all.empty() ? "" : "\n") + line;
    throw std::runtime_error(all);
}

std::set<std::string> programs_in(std::string const& folder) {
    std::set<std::string> names;
    if (folder.empty()) return names;
    for (auto const& item : std::filesystem::directory_iterator(folder))
        names.insert(item.path().filename().string());
    return names;
}

void write(std::string const& file, std::string const& bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << bytes;
    out.close();
    if (!out) throw std::runtime_error(file + " cannot be written");
}

} // namespace

int main(int argc, char** argv) {
    std::string file, other, output, folder, service;
    CLI::App app("Checks and compiles a manifest, the policy of the system.");
    app.require_subcommand(0, 1);
    app.add_option("manifest", file, "the manifest to check (and, with --output, to compile)");
    app.add_option("-o,--output", output, "where the compiled manifest goes");
    app.add_option("--programs", folder, "the folder with all programs, to check their names");

    auto* const explaining = app.add_subcommand("explain", "say what each service gets");
    explaining->add_option("manifest", file)->required();
    auto* const reaching = app.add_subcommand("who-can-reach", "say who can call a service");
    reaching->add_option("service", service)->required();
    reaching->add_option("manifest", file)->required();
    auto* const comparing = app.add_subcommand("diff", "say what two manifests grant differently");
    comparing->add_option("before", file)->required();
    comparing->add_option("after", other)->required();
    CLI11_PARSE(app, argc, argv);

    try {
        auto const programs = programs_in(folder);
        if (file.empty()) throw std::runtime_error("name a manifest, or see --help");
        auto const loaded = load(file, programs);
        if (*explaining) std::cout << explain(loaded);
        if (*comparing) std::cout << difference(loaded, load(other, programs));
        if (*reaching) {
            auto const text = who_can_reach(loaded, service);
            if (text.empty()) throw std::runtime_error("there is no service '" + service + "'");
            std::cout << text;
        }
        if (!output.empty()) write(output, compile(loaded));
    } catch (std::exception const& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
