#include <servers/linux/process/program.hpp>

#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/process/elf_loader.hpp>
#include <servers/linux/process/placement.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <base/address.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <utility>

namespace personality {

namespace {

constexpr unsigned most_interpreters = 5;
constexpr std::size_t script_head_bytes = 256; // BINPRM_BUF_SIZE
constexpr std::uint64_t first_stack_bytes = 128 * 1024;

/// The interpreter and its argument, as the first line of a script names them.
struct ScriptLine {
    std::string_view interpreter, argument;
};

Result<ScriptLine> read_script_line(std::string_view head) {
    constexpr std::string_view blanks = " \t";
    auto end = head.find('\n');
    if (end == std::string_view::npos) {
        // A line that is cut off must at least name the interpreter whole.
        auto const start = head.find_first_not_of(blanks, 2);
        if (start == std::string_view::npos) return fail(Errno::noexec);
        if (head.size() == script_head_bytes &&
            head.find_first_of(blanks, start) == std::string_view::npos)
            return fail(Errno::noexec);
        end = head.size();
    }
    auto line = head.substr(2, end - 2);
    auto const last = line.find_last_not_of(blanks);
    if (last == std::string_view::npos) return fail(Errno::noexec);
    line = line.substr(0, last + 1);
    line.remove_prefix(line.find_first_not_of(blanks));
    auto const gap = line.find_first_of(blanks);
    if (gap == std::string_view::npos) return ScriptLine{line, {}};
    auto argument = line.substr(gap);
    argument.remove_prefix(argument.find_first_not_of(blanks));
    return ScriptLine{line.substr(0, gap), argument};
}

/// The strings that scripts put before the arguments, and the heads of the files they lie in.
struct ScriptStrings {
    std::array<std::array<char, script_head_bytes>, most_interpreters + 1> heads;
    std::array<std::string_view, 2 * most_interpreters + 1> strings;
    std::size_t first = strings.size(); ///< filled from the back
};

/// Follow `#!` lines until a file is no script. `request.file` is the program then.
Result<> follow_scripts(Task& task, ProgramRequest& request, ScriptStrings& scripts) {
    for (unsigned depth = 0;; depth++) {
        auto& head = scripts.heads[depth];
        auto const bytes =
            TRY(read_file(task, *request.file, 0, std::as_writable_bytes(std::span(head))));
        std::string_view const text(head.data(), bytes);
        if (!text.starts_with("#!")) return {};
        if (depth == most_interpreters) return fail(Errno::loop);
        auto const line = TRY(read_script_line(text));

        // [interpreter] [its argument] [path of the script] instead of argv[0]
        if (scripts.first == scripts.strings.size())
            scripts.strings[--scripts.first] = request.path;
        if (!line.argument.empty()) scripts.strings[--scripts.first] = line.argument;
        scripts.strings[--scripts.first] = line.interpreter;
        request.arguments.replace_first(
            std::span<std::string_view const>(scripts.strings).subspan(scripts.first));
        request.file = TRY(open_program(task, at_flag::working_folder, line.interpreter));
    }
}

/// While it lives, nobody opens the file to write (ETXTBSY).
class WriteDenial final : public Counted {
public:
    explicit WriteDenial(Ref<File> file) : file_(std::move(file)) { file_->inode().writers--; }

private:
    Ref<File> const file_;
    ~WriteDenial() override { file_->inode().writers++; }
};

struct Credentials {
    std::uint32_t euid, egid;
};

Credentials credentials_after(Task const& task, File const& file) {
    auto const& process = task.process;
    Credentials result{process.identity.euid, process.identity.egid};
    auto const attributes = file.inode().attributes();
    if (process.no_new_privileges || file.location.mount->flags.no_set_id) return result;
    if ((attributes.permissions & permission::set_user) != 0) result.euid = attributes.user;
    bool const group_runs = (attributes.permissions & 010) != 0;
    if ((attributes.permissions & permission::set_group) != 0 && group_runs)
        result.egid = attributes.group;
    return result;
}

Placement placement_for(Task const& task, bool secure) {
    System& system = task.system();
    std::uint64_t const stack = task.process.limits.soft(Limit::stack);
    // A program that gains rights doesn't take over what its caller chose.
    bool const asked =
        !secure && (task.process.personality_bits & personality_bit::no_randomize) != 0;
    if (asked || system.randomize == Randomize::nothing) return Placement::usual(stack);
    auto result = Placement::random(stack, system.environment.random);
    if (system.randomize == Randomize::mappings) result.break_gap = 0;
    return result;
}

/// RDFSBASE and its kin may be used: bit 1 of AT_HWCAP2.
std::uint64_t more_features() {
    std::uint32_t eax = 7, ebx = 0, ecx = 0, edx = 0;
    asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return (ebx & 1) << 1;
}

/// A loader that is none is the loader's fault: ELIBBAD.
Result<ElfFile> read_interpreter(Task& task, Ref<File> file) {
    auto elf = read_elf(task, std::move(file));
    if (!elf && elf.error() == Errno::noexec) return fail(Errno::libbad);
    return elf;
}

std::uint64_t processor_features() {
    std::uint32_t eax = 1, ebx = 0, ecx = 0, edx = 0;
    asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return edx;
}

} // namespace

Result<Program> load_program(Task& task, ProgramRequest request) {
    System& system = task.system();
    auto& frames = system.environment.frames;
    if (!frames.can_take(64)) return fail(Errno::nomem);
    auto const head = std::unique_ptr<ScriptStrings>(new (std::nothrow) ScriptStrings);
    if (!head) return fail(Errno::nomem);
    TRY(request.arguments.count());
    TRY(request.environment.count());
    TRY(follow_scripts(task, request, *head));
    auto const credentials = credentials_after(task, *request.file);

    Program const stillborn{.executable = request.file, .stillborn = true};
    auto const program = TRY(read_elf(task, request.file));
    if (program.stillborn) return stillborn;
    std::array<char, 4096> field;
    auto const interpreter_path = TRY(interpreter_of(task, program, field));

    auto space = TRY(ProgramSpace::create(frames, system.machine));
    space->executable_hold = make<WriteDenial>(request.file);
    if (!space->executable_hold) return fail(Errno::nomem);
    auto const& limits = task.process.limits;
    space->stack_limit = limits.soft(Limit::stack);
    space->space_limit = limits.soft(Limit::as);
    space->data_limit = limits.soft(Limit::data);
    auto const& identity = task.process.identity;
    bool const secure = credentials.euid != identity.uid || credentials.egid != identity.gid;
    auto const placement = placement_for(task, secure);
    space->mapping_top = placement.mapping_top;
    UserAddress vdso = 0;
    if (system.vdso.loaded()) {
        auto const place = TRY(space->place(0, system.vdso.bytes()));
        vdso = TRY(system.vdso.map(*space, place));
    }

    bool const runs_alone = interpreter_path.empty();
    auto const mapped = map_elf(*space, program, placement.movable_base);
    if (!mapped && mapped.error() != Errno::nomem) return stillborn;
    auto const image = TRY(mapped);
    LoadedElf loader = image;
    if (!runs_alone) {
        auto const file = TRY(open_program(task, at_flag::working_folder, interpreter_path));
        auto const interpreter = TRY(read_interpreter(task, file));
        if (interpreter.stillborn) return stillborn;
        auto const bytes = interpreter.layout.highest() - interpreter.layout.lowest();
        auto const base = TRY(space->place(0, bytes + abi::large_page_bytes));
        loader = TRY(map_elf(*space, interpreter, base));
    }
    space->set_break_start(base::align_up(image.end, page_bytes) + placement.break_gap);

    TRY(space->map({.start = placement.stack_top - first_stack_bytes,
                    .end = placement.stack_top,
                    .protection = access::read | access::write,
                    .grows_down = true,
                    .name = Area::Name::stack}));
    static constexpr std::string_view nothing[] = {""};
    if (request.arguments.size() == 0) request.arguments.replace_first(nothing);

    constexpr std::uint64_t most_strings = 6 << 20, least_strings = 128 << 10;
    std::uint64_t const quarter = space->stack_limit / 4;
    StackBuilder stack(*space, placement.stack_top,
                       std::clamp(quarter, least_strings, most_strings));
    auto const path = TRY(stack.push(request.path));
    auto const environment = TRY(stack.push(request.environment));
    auto const arguments = TRY(stack.push(request.arguments));
    TRY(stack.skip(placement.string_gap));
    auto const platform = TRY(stack.push("x86_64"));
    std::array<std::byte, 16> chance;
    system.environment.random.fill(chance);
    auto const random = TRY(stack.push_bytes(chance));

    // Types as in linux/auxvec.h.
    AuxiliaryEntry const vector[] = {
        {3, image.headers},                // AT_PHDR
        {4, elf::program_header_bytes},    // AT_PHENT
        {5, program.layout.headers},       // AT_PHNUM
        {6, page_bytes},                   // AT_PAGESZ
        {7, runs_alone ? 0 : loader.base}, // AT_BASE
        {8, 0},                            // AT_FLAGS
        {9, image.entry},                  // AT_ENTRY
        {11, identity.uid},                // AT_UID
        {12, credentials.euid},            // AT_EUID
        {13, identity.gid},                // AT_GID
        {14, credentials.egid},            // AT_EGID
        {15, platform},                    // AT_PLATFORM
        {16, processor_features()},        // AT_HWCAP
        {17, 100},                         // AT_CLKTCK
        {23, secure},                      // AT_SECURE
        {25, random},                      // AT_RANDOM
        {26, more_features()},             // AT_HWCAP2
        {31, path},                        // AT_EXECFN
        {51, 1776},                        // AT_MINSIGSTKSZ, with x87, SSE and AVX
        // AT_SYSINFO_EHDR; without an image, AT_IGNORE.
        {vdso != 0 ? std::uint64_t{33} : 1, vdso},
        {0, 0},
    };
    auto const argument_count = request.arguments.size();
    auto const pointer = TRY(
        stack.finish(arguments, argument_count, environment, request.environment.size(), vector));
    auto& parts = space->parts;
    auto const first = program.layout.loaded().front(), last = program.layout.loaded().back();
    parts = {.code_start = image.base + first.address,
             .code_end = image.base + first.end(),
             .data_start = image.base + last.address,
             .data_end = image.base + last.end(),
             .stack_start = pointer,
             .argument_start = arguments,
             .argument_end = environment,
             .environment_start = environment,
             .environment_end = path,
             .vectors_start = pointer + 8 * (3 + argument_count + request.environment.size()),
             .vectors_bytes = sizeof(vector)};
    return Program{.memory = std::move(space),
                   .executable = request.file,
                   .entry = loader.entry,
                   .stack_pointer = pointer,
                   .secure = secure,
                   .euid = credentials.euid,
                   .egid = credentials.egid};
}

} // namespace personality
