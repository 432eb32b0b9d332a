#include <servers/linux/fs/notify/watch.hpp>

#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/volume.hpp>

namespace personality {

namespace {

template <WatchLink Watch::* Link> void put_in(Watch*& first, Watch& watch) {
    auto& link = watch.*Link;
    link.next = first;
    link.back = &first;
    if (first != nullptr) (first->*Link).back = &link.next;
    first = &watch;
}

template <WatchLink Watch::* Link> void take_out(Watch& watch) {
    auto& link = watch.*Link;
    *link.back = link.next;
    if (link.next != nullptr) (link.next->*Link).back = link.back;
}

} // namespace

Watch::Watch(NotifyFile& of, Inode& on, std::int32_t wd, std::uint32_t wanted)
    : file(of), inode(on), number(wd), mask(wanted) {
    put_in<&Watch::in_inode>(inode.first_watch, *this);
    put_in<&Watch::in_volume>(inode.volume.first_watch, *this);
    if (!inode.volume.keeps_inodes()) kept_ = Ref(&inode);
}

Watch::~Watch() {
    take_out<&Watch::in_inode>(*this);
    take_out<&Watch::in_volume>(*this);
}

} // namespace personality
