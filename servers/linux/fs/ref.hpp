#pragma once
// Counted references. The count lies in the object, so a reference costs no allocation, and one can
// be made from `this`. The server's one lock protects all counts: they are plain numbers.

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace personality {

/// What can be held by a Ref. When the last one goes, `unreferenced()` ends the object.
class Counted {
public:
    Counted() = default;
    Counted(Counted const&) = delete;
    Counted& operator=(Counted const&) = delete;

    void retain() const { references_++; }
    void release() const {
        if (--references_ == 0) const_cast<Counted*>(this)->unreferenced();
    }
    /// Release, but leave what follows from it to the caller: true if that was the last one.
    [[nodiscard]] bool let_go() const { return --references_ == 0; }
    std::uint64_t references() const { return references_; }

protected:
    virtual ~Counted() = default;
    virtual void unreferenced() { delete this; }

private:
    mutable std::uint64_t references_ = 0;
};

template <class T> class Ref {
public:
    constexpr Ref() = default;
    constexpr Ref(std::nullptr_t) {}
    explicit Ref(T* object) : object_(object) {
        if (object_ != nullptr) object_->retain();
    }
    Ref(Ref const& other) : Ref(other.object_) {}
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    template <class U>
        requires(!std::is_same_v<U, T> && std::is_convertible_v<U*, T*>)
    Ref(Ref<U> const& other) : Ref(other.get()) {}
    ~Ref() {
        if (object_ != nullptr) object_->release();
    }
    Ref& operator=(Ref other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }

    T* get() const { return object_; }
    T* operator->() const { return object_; }
    T& operator*() const { return *object_; }
    explicit operator bool() const { return object_ != nullptr; }
    bool operator==(Ref const& other) const { return object_ == other.object_; }

private:
    T* object_ = nullptr;
};

/// A new object, or nothing if memory has run out.
template <class T, class... Arguments> [[nodiscard]] Ref<T> make(Arguments&&... arguments) {
    return Ref<T>(new (std::nothrow) T(std::forward<Arguments>(arguments)...));
}

} // namespace personality
