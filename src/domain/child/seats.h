/* Free places, computed in one place: from filed places, classes, and the contracts of the children in them. */
#ifndef DOMAIN_SEATS_H
#define DOMAIN_SEATS_H

#include "policy/house.h"

enum { SEAT_BANDS = 4, SEAT_DAYS = 7, SEAT_HALVES = 2 }; /* Monday … Sunday; morning, afternoon */

struct seats {
    int64_t filed;                   /* 备案托位 */
    int64_t classes, places;         /* of all classes */
    int64_t enrolled, placed;        /* children enrolled, and those in a class */
    int64_t band_places[SEAT_BANDS]; /* 乳儿, 托小, 托大, 混合 */
    int64_t band_taken[SEAT_BANDS][SEAT_DAYS][SEAT_HALVES];
    int64_t loose_taken[SEAT_DAYS][SEAT_HALVES]; /* by children without a class: of the whole, of no band */
};

enum status seats_of(struct call *call, struct reader *reader, const struct row *site, const char *day,
                     struct seats *out);
const char *seats_band(int band); /* its code */
/* Never below 0, and never more than filed places leave for the whole institution. */
int64_t seats_free(const struct seats *seats, int band, int weekday, int half);
/* Free on every working day, morning and afternoon. */
int64_t seats_free_whole(const struct seats *seats, int band);
/* {filed, enrolled, bands: [{band, places, free, days: [{day, morning, afternoon}]}]} for pages and the register. */
void seats_show(struct call *call, const struct seats *seats, struct node *map);

extern look_fn look_seats, look_claimed;

#endif
