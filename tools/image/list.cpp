#include <tools/image/list.hpp>

#include <tools/image/file_tree.hpp>

#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

namespace image {

namespace {

using Words = std::vector<std::string>;

struct Verb {
    std::string_view name;
    std::size_t operands;
    std::string_view usage;
    std::function<void(Archive&, std::filesystem::path const& base, Words const&)> run;
};

std::uint32_t number(std::string const& text) {
    std::size_t used = 0;
    auto const value = std::stoul(text, &used);
    if (used != text.size()) throw std::invalid_argument(text);
    return static_cast<std::uint32_t>(value);
}

std::vector<Verb> const& verbs() {
    using Path = std::filesystem::path;
    static std::vector<Verb> const all{
        {"folder", 2, "folder PATH MODE",
         [](Archive& a, Path const&, Words const& w) {
             add_folder(a, w[1], permission_bits(w[2]));
         }},
        {"file", 3, "file PATH MODE HOST-FILE",
         [](Archive& a, Path const& base, Words const& w) {
             add_file(a, w[1], base / w[3], permission_bits(w[2]));
         }},
        {"tree", 2, "tree PATH HOST-FOLDER",
         [](Archive& a, Path const& base, Words const& w) { add_tree(a, w[1], base / w[2]); }},
        {"link", 2, "link PATH TARGET",
         [](Archive& a, Path const&, Words const& w) { add_symlink(a, w[1], w[2]); }},
        {"hard-link", 2, "hard-link PATH FILE",
         [](Archive& a, Path const&, Words const& w) { add_hard_link(a, w[1], w[2]); }},
        {"device", 5, "device PATH MODE c|b|p MAJOR MINOR",
         [](Archive& a, Path const&, Words const& w) {
             add_device(a, w[1], w[3].size() == 1 ? w[3][0] : '?', number(w[4]), number(w[5]),
                        permission_bits(w[2]));
         }},
        {"applets", 2, "applets PATH HOST-BUSYBOX",
         [](Archive& a, Path const& base, Words const& w) { add_applets(a, w[1], base / w[2]); }},
    };
    return all;
}

void add_line(Archive& archive, std::filesystem::path const& base, Words const& words) {
    for (auto const& verb : verbs()) {
        if (verb.name != words[0]) continue;
        if (words.size() != verb.operands + 1)
            throw std::runtime_error("expected: " + std::string(verb.usage));
        try {
            return verb.run(archive, base, words);
        } catch (std::logic_error const&) { // what std::stoul throws
            throw std::runtime_error("a number is wrong; expected: " + std::string(verb.usage));
        }
    }
    throw std::runtime_error("unknown word '" + words[0] + "'");
}

} // namespace

void add_list(Archive& archive, std::filesystem::path const& list) {
    std::ifstream file(list);
    if (!file) throw std::runtime_error(list.string() + " cannot be read");
    std::size_t line_number = 0;
    for (std::string line; std::getline(file, line);) {
        line_number++;
        std::istringstream text(line.substr(0, line.find('#')));
        Words words;
        for (std::string word; text >> word;) words.push_back(word);
        if (words.empty()) continue;
        try {
            add_line(archive, list.parent_path(), words);
        } catch (std::runtime_error const& error) {
            throw std::runtime_error(list.string() + ":" + std::to_string(line_number) + ": " +
                                     error.what());
        }
    }
}

} // namespace image
