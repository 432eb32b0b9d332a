#pragma once
// The small worlds that are explored: each has a few programs and objects, and the list of all that
// its threads may do. What a world leaves out another has.

#include <tests/model/driver.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace model {

/// A world that is set up, with what can be done in it.
struct Scene {
    std::unique_ptr<kernel::testing::World> world;
    std::unique_ptr<Driver> driver;
    std::vector<Action> actions;
    std::vector<Id> roots; ///< the programs' pools
};

struct SceneMaker {
    std::string_view name;
    unsigned depth; ///< of the short form
    void (*make)(Scene&);
};

std::span<SceneMaker const> scenes();

} // namespace model
