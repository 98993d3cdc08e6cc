/* Forgetting: what rests on consent ends with the consent; what no rule keeps ends when the years are over. Values go,
 * the keys of secrets go (what the journal kept sealed stays sealed for ever), files that nothing names any more go;
 * the rows that a law still counts stay, without a person in them. */
#ifndef DOMAIN_CHILD_FORGET_H
#define DOMAIN_CHILD_FORGET_H

#include "domain/child/child.h"
#include "policy/attachment.h"

/* Says something about a person: named a legal basis for, secret, or shown as a child's, contact's or health's only. */
bool is_personal(const struct field *field);
/* The column of `form` that names a child: "part", the name of its reference, or NULL when the form is not about one.
 */
const char *child_column(const struct form *form);
/* Coded facts of a day stay when the person goes: without it they are numbers, and statistics count them. */
bool is_number(const struct form *form, const struct field *field);
/* Does a consent of that kind cover the field? Fields of other bases are never covered. */
bool consent_covers(const char *kind, const struct form *form, const struct field *field);

/* Empties everything of the child, and of the records that name it, that this kind of consent covered. *n: rows. */
enum status forget_consented(struct call *call, struct writer *writer, struct row *child, const char *kind, int64_t *n);
/* Deletes the photos of one row that rest on consent, because their time is over; the row says so in PHOTO_GONE. */
enum status forget_photos(struct call *call, struct writer *writer, struct row *row);
#define PHOTO_GONE "photo_gone_on"
/* When a child leaves: what rests on consent alone, and pick-up people whose charge had ended. */
enum status forget_at_leaving(struct call *call, struct writer *writer, int64_t child);
/* Is it about a child, and do its personal fields go so many years after the child left? */
bool form_forgets(const struct form *form, int years);
/* Empties every personal field of the child, and of the records that name it, that is kept so many years; *n: rows. */
enum status forget_child(struct call *call, struct writer *writer, struct row *child, int years, int64_t *n);

/* Takes the stored bytes away when no row names them any more. */
extern work_fn forget_file_work; /* the job FORGET_FILE */

#endif
