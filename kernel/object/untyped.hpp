#pragma once
// Untyped: a range of unused memory. It gives out blocks and takes them back; nothing in the kernel
// comes from anywhere else.
//
//   base                        bump                 clean            base + bytes
//    |  given out, or free again  |  unused, zeroed     |  unused, unknown |
//
// Blocks that came back wait in a list for each power of two, zeroed but for the list's link, and
// are given out again by size. When everything has come back the range starts afresh. Device memory
// is only ever given out from the bump: it has no place for links, and is never zeroed.

#include <kernel/object/object.hpp>

#include <base/address.hpp>
#include <base/result.hpp>

#include <array>
#include <cstddef>
#include <optional>

namespace kernel {

class Untyped : public ObjectOf<abi::Kind::untyped> {
public:
    using Rights = abi::UntypedRights;

    /// `clean`: the whole range is known to be zero.
    Untyped(base::Phys base, std::uint64_t bytes, bool device, bool clean, Untyped* parent)
        : parent_(parent), base_(base), bytes_(bytes), clean_(clean ? bytes : 0),
          born_clean_(clean), device_(device) {}

    base::Phys base() const { return base_; }
    std::uint64_t bytes() const { return bytes_; }
    bool device() const { return device_; }
    std::uint64_t free_bytes() const { return free_; }
    bool in_use() const { return live_ != 0; }

    /// Memory that was made of it, or of what was made of it, has gone into quarantine (or, with
    /// -1, come out).
    void quarantine(int change);
    bool quarantined() const { return quarantined_ != 0; }

    /// A zeroed block of 2^size_log2 bytes (at least 64), aligned to its size, in the direct map.
    base::Result<std::byte*> take(unsigned size_log2);
    void give_back(std::byte* block, unsigned size_log2);

    /// What of a range is zeroed before it is given out.
    enum class Clearing {
        none,   ///< nothing: who gets it knows
        reused, ///< what was given out before; the rest is as the machine began with it
        whole,
    };
    struct Range {
        base::Phys start;
        bool clean;
    };
    /// Room for a Memory or an Untyped. Zeroing what is not known to be clean may take several
    /// steps: `again` means that progress was made and to come back.
    base::Result<Range> take_range(std::uint64_t bytes, std::uint64_t alignment, Clearing clearing);
    /// Zero the unused part in advance, in steps as above.
    base::Result<> clear_ahead(std::uint64_t up_to);
    /// Give a range back that nobody has touched since it was taken.
    void return_unused(base::Phys start, std::uint64_t bytes);
    /// Give a range back. Its first `dirty` bytes are zeroed piece by piece before; `done` keeps
    /// the progress. False: come back.
    bool give_back_range(base::Phys start, std::uint64_t bytes, std::uint64_t dirty,
                         std::uint64_t& done, unsigned& budget);

    bool destroy(unsigned& budget);

private:
    static constexpr unsigned smallest = 6;
    static constexpr unsigned orders = 42;

    std::array<std::byte*, orders> free_lists_{};
    Untyped* const parent_; ///< whose range this is part of; null: made at boot
    base::Phys const base_;
    std::uint64_t const bytes_;
    std::uint64_t bump_ = 0;
    std::uint64_t high_ = 0;  ///< the bump's highest stand
    std::uint64_t clean_ = 0; ///< unused below this is zero
    std::uint64_t free_ = bytes_;
    std::uint64_t live_ = 0;   ///< blocks and ranges given out
    std::uint64_t zeroed_ = 0; ///< progress of its own return to the parent
    std::uint32_t quarantined_ = 0;
    bool const born_clean_;
    bool const device_;

    std::byte* pop(unsigned order);
    void push(std::byte* block, unsigned order);
    void push_range(base::Phys start, std::uint64_t bytes);
    void afresh();
    std::optional<std::uint64_t> bump_room(std::uint64_t bytes, std::uint64_t alignment) const;
    void advance(std::uint64_t offset, std::uint64_t bytes);
    /// Zero what is unused below `end`.
    void clear(std::uint64_t end);
};

} // namespace kernel
