#pragma once
// The memory of a program: its areas, its pages, its break; what several processes share after
// vfork and all threads of one. Implements demand paging and copy-on-write.

#include <servers/linux/machine/machine.hpp>
#include <servers/linux/memory/area_set.hpp>
#include <servers/linux/memory/page_mirror.hpp>
#include <servers/linux/user_memory.hpp>

#include <algorithm>
#include <cstdint>

namespace personality {

/// Where things lie in a program unless chance has it otherwise (process/placement.hpp).
namespace layout {
constexpr std::uint64_t lowest = 0x1'0000; ///< vm.mmap_min_addr
constexpr std::uint64_t stack_top = 0x7fff'ffff'e000;
constexpr std::uint64_t task_end = abi::user_end;
/// Mappings are placed below here; above lies the stack with room for its limit.
constexpr std::uint64_t mapping_top = 0x7fff'7fff'0000;
constexpr std::uint64_t movable_base = 0x5555'5555'4000;
constexpr std::uint64_t stack_gap = 256 * page_bytes; ///< below a stack that grows
} // namespace layout

/// What a fault comes to: pages to map.
struct PageRun {
    std::uint64_t address = 0;
    Frame frame;
    std::uint32_t pages = 0;
    abi::Protection protection = abi::Protection::none;
};

class ProgramSpace : public Counted, public UserMemory {
public:
    ProgramSpace(FramePool& frames, Machine& machine)
        : frames_(frames), machine_(machine), pages_(frames) {}
    static Result<Ref<ProgramSpace>> create(FramePool& frames, Machine& machine);
    ~ProgramSpace() override;

    SpaceHandle handle() const { return handle_; }
    AreaSet const& areas() const { return areas_; }

    // ---- a program's accesses, by itself and by us ----

    /// Bring in what an access needs, and say what is to be mapped. EFAULT: nothing is there
    /// (SEGV_MAPERR), EACCES: not for this (SEGV_ACCERR), ENXIO: behind the end of a file
    /// (SIGBUS), ENOMEM.
    Result<PageRun> fault(std::uint64_t address, std::uint32_t wanted);
    /// Map it, where no reply can carry it. ENOMEM: the space's tables have no room.
    Result<> put(PageRun const& run);
    Result<std::span<std::byte const>> readable(UserAddress address, std::size_t bytes) override;
    Result<std::span<std::byte>> writable(UserAddress address, std::size_t bytes) override;

    // ---- its mappings; ranges are page-aligned ----

    /// Put in an area (source, protection, flags as given); replaces what is there.
    Result<> map(Area const& area);
    /// A place for `bytes`, at `hint` if that is free, else below `top`; ENOMEM.
    Result<std::uint64_t> place(std::uint64_t hint, std::uint64_t bytes, std::uint64_t top) const;
    Result<std::uint64_t> place(std::uint64_t hint, std::uint64_t bytes) const {
        return place(hint, bytes, mapping_top);
    }
    Result<> unmap(std::uint64_t start, std::uint64_t end);
    /// ENOMEM: there is a hole; EACCES: a file forbids it.
    Result<> protect(std::uint64_t start, std::uint64_t end, std::uint32_t protection);
    struct Remap {
        bool may_move = false;
        bool fixed = false; ///< to `target`, whatever is there
        bool keep = false;  ///< the old range stays, empty (MREMAP_DONTUNMAP)
        std::uint64_t target = 0;
    };
    Result<std::uint64_t> remap(std::uint64_t old, std::uint64_t old_bytes, std::uint64_t bytes,
                                Remap how);
    /// Forget the pages of a range, areas stay (MADV_DONTNEED).
    void discard(std::uint64_t start, std::uint64_t end);
    /// True if every page of the range is in some area.
    bool covered(std::uint64_t start, std::uint64_t end) const;
    /// Apply `change(Area&)` to the areas of a range, split at its ends.
    template <class F> Result<> change(std::uint64_t start, std::uint64_t end, F&& use) {
        TRY(areas_.split(start));
        TRY(areas_.split(end));
        for (std::size_t i = areas_.index_behind(start); i < areas_.all().size(); i++) {
            if (areas_.all()[i]->start >= end) break;
            use(*areas_.all()[i]);
        }
        areas_.merge(start, end);
        return {};
    }

    void set_break_start(std::uint64_t address) { break_start_ = break_ = address; }
    /// As brk: the new break, or the old one if that can't be.
    std::uint64_t set_break(std::uint64_t address, std::uint64_t data_limit);

    /// A copy for a child: private pages are shared until one side writes them.
    Result<Ref<ProgramSpace>> fork();

    /// Called by a source whose pages changed.
    void forget_source_pages(Area& area, std::uint64_t page, std::uint64_t pages, bool private_too);
    /// The object and offset behind an address, for futexes that processes share; a private page
    /// is found under this space itself.
    struct Place {
        std::uint64_t object, offset;
    };
    Result<Place> shared_place(UserAddress address);

    /// ENOMEM if `bytes` more (data: private memory that can be written) are above a limit.
    Result<> check_limits(std::uint64_t bytes, bool data, std::uint64_t replaced_start = 0,
                          std::uint64_t replaced_end = 0) const;
    std::uint64_t locked_pages() const;

    std::size_t resident() const { return resident_; }
    /// The most there ever were, as far as anybody looked.
    std::size_t most_resident() { return most_resident_ = std::max(most_resident_, resident_); }
    bool present(std::uint64_t page) {
        auto* entry = pages_.find(page);
        return entry != nullptr && entry->present();
    }
    std::uint64_t total_pages() const;
    /// Call `use(PageEntry, users)` for each page of a range that is there, until it returns
    /// false. `users` of a frame of the boot archive, which nobody counts, is 0.
    template <class F> void each_page(std::uint64_t first, std::uint64_t end, F&& use) {
        pages_.each(first, end, [&](std::uint64_t, PageEntry& entry) {
            auto const frame = entry.frame();
            return use(entry, frames_.counted(frame) ? frames_.users(frame) : 0U);
        });
    }

    /// For /proc: where the parts of the program lie.
    struct Parts {
        std::uint64_t code_start = 0, code_end = 0, data_start = 0, data_end = 0;
        std::uint64_t stack_start = 0, argument_start = 0, argument_end = 0;
        std::uint64_t environment_start = 0, environment_end = 0;
        std::uint64_t vectors_start = 0, vectors_bytes = 0;
    } parts;
    std::uint64_t break_start() const { return break_start_; }
    std::uint64_t break_end() const { return break_; }
    /// RLIMIT_STACK, RLIMIT_AS and RLIMIT_DATA of whoever runs here; kept up to date by prlimit and
    /// exec.
    std::uint64_t stack_limit = 8 << 20;
    std::uint64_t space_limit = ~std::uint64_t{0};
    std::uint64_t data_limit = ~std::uint64_t{0}; ///< RLIMIT_DATA
    /// Keeps the file that runs here from being written.
    Ref<Counted> executable_hold;
    bool lock_future = false;   ///< MCL_FUTURE: new mappings are locked
    std::uint32_t barriers = 0; ///< what membarrier was told to expect
    /// Mappings are placed below.
    std::uint64_t mapping_top = layout::mapping_top;

private:
    FramePool& frames_;
    Machine& machine_;
    SpaceHandle handle_;
    AreaSet areas_;
    PageMirror pages_;
    std::size_t resident_ = 0, most_resident_ = 0;
    std::uint64_t break_start_ = 0, break_ = 0;

    Result<Area*> area_for(std::uint64_t address, std::uint32_t wanted);
    Result<> grow_stack(Area& area, std::uint64_t address);
    Result<PageRun> bring_in(Area& area, std::uint64_t page, std::uint32_t wanted);
    Result<PageRun> take_for_writing(Area& area, std::uint64_t page, PageEntry& entry);
    PageRun map_around(Area& area, std::uint64_t page, Frame frame, std::uint32_t flags);
    Result<std::span<std::byte>> reach(UserAddress address, std::size_t bytes,
                                       std::uint32_t wanted);
    void drop_pages(std::uint64_t first, std::uint64_t end);
    Result<> move_pages(std::uint64_t from, std::uint64_t to, std::uint64_t bytes);
    Result<> copy_from(ProgramSpace& parent);
    Result<> replace(Area const& area);
    PageRun run(std::uint64_t page, PageEntry entry) const;
};

} // namespace personality
