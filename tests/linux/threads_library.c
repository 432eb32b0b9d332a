// What threads.c opens: a constructor, thread-local storage of its own, a call back into libc.
#include <stdlib.h>
static __thread int asked = 1;
static int made;
__attribute__((constructor)) static void begin(void) { made = 100; }
int ask(int number) {
    char* memory = malloc(1000);
    asked += number;
    free(memory);
    return made + asked;
}
