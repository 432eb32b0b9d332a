#pragma once
// How far one step of an object's destruction has come.

namespace kernel {

enum class Destruction {
    done,       ///< its memory may be given back
    unfinished, ///< the budget is spent: go on later
};

} // namespace kernel
