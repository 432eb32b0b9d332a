#include <tools/image/archive.hpp>

#include <formats/boot_archive.hpp>

#include <abi/memory.hpp>

#include <cstring>
#include <fstream>
#include <ostream>
#include <stdexcept>

#include <sys/stat.h>

namespace image {

namespace {

constexpr std::uint64_t page = abi::page_bytes;

constexpr std::uint64_t on_page(std::uint64_t value) { return (value + page - 1) / page * page; }

std::uint64_t size_of(Content const& content) {
    if (auto const* text = std::get_if<std::string>(&content)) return text->size();
    if (auto const* file = std::get_if<HostFile>(&content)) return file->bytes;
    return 0;
}

/// Writes and counts, and fills up to where the layout wants the next piece.
class Output {
public:
    explicit Output(std::ostream& out) : out_(out) {}

    void bytes(void const* data, std::uint64_t size) {
        out_.write(static_cast<char const*>(data), static_cast<std::streamsize>(size));
        at_ += size;
    }

    void fill_to(std::uint64_t offset) {
        static constexpr char zeros[page] = {};
        while (at_ < offset) bytes(zeros, std::min(page, offset - at_));
    }

    void content(Content const& content) {
        if (auto const* text = std::get_if<std::string>(&content))
            bytes(text->data(), text->size());
        if (auto const* file = std::get_if<HostFile>(&content)) copy(*file);
    }

private:
    std::ostream& out_;
    std::uint64_t at_ = 0;

    void copy(HostFile const& file) {
        std::ifstream in(file.path, std::ios::binary);
        std::vector<char> buffer(1 << 20);
        for (std::uint64_t left = file.bytes; left > 0;) {
            auto const want = std::min<std::uint64_t>(left, buffer.size());
            in.read(buffer.data(), static_cast<std::streamsize>(want));
            auto const got = static_cast<std::uint64_t>(in.gcount());
            if (got == 0)
                throw std::runtime_error(file.path.string() + ": cannot be read to its end");
            bytes(buffer.data(), got);
            left -= got;
        }
    }
};

/// Where everything goes: tables, small data (links, texts), then what must begin on a page.
class Plan {
public:
    void add(std::string const& name, Node const& node) {
        abi::archive::Entry entry{};
        entry.type = node.type;
        entry.mode = node.mode;
        entry.name_offset = names_.size();
        entry.name_bytes = name.size();
        entry.data_bytes = size_of(node.content);
        entry.modified_ns = node.modified_ns;
        entry.device_major = node.device_major;
        entry.device_minor = node.device_minor;
        names_ += name;
        entries_.push_back(entry);
        contents_.push_back(&node.content);
    }

    void write(std::ostream& stream, std::uint64_t init_entry,
               std::vector<InitSegment> const& init) {
        auto const header = lay_out(init_entry, init);
        Output out(stream);
        out.bytes(&header, sizeof header);
        out.bytes(entries_.data(), entries_.size() * sizeof entries_[0]);
        out.bytes(names_.data(), names_.size());
        each([&](std::size_t i) { write(out, i); }, false);
        for (std::size_t i = 0; i < init.size(); i++) {
            out.fill_to(header.init[i].offset);
            out.bytes(init[i].bytes.data(), init[i].bytes.size());
        }
        each([&](std::size_t i) { write(out, i); }, true);
        out.fill_to(header.bytes);
    }

private:
    std::vector<abi::archive::Entry> entries_;
    std::vector<Content const*> contents_;
    std::string names_;

    static bool needs_page(Type type) { return type != Type::symlink && type != Type::hard_link; }

    void each(auto&& use, bool on_pages) const {
        for (std::size_t i = 0; i < entries_.size(); i++)
            if (entries_[i].data_bytes > 0 && needs_page(entries_[i].type) == on_pages) use(i);
    }

    void write(Output& out, std::size_t i) const {
        out.fill_to(entries_[i].data_offset);
        out.content(*contents_[i]);
    }

    abi::archive::Header lay_out(std::uint64_t init_entry, std::vector<InitSegment> const& init) {
        abi::archive::Header header{};
        header.magic = abi::archive::magic;
        header.version = abi::archive::version;
        header.entries = static_cast<std::uint32_t>(entries_.size());
        header.entries_offset = sizeof header;
        header.names_offset = sizeof header + entries_.size() * sizeof entries_[0];
        header.names_bytes = names_.size();
        header.init_entry = init_entry;
        header.init_segments = static_cast<std::uint32_t>(init.size());

        std::uint64_t at = header.names_offset + names_.size();
        each([&](std::size_t i) { at = (entries_[i].data_offset = at) + entries_[i].data_bytes; },
             false);
        at = on_page(at);
        for (std::size_t i = 0; i < init.size(); i++) {
            header.init[i] = {at, init[i].address, init[i].bytes.size(), init[i].protection, 0};
            at += init[i].bytes.size();
        }
        each(
            [&](std::size_t i) {
                entries_[i].data_offset = at;
                at = on_page(at + entries_[i].data_bytes);
            },
            true);
        header.bytes = on_page(at);
        return header;
    }
};

} // namespace

void Archive::add_part(Type type, std::string const& name, Node node) {
    node.type = type;
    if (!parts_.emplace(std::pair(type, name), std::move(node)).second)
        throw std::runtime_error("two programs are called " + name);
}

std::string Archive::followed(std::string path) const {
    constexpr int most_links = 40;
    int links = 0;
    for (std::size_t slash = 1; (slash = path.find('/', slash)) != path.npos; slash++) {
        auto const parent = tree_.find(path.substr(0, slash));
        if (parent == tree_.end() || parent->second.type != Type::symlink) continue;
        if (++links > most_links) throw std::runtime_error(path + " leads through a ring of links");
        std::filesystem::path const target = std::get<std::string>(parent->second.content);
        auto const folder = std::filesystem::path(parent->first).parent_path() / target;
        path = folder.lexically_normal().string() + path.substr(slash);
        slash = 0; // the target may lead through links itself
    }
    return path;
}

void Archive::add(std::string const& named, Node node) {
    auto const path = followed(named);
    add_parents(path);
    auto const [found, fresh] = tree_.try_emplace(path);
    // A folder may stand where a link to one is: what it holds follows the link.
    if (!fresh && found->second.type == Type::symlink && node.type == Type::folder) return;
    if (!fresh && found->second.type == Type::folder && node.type != Type::folder)
        throw std::runtime_error(path + " is a folder already, and is now to become a file");
    found->second = std::move(node);
}

void Archive::add_parents(std::string const& path) {
    for (std::size_t slash = 1; (slash = path.find('/', slash)) != path.npos; slash++) {
        auto const [parent, fresh] = tree_.try_emplace(
            path.substr(0, slash), Node{.type = Type::folder, .mode = 0755, .implied = true});
        if (!fresh && parent->second.type != Type::folder)
            throw std::runtime_error(path + " cannot lie below " + parent->first +
                                     ", which is no folder");
    }
}

void Archive::set_init(std::uint64_t entry, std::vector<InitSegment> segments) {
    init_entry_ = entry;
    init_ = std::move(segments);
}

void Archive::write(std::ostream& out) const {
    bool const system = !parts_.empty() || !init_.empty();
    if (system) {
        Plan plan;
        for (auto const& [key, node] : parts_) plan.add(key.second, node);
        plan.write(out, init_entry_, init_);
    }
    if (!tree_.empty() || !system) write_tree(out);
}

void Archive::write_tree(std::ostream& out) const {
    Plan plan;
    // By path, so that a folder comes before what it holds; hard links after what they name.
    for (auto const& [path, node] : tree_)
        if (node.type != Type::hard_link && !node.implied) plan.add(path, node);
    for (auto const& [path, node] : tree_) {
        if (node.type != Type::hard_link) continue;
        auto const target = tree_.find(followed(std::get<std::string>(node.content)));
        if (target == tree_.end() || target->second.type == Type::folder)
            throw std::runtime_error(path + " is to be a link to a file that is not in the image");
        plan.add(path, node);
    }
    plan.write(out, 0, {});
}

Node host_file(std::filesystem::path const& path, std::uint32_t mode) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        throw std::runtime_error(path.string() + ": " + std::strerror(errno));
    if (!S_ISREG(status.st_mode)) throw std::runtime_error(path.string() + " is no file");
    return {.type = Type::file,
            .mode = mode,
            .content = HostFile{path, static_cast<std::uint64_t>(status.st_size)},
            .modified_ns = static_cast<std::uint64_t>(status.st_mtim.tv_sec) * 1'000'000'000 +
                           static_cast<std::uint64_t>(status.st_mtim.tv_nsec)};
}

std::string guest_path(std::string const& text) {
    std::string path;
    for (char const c : text)
        if (c != '/' || path.empty() || path.back() != '/') path += c;
    if (path.size() > 1 && path.back() == '/') path.pop_back();
    if (!boot_archive::plain_path(path))
        throw std::runtime_error("'" + text + "' is no absolute path of the guest");
    return path;
}

} // namespace image
