#include <servers/supervisor/layout_plan.hpp>

#include <protocols/start_page.hpp>

namespace supervisor {

namespace {

/// A segment that nobody writes, and that ends with the file's bytes, can be used where it lies.
/// What shares its first and last page in the file is of the same file, which the process may read.
bool usable_in_place(elf::Segment const& segment) {
    return !abi::writable(segment.protection) && segment.file_bytes == segment.memory_bytes;
}

} // namespace

std::uint64_t LayoutPlan::stack_address() const { return protocols::stack_top - stack_bytes_; }

std::uint64_t LayoutPlan::add_own(std::uint64_t address, std::uint64_t pages,
                                  abi::Protection protection) {
    auto const page = own_pages_;
    if (pages > 0)
        mappings_[mapping_count_++] = {PlannedMapping::From::own, page, address, pages, protection};
    own_pages_ += pages;
    return page;
}

void LayoutPlan::add_segment(elf::Segment const& segment) {
    if (usable_in_place(segment)) {
        mappings_[mapping_count_++] = {PlannedMapping::From::program,
                                       segment.offset / abi::page_bytes, segment.first_page(),
                                       segment.pages(), segment.protection};
        return;
    }
    auto const page = add_own(segment.first_page(), segment.pages(), segment.protection);
    if (segment.file_bytes > 0)
        copies_[copy_count_++] = {segment.offset,
                                  page * abi::page_bytes + segment.address - segment.first_page(),
                                  segment.file_bytes};
}

std::expected<LayoutPlan, LayoutProblem>
LayoutPlan::make(elf::Layout const& program, std::uint64_t stack_bytes, std::uint64_t heap_bytes) {
    if (program.type != elf::FileType::fixed) return std::unexpected(LayoutProblem::not_fixed);
    if (program.interpreter) return std::unexpected(LayoutProblem::wants_interpreter);
    if (program.highest() > protocols::start_page_address)
        return std::unexpected(LayoutProblem::outside_program_area);

    LayoutPlan plan;
    plan.entry_ = program.entry;
    plan.stack_bytes_ = stack_bytes;
    plan.heap_bytes_ = heap_bytes;
    plan.add_own(protocols::start_page_address, 1, abi::Protection::read);
    plan.add_own(protocols::message_page_address, 1, abi::Protection::read_write);
    for (auto const& segment : program.loaded()) plan.add_segment(segment);
    plan.stack_page_ = plan.add_own(plan.stack_address(), stack_bytes / abi::page_bytes,
                                    abi::Protection::read_write);
    plan.add_own(protocols::heap_base, heap_bytes / abi::page_bytes, abi::Protection::read_write);
    return plan;
}

std::string_view explain(LayoutProblem problem) {
    switch (problem) {
    case LayoutProblem::not_fixed: return "the program is not linked at a fixed address";
    case LayoutProblem::wants_interpreter: return "the program wants an interpreter";
    case LayoutProblem::outside_program_area: return "the program does not lie below 4 GiB";
    }
    return "unknown problem";
}

} // namespace supervisor
