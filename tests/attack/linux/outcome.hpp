#pragma once
// `TEST name ok` or `TEST name FAILED detail` on standard output.

#include <tests/attack/linux/calls.hpp>

namespace linux_attack {

class Text {
public:
    void add(char const* text) {
        while (*text != 0 && size_ < sizeof(text_)) text_[size_++] = *text++;
    }
    void add(long number) {
        char digits[24];
        int count = 0;
        Word rest = number < 0 ? 0 - static_cast<Word>(number) : static_cast<Word>(number);
        do digits[count++] = static_cast<char>('0' + rest % 10);
        while ((rest /= 10) != 0);
        if (number < 0) add("-");
        while (count > 0 && size_ < sizeof(text_)) text_[size_++] = digits[--count];
    }
    bool empty() const { return size_ == 0; }
    void print() const { write(1, text_, size_); }
    void add(Text const& other) {
        for (Word i = 0; i < other.size_ && size_ < sizeof(text_); i++)
            text_[size_++] = other.text_[i];
    }

private:
    char text_[400];
    Word size_ = 0;
};

class Outcome {
public:
    explicit Outcome(char const* name) : name_(name) {}
    ~Outcome() {
        Text line;
        line.add("TEST ");
        line.add(name_);
        line.add(detail_.empty() ? " ok" : " FAILED ");
        line.add(detail_);
        line.add("\n");
        line.print();
    }
    Outcome(Outcome const&) = delete;
    Outcome& operator=(Outcome const&) = delete;

    void expect(bool holds, char const* what, long number = 0) {
        if (holds || !detail_.empty()) return;
        detail_.add(what);
        detail_.add(" (");
        detail_.add(number);
        detail_.add(")");
    }

private:
    char const* name_;
    Text detail_;
};

} // namespace linux_attack
