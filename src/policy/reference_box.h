/* Where the current snapshot of reference data is kept; made once at start-up. */
#ifndef POLICY_REFERENCE_BOX_H
#define POLICY_REFERENCE_BOX_H

#include <pthread.h>
#include <stdatomic.h>

#include "policy/house.h"

struct reference_box {
    pthread_mutex_t lock, loading; /* loading: one at a time, so that an older reading never replaces a newer one */
    atomic_ullong wanted, loaded;  /* how often the data changed, and which change the snapshot has seen */
    struct reference *current;
};

bool reference_box_make(struct house *house);
void reference_box_free(struct house *house);

#endif
