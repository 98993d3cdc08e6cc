/* What the parts of the simulation share: one institution, one day, and the dice. */
#ifndef CLI_SIMULATE_H
#define CLI_SIMULATE_H

#include "policy/engine.h"

/* The same seed gives the same days. */
struct dice {
    uint64_t state;
};
unsigned dice_roll(struct dice *dice, unsigned below);

struct kid {
    int64_t id, class_group, guardian;
};
struct site {
    int64_t id;
    const struct kid *kids;
    size_t kids_n;
};
struct life {
    struct house *house;
    struct dice dice;
    const struct site *site;
    struct day day, last; /* last: on its evening nobody is left ill */
    size_t from, to;      /* children of this write */
    int64_t rows;
};
/* The instant so many minutes after midnight of the day. */
int64_t life_at(const struct life *life, int minutes);

/* ---- simulate_ill.c: an ill child from what was found to the way back ---- */
/* In the morning: who is at home ill stays away, is seen by the doctor, or comes back. */
enum status ill_before(struct call *call, struct writer *writer, struct life *life, const struct kid *kid, bool *away);
/* A check of that minute found something: the guardian is told, the child is fetched (or goes home in the evening). */
enum status ill_today(struct call *call, struct writer *writer, struct life *life, const struct kid *kid, int minute,
                      int left);
/* The county receives alerts, and closes those whose cases are over. */
enum status ill_evening(struct call *call, struct writer *writer, struct life *life);
/* The last evening: whatever case goes on ends. */
enum status ill_settle(struct call *call, struct writer *writer, struct life *life, const struct kid *kid);

#endif
