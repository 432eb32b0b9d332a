#pragma once
// The closed list of errors a kernel call can return. A call that returns one has changed nothing,
// except those that walk over a range of pages: they may have done the part before the failure, and
// say how much where their description has a result.

#include <cstdint>
#include <string_view>

namespace abi {

enum class Error : std::uint32_t {
    /// Success.
    ok = 0,
    /// The capability address names an empty slot or no slot at all.
    bad_capability = 1,
    /// The slot has been emptied and filled again since this address was made.
    stale_capability = 2,
    /// The capability stands for an object of another kind.
    wrong_kind = 3,
    /// The capability lacks a right that the call needs.
    no_rights = 4,
    /// A revoke in progress reaches the capability: it can't be copied, sent or mapped any more.
    revoked = 5,
    /// No call has this number.
    unknown_call = 6,
    /// An argument is not one of the values that are allowed here.
    bad_argument = 7,
    /// An argument is outside the object, the pool or the user half of the address space.
    out_of_range = 8,
    /// An address or size is not a multiple of what is needed.
    misaligned = 9,
    /// The destination slot is occupied.
    slot_occupied = 10,
    /// The Untyped has no free range of the size that is needed.
    no_memory = 11,
    /// The AddressSpace's own Untyped has no page left for a table or an attachment.
    no_table_memory = 12,
    /// A `fresh` mapping meets a page that is mapped already.
    already_mapped = 13,
    /// No mapping of a DmaSpace begins at this address. (Ranges of pages pass over what is not
    /// mapped.)
    not_mapped = 14,
    /// The AddressSpace has no attachment of this number, or none of this Memory.
    not_attached = 15,
    /// Write and execute were asked for the same page.
    write_and_execute = 16,
    /// The object is not in a state in which the call makes sense.
    bad_state = 17,
    /// The object is bound to something already.
    already_bound = 18,
    /// The thread has no message page, and the call needs one.
    no_message_page = 19,
    /// The serving process ended after it had received the request and before it answered.
    server_died = 20,
    /// The request was never received: the Endpoint has no serving process, or lost it.
    not_received = 21,
    /// The wait was ended by suspend, kick or the destruction of what was waited for.
    cancelled = 22,
    /// The deadline passed first.
    timed_out = 23,
    /// A poll found nothing.
    would_block = 24,
    /// There is no free range of the size that is needed, and some of the memory may still be
    /// reached by a device whose reset is not confirmed.
    quarantined = 25,
    /// The processor or the machine can't do this.
    not_supported = 26,
    /// The resource is in use by somebody else.
    busy = 27,
    /// The capability was derived through as many steps as a derivation can have.
    too_deep = 28,
};

constexpr std::uint32_t error_count = 29;

/// The error's name as it stands above; "unknown_error" for a number outside the list.
constexpr std::string_view name(Error error) {
    constexpr std::string_view names[error_count] = {
        "ok",
        "bad_capability",
        "stale_capability",
        "wrong_kind",
        "no_rights",
        "revoked",
        "unknown_call",
        "bad_argument",
        "out_of_range",
        "misaligned",
        "slot_occupied",
        "no_memory",
        "no_table_memory",
        "already_mapped",
        "not_mapped",
        "not_attached",
        "write_and_execute",
        "bad_state",
        "already_bound",
        "no_message_page",
        "server_died",
        "not_received",
        "cancelled",
        "timed_out",
        "would_block",
        "quarantined",
        "not_supported",
        "busy",
        "too_deep",
    };
    auto const number = static_cast<std::uint32_t>(error);
    return number < error_count ? names[number] : "unknown_error";
}

} // namespace abi
