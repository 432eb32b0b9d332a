// What exceptions.cpp opens: an exception of the program passes through its frames.
#include <iostream>
#include <string>
struct Leaving {
    ~Leaving() { std::cout << "the library is left\n"; }
};
extern "C" void call_back(void (*call)()) {
    Leaving const here;
    call();
}
