/* 平板：devices of an institution, the numbers of its people, what a device needs today. */
#ifndef DOMAIN_CARE_DEVICE_H
#define DOMAIN_CARE_DEVICE_H

#include "policy/house.h"

extern const struct form device_form, device_class_form;

/* GET /tablet/day: what this device's classes need today; only that. */
look_fn look_tablet_day;
/* GET /inbox: what tablets recorded and the head has to look at. */
look_fn look_inbox;

/* module.record_guard: whose hand it was, and whether that person may still be believed. */
enum status tablet_hand(struct call *call, struct reader *reader, const struct form *form, int64_t staff, int64_t at_ms,
                        const char **who);
/* Pieces of photos that nobody finished are forgotten. */
enum status tablet_daily(struct call *call, struct writer *writer, int64_t office);
/* May a tablet write this form at all? */
bool tablet_takes(const struct form *form);
/* Does the device that speaks look after this class? 0: only one that looks after all. */
enum status device_covers(struct call *call, struct reader *reader, int64_t class_group, bool *covers);
/* May the device that speaks write this row? INVALID with a fault for a child of a class that is not its. */
enum status device_may_write(struct call *call, struct reader *reader, const struct row *row);
/* Adds the ledgers that this device may write: forms with their fields and codes, what waits of these children
 * (tablet_ledgers.c). */
struct id_list;
enum status tablet_ledgers(struct call *call, struct reader *reader, const struct id_list *children, struct node *data);
/* Ids in ascending order. */
bool id_list_has(const struct id_list *list, int64_t id);

/* POST /tablet/code {child, code}: the entrusted person with that code and the proof for her leaving (tablet_code.c).
 */
act_fn tablet_code;
/* The proof that a code was said today for this child and person: 64 hex digits in the arena, NULL: no memory. */
const char *fetch_proof(struct call *call, int64_t child, int64_t person, const char *day);

#endif
