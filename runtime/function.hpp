#pragma once
// A callable of a few words, kept in place: std::function without allocation. What it captures must
// be trivially copyable (pointers, numbers), which is what handlers in an event loop are made of.

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace runtime {

template <class Signature> class Function;

template <class R, class... A> class Function<R(A...)> {
public:
    static constexpr std::size_t capacity = 4 * sizeof(void*);

    constexpr Function() = default;

    template <class F>
        requires(!std::is_same_v<F, Function> && std::is_invocable_r_v<R, F&, A...>)
    // Implicit, so that a lambda can be passed where a Function is expected.
    Function(F callable) // NOLINT(google-explicit-constructor)
        : invoke_([](void* storage, A... args) -> R {
              return (*static_cast<F*>(storage))(std::forward<A>(args)...);
          }) {
        static_assert(std::is_trivially_copyable_v<F> && sizeof(F) <= capacity &&
                      alignof(F) <= alignof(void*));
        new (storage_) F(callable);
    }

    R operator()(A... args) { return invoke_(storage_, std::forward<A>(args)...); }
    explicit operator bool() const { return invoke_ != nullptr; }

private:
    R (*invoke_)(void*, A...) = nullptr;
    alignas(void*) std::byte storage_[capacity]{};
};

} // namespace runtime
