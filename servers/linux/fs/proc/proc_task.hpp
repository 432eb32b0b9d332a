#pragma once
// /proc/PID and /proc/PID/task/TID: one task, as others see it. The nodes keep its number only;
// when it has ended they answer ENOENT or ESRCH.

#include <servers/linux/fs/proc/proc_volume.hpp>

#include <span>
#include <string_view>

namespace personality {

struct Area;

/// A file of a task's folder, and what it says.
struct TaskItem {
    std::string_view name;
    Result<> (*render)(Task& task, Text& text);
    std::uint16_t permissions = 0444;
    /// What a write of somebody's call sets.
    Result<> (*accept)(Call& call, Task& task, std::string_view text) = nullptr;
};
std::span<TaskItem const> task_items();

// The renderers, each in the file that is named after it.
Result<> render_stat(Task& task, Text& text);
Result<> render_status(Task& task, Text& text);
Result<> render_maps(Task& task, Text& text);
Result<> render_smaps(Task& task, Text& text);
Result<> render_smaps_rollup(Task& task, Text& text);
/// One line of maps.
void put_area(Task& task, Area const& area, Text& text);

/// 'R', 'S', 'T' or 'Z', as ps shows it.
char state_letter(Task const& task);

class ProcTaskFolder final : public GeneratedFolder {
public:
    /// `whole`: of a process, with its /task.
    ProcTaskFolder(ProcVolume& of, Task& shown, bool whole);
    Result<Ref<Entry>> lookup(Entry& here, std::string_view name, Actor const& actor) override;
    Result<> list(Entry& here, std::uint64_t position, Listing& listing) override;

private:
    std::int32_t const tid_;
    bool const whole_;
};

/// The tasks of a process: /proc/PID/task.
class ProcTaskList final : public GeneratedFolder {
public:
    ProcTaskList(ProcVolume& of, Task& leader);
    Result<Ref<Entry>> lookup(Entry& here, std::string_view name, Actor const& actor) override;
    Result<> list(Entry& here, std::uint64_t position, Listing& listing) override;

private:
    std::int32_t const pid_;
};

/// The task of this number: ENOENT.
Result<Task*> task_of(Volume& volume, std::int32_t tid);
/// A number as a whole name: 0 if it is none.
std::int32_t number_of(std::string_view name);

} // namespace personality
