#include "base/id.h"

#define EPOCH_MS INT64_C(1577836800000) /* 2020-01-01T00:00:00Z */
enum { OFFICE_BITS = 12, COUNTER_BITS = 10 };

int64_t
id_make(int64_t now_ms, int office, unsigned counter)
{
    const int64_t ms = now_ms > EPOCH_MS ? now_ms - EPOCH_MS : 0;
    return ms << (OFFICE_BITS + COUNTER_BITS) | (int64_t)(office & 0xfff) << COUNTER_BITS | (counter & 0x3ff);
}

int
id_office(int64_t id)
{
    return (int)(id >> COUNTER_BITS & 0xfff);
}

int64_t
id_time_ms(int64_t id)
{
    return (id >> (OFFICE_BITS + COUNTER_BITS)) + EPOCH_MS;
}

bool
id_parse(const char *text, int64_t *out)
{
    int64_t id = 0;
    if (*text < '1' || *text > '9')
        return false;
    for (; *text != '\0'; text++)
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(id, 10, &id) ||
            __builtin_add_overflow(id, *text - '0', &id))
            return false;
    *out = id;
    return true;
}

int64_t
id_next(struct id_source *source, int64_t now_ms, int office)
{
    const int64_t ms = now_ms > EPOCH_MS ? now_ms - EPOCH_MS : 0;
    int64_t last = atomic_load(&source->last), next;
    do
        next = last >= ms << COUNTER_BITS ? last + 1 : ms << COUNTER_BITS;
    while (!atomic_compare_exchange_weak(&source->last, &last, next));
    return id_make((next >> COUNTER_BITS) + EPOCH_MS, office, (unsigned)(next & 0x3ff));
}

void
id_resume(struct id_source *source, int64_t id)
{
    const int64_t mark = (id >> (OFFICE_BITS + COUNTER_BITS)) << COUNTER_BITS | (id & 0x3ff);
    int64_t last = atomic_load(&source->last);
    while (mark > last && !atomic_compare_exchange_weak(&source->last, &last, mark))
        ;
}
