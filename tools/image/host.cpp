#include <tools/image/host.hpp>

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace image {

std::string read_host_file(std::filesystem::path const& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path))
        throw std::runtime_error(path.string() + ": " +
                                 (file ? "is a folder" : std::strerror(errno)));
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string output_of(std::filesystem::path const& program, std::string const& argument) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe for " + program.string());
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    std::string path = program.string();
    std::string word = argument;
    std::array<char*, 3> const words{path.data(), word.data(), nullptr};
    pid_t child = 0;
    int const failed =
        ::posix_spawn(&child, path.c_str(), &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);

    std::string output;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
        output.append(buffer.data(), static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    if (failed == 0) ::waitpid(child, &status, 0);
    if (failed != 0 || status != 0)
        throw std::runtime_error("'" + path + " " + argument + "' failed on this machine");
    return output;
}

} // namespace image
