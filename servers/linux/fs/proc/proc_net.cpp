// /proc/net: the tables of the network. There are no interfaces and no connections: what is here
// are the headings.

#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/proc/proc_static.hpp>

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

Result<> local(System&, Text& text) {
    text.put("Num       RefCount Protocol Flags    Type St Inode Path\n");
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
