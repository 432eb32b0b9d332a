// /proc/net: the sockets of the UNIX domain, and the tables of the network. There are no interfaces
// and no connections: of those what is here are the headings.

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/proc/proc_static.hpp>
#include <servers/linux/fs/socket/unix_socket.hpp>
#include <servers/linux/system.hpp>

#include <array>

namespace personality {

namespace {

Result<> devices(System&, Text& text) {
    text.put("Inter-|   Receive                                                |  Transmit\n"
             " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets "
             "errs drop fifo colls carrier compressed\n");
    return {};
}

Result<> routes(System&, Text& text) {
    text.put("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"
             "                                                       \n");
    return {};
}

Result<> streams(System&, Text& text) {
    text.put("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
             "timeout inode                                                     \n");
    return {};
}

Result<> streams_6(System&, Text& text) {
    text.put("  sl  local_address                         remote_address                        st "
             "tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n");
    return {};
}

Result<> datagrams(System&, Text& text) {
    text.put("   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
             "timeout inode ref pointer drops             \n");
    return {};
}

Result<> datagrams_6(System&, Text& text) {
    text.put("  sl  local_address                         remote_address                        st "
             "tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n");
    return {};
}

Result<> local(System& system, Text& text) {
    text.put("Num       RefCount Protocol Flags    Type St Inode Path\n");
    constexpr std::uint64_t accepts = 0x1'0000; // __SO_ACCEPTCON
    constexpr std::uint64_t unconnected = 1, connected = 3;
    for (auto const* socket = system.files->sockets.first; socket; socket = socket->next) {
        // What stands in the first column names nothing, as Linux has it for the unprivileged.
        text.hexadecimal(0, 16).put(": ").hexadecimal(socket->references(), 8);
        text.put(" 00000000 ").hexadecimal(socket->listening() ? accepts : 0, 8);
        text.put(' ').hexadecimal(static_cast<std::uint64_t>(socket->type), 4);
        text.put(' ').hexadecimal(socket->connected() ? connected : unconnected, 2);
        text.put(' ').decimal(socket->inode().number, 5);
        if (auto const* const address = socket->address()) {
            text.put(' ');
            for (char c : address->name()) text.put(c == '\0' ? '@' : c);
        }
        text.put('\n');
    }
    return {};
}

Result<> neighbours(System&, Text& text) {
    text.put("IP address       HW type     Flags       HW address            Mask     Device\n");
    return {};
}

Result<> nothing(System&, Text&) { return {}; }

constexpr auto items = std::to_array<ProcItem>({
    {"arp", neighbours},
    {"dev", devices},
    {"if_inet6", nothing},
    {"ipv6_route", nothing},
    {"raw", datagrams},
    {"raw6", datagrams_6},
    {"route", routes},
    {"tcp", streams},
    {"tcp6", streams_6},
    {"udp", datagrams},
    {"udp6", datagrams_6},
    {"unix", local},
});

constexpr ProcItem net{.name = "net", .children = items};

} // namespace

ProcItem const& proc_net() { return net; }

} // namespace personality
