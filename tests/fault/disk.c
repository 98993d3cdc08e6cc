#include "fault/faults.h"
#include "store/inside.h"

void
disk_is_well(struct store *store)
{
    pthread_mutex_lock(&store->figure_lock);
    store->try_again = 0;
    pthread_mutex_unlock(&store->figure_lock);
}
