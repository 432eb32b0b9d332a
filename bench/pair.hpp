#pragma once
// A client and a server of one processor, in address spaces of their own: who makes round trips
// there.

#include <runtime/lab/neighbour.hpp>

namespace bench {

class Pair {
public:
    /// `client` is a function of ours that calls the endpoint it gets; the other two words are the
    /// caller's. It starts when told to, the server at once.
    Pair(abi::Word processor, void (*client)(abi::Word endpoint, abi::Word, abi::Word),
         abi::Word first, abi::Word second);

    void start() const { client_.start(); }

private:
    runtime::Owned<runtime::Endpoint> endpoint_;
    runtime::Owned<runtime::Reply> reply_;
    lab::OwnImage image_;
    lab::Neighbour other_;
    lab::Worker server_;
    lab::Worker client_;
};

} // namespace bench
