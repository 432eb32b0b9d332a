// /proc/PID/status: the same for people.

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/proc/proc_task.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

namespace personality {

namespace {

std::string_view state_words(char letter) {
    switch (letter) {
    case 'R': return "R (running)";
    case 'T': return "T (stopped)";
    case 'Z': return "Z (zombie)";
    default: return "S (sleeping)";
    }
}

void put_signals(Task& task, Text& text) {
    auto& process = task.process;
    SignalSet ignored, caught;
    for (std::uint32_t i = 1; i <= signal_count; i++) {
        auto const& action = (*process.handlers)[static_cast<Signal>(i)];
        if (action.ignores()) ignored.add(static_cast<Signal>(i));
        if (!action.ignores() && !action.is_default()) caught.add(static_cast<Signal>(i));
    }
    auto const line = [&](std::string_view name, std::uint64_t bits) {
        text.put(name).put(":\t").hexadecimal(bits, 16).put('\n');
    };
    line("SigPnd", task.pending.set().bits());
    line("ShdPnd", process.pending.set().bits());
    line("SigBlk", task.blocked_signals.bits());
    line("SigIgn", ignored.bits());
    line("SigCgt", caught.bits());
    line("CapInh", process.identity.inheritable);
    line("CapPrm", process.identity.permitted);
    line("CapEff", process.identity.effective);
    line("CapBnd", process.identity.bounding);
    line("CapAmb", process.identity.ambient);
}

void put_memory(ProgramSpace const& memory, Text& text) {
    auto const line = [&](std::string_view name, std::uint64_t pages) {
        text.put(name).put(":\t").decimal(pages * (page_bytes / 1024), 8).put(" kB\n");
    };
    line("VmPeak", memory.total_pages());
    line("VmSize", memory.total_pages());
    line("VmLck", memory.locked_pages());
    line("VmHWM", memory.resident());
    line("VmRSS", memory.resident());
    line("VmSwap", 0);
}

} // namespace

Result<> render_status(Task& task, Text& text) {
    auto& process = task.process;
    auto const& id = process.identity;
    auto const four = [&](std::string_view name, std::uint32_t a, std::uint32_t b, std::uint32_t c,
                          std::uint32_t d) {
        text.put(name).put(":\t").decimal(a).put('\t').decimal(b).put('\t').decimal(c);
        text.put('\t').decimal(d).put('\n');
    };
    text.put("Name:\t").put(task.name.data());
    if (task.place) text.put("\nUmask:\t0").octal(task.place->umask, 3);
    text.put("\nState:\t").put(state_words(state_letter(task)));
    text.put("\nTgid:\t").integer(process.pid).put("\nNgid:\t0\nPid:\t").integer(task.tid);
    text.put("\nPPid:\t").integer(process.parent_pid()).put("\nTracerPid:\t0\n");
    four("Uid", id.uid, id.euid, id.suid, id.fsuid);
    four("Gid", id.gid, id.egid, id.sgid, id.fsgid);
    text.put("FDSize:\t").decimal(task.descriptors ? task.descriptors->capacity() : 0);
    text.put("\nGroups:\t");
    for (std::uint32_t i = 0; i < id.group_count; i++) text.decimal(id.groups[i]).put(' ');
    text.put('\n');
    if (process.memory) put_memory(*process.memory, text);
    text.put("Threads:\t").decimal(process.task_count).put("\nSigQ:\t");
    text.decimal(process.account ? process.account->queued : 0).put('/');
    text.decimal(process.limits.soft(Limit::sigpending)).put('\n');
    put_signals(task, text);
    text.put("NoNewPrivs:\t").decimal(process.no_new_privileges ? 1 : 0);
    auto const allowed = task.processors & process.system.processors.all();
    text.put("\nSeccomp:\t0\nCpus_allowed:\t");
    auto const digits = (process.system.processors.count() + 3) / 4;
    if (constexpr unsigned word = 8; digits > word)
        text.hexadecimal(allowed >> 32, digits - word)
            .put(',')
            .hexadecimal(allowed & 0xffff'ffff, word);
    else
        text.hexadecimal(allowed, digits);
    text.put("\nCpus_allowed_list:\t").bits(allowed).put("\nvoluntary_ctxt_switches:\t");
    text.decimal(task.counts.waits).put("\nnonvoluntary_ctxt_switches:\t0\n");
    return {};
}

} // namespace personality
