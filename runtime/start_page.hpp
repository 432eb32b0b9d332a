#pragma once
// Typed access to the start page: `start().session("line")`, `start().resource("com1")`.

#include <protocols/start_page.hpp>
#include <runtime/environment.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

namespace runtime {

/// The start page of a process that the supervisor made. Names are those of the manifest. Entries
/// that are not there are absent, which is for the program to bear or to report.
class Start {
public:
    explicit constexpr Start(protocols::StartPage const& page) : page_(&page) {}

    constexpr std::string_view name() const { return protocols::view(page_->name); }
    /// 1 for the first.
    constexpr std::uint32_t incarnation() const { return page_->incarnation; }
    constexpr std::string_view arguments() const {
        return {page_->arguments,
                std::min<std::size_t>(page_->argument_bytes, sizeof(page_->arguments))};
    }
    constexpr std::uint32_t processors() const { return page_->processors; }
    /// The registers with which the previous incarnation's first thread ended.
    constexpr abi::RegisterFile const* predecessor() const {
        return page_->has_predecessor != 0 ? &page_->predecessor : nullptr;
    }

    constexpr std::span<protocols::Session const> sessions() const {
        return std::span(page_->session).first(std::min(page_->sessions, protocols::max_sessions));
    }
    constexpr std::span<protocols::Resource const> resources() const {
        return std::span(page_->resource)
            .first(std::min(page_->resources, protocols::max_resources));
    }

    /// The session of this name (the first of them, if a server has several clients).
    constexpr protocols::Session const* session(std::string_view name) const {
        return find(sessions(), [&](auto const& it) { return protocols::view(it.name) == name; });
    }
    constexpr protocols::Session const* session_with(std::string_view peer) const {
        return find(sessions(), [&](auto const& it) { return protocols::view(it.peer) == peer; });
    }
    /// The client of ours whose calls carry this badge.
    constexpr protocols::Session const* client(std::uint32_t badge) const {
        return find(sessions(), [&](auto const& it) {
            return it.role == protocols::SessionRole::server && it.badge == badge;
        });
    }
    constexpr protocols::Resource const* resource(std::string_view name) const {
        return find(resources(), [&](auto const& it) { return protocols::view(it.name) == name; });
    }
    /// As above, if it is of this type.
    constexpr protocols::Resource const* resource(std::string_view name,
                                                  protocols::ResourceType type) const {
        return find(resources(), [&](auto const& it) {
            return it.type == type && protocols::view(it.name) == name;
        });
    }

private:
    protocols::StartPage const* page_;

    template <class T> static constexpr T const* find(std::span<T const> in, auto const& matches) {
        auto const at = std::find_if(in.begin(), in.end(), matches);
        return at == in.end() ? nullptr : &*at;
    }
};

/// Our own. Not in the first process, which has environment().boot instead.
inline Start start() { return Start{*environment().start}; }

/// The session's memory as bytes.
inline std::span<std::byte> memory(protocols::Session const& session) {
    return {reinterpret_cast<std::byte*>(session.address), session.bytes};
}

} // namespace runtime
