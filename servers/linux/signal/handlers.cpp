#include <servers/linux/signal/handlers.hpp>

namespace personality {

Ref<SignalHandlers> SignalHandlers::copy() const {
    auto other = make<SignalHandlers>();
    if (other) other->actions_ = actions_;
    return other;
}

void SignalHandlers::reset_caught() {
    for (auto& action : actions_) {
        bool const ignored = action.ignores();
        action = {};
        if (ignored) action.handler = 1;
    }
}

} // namespace personality
