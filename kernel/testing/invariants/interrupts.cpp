#include <kernel/testing/invariants/checker.hpp>

namespace kernel::testing {

void Checker::check_object(Interrupt& interrupt) {
    if (interrupt.vector_link.linked())
        expect(contains(root().interrupts.of(interrupt).sharers, interrupt),
               "an interrupt is not where it thinks");
    expect(interrupt.bound() == !interrupt.notification_.empty(),
           "an interrupt waits for an acknowledge that nobody can give");
}

void Checker::check_interrupts() {
    auto number = arch::first_device_vector;
    for (auto& vector : root().interrupts.vectors_) {
        bool heard = false, fired = false;
        unsigned sharers = 0;
        for (auto& one : vector.sharers) {
            expect(alive(&one), "a dead interrupt has vector {}", number);
            if (!alive(&one)) return;
            expect(one.route() == vector.sharers.front().route() && one.vector() == number &&
                       (!one.route().by_message() || sharers == 0),
                   "the sharers of vector {} do not agree", number);
            sharers++;
            heard |= one.bound();
            fired |= one.fired();
        }
        auto const level = sharers != 0 && vector.sharers.front().route().level;
        expect(vector.open == (heard && !(fired && (level || vector.again))),
               "vector {} is open: {}", number, vector.open);
        expect(!vector.again || (heard && fired && !level),
               "an edge of vector {} is kept from those who want to hear it", number);
        number++;
    }
}

} // namespace kernel::testing
