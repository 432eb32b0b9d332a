#pragma once
// A doubly linked list through a member of its elements: no allocation, removal in constant time.
// An element is in at most one list per Link.

namespace base {

struct Link {
    Link* next = nullptr;
    Link* previous = nullptr;
    constexpr bool linked() const { return next != nullptr; }
};

/// A list of T's that hang together by `Member`. The list must not move while it has elements.
template <class T, Link T::* Member> class List {
public:
    constexpr List() { head_.next = head_.previous = &head_; }
    List(List const&) = delete;
    List& operator=(List const&) = delete;

    bool single() const { return head_.next == head_.previous && !empty(); }
    bool empty() const { return head_.next == &head_; }
    T& front() { return owner(*head_.next); }

    void push_back(T& element) { insert_before(head_, element); }
    void push_front(T& element) { insert_before(*head_.next, element); }
    /// Put `element` before `position`, which must be in this list.
    static void insert_before(T& position, T& element) { insert_before(position.*Member, element); }

    T& pop_front() {
        T& element = front();
        remove(element);
        return element;
    }

    /// As remove of front(), in fewer steps.
    void drop_front() {
        Link& link = *head_.next;
        head_.next = link.next;
        link.next->previous = &head_;
        link.next = nullptr;
    }

    /// Take `element` out of whatever list of this type it is in.
    static void remove(T& element) {
        Link& link = element.*Member;
        link.previous->next = link.next;
        link.next->previous = link.previous;
        link.next = nullptr;
    }

    struct Iterator {
        Link* at;
        T& operator*() const { return owner(*at); }
        Iterator& operator++() {
            at = at->next;
            return *this;
        }
        bool operator==(Iterator const&) const = default;
    };
    Iterator begin() { return {head_.next}; }
    Iterator end() { return {&head_}; }

private:
    Link head_;

    static void insert_before(Link& position, T& element) {
        Link& link = element.*Member;
        link.previous = position.previous;
        link.next = &position;
        position.previous->next = &link;
        position.previous = &link;
    }

    static T& owner(Link& link) {
        // The offset of a member named by a constant pointer to member: offsetof takes names only.
        alignas(T) static constinit char const storage[sizeof(T)]{};
        auto const* object = reinterpret_cast<T const*>(storage);
        auto const offset = reinterpret_cast<char const*>(&(object->*Member)) - storage;
        return *reinterpret_cast<T*>(reinterpret_cast<char*>(&link) - offset);
    }
};

} // namespace base
