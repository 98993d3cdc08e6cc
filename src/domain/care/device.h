/* 平板：devices of an institution, the numbers of its people, what a device needs today. */
#ifndef DOMAIN_CARE_DEVICE_H
#define DOMAIN_CARE_DEVICE_H

#include "policy/house.h"

extern const struct form device_form, device_class_form;

enum { CODE_ROUNDS = 2000 }; /* PBKDF2 of a pick-up code, salted for each device and person */

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
/* Adds the ledgers that this device may write: forms with their fields and codes (tablet_ledgers.c). */
enum status tablet_ledgers(struct call *call, struct reader *reader, struct node *data);

#endif
