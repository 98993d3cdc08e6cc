/* From rows to the model: each cell as a typed node for the API and in words for pages; what the duty does not let one
 * see is not there, what is secret is masked. */
#ifndef POLICY_SHOW_H
#define POLICY_SHOW_H

#include "policy/engine.h"

/* Puts the cell under the field's name (nothing when its group is not in `groups`): for the API. */
void show_cell(struct call *call, struct reader *reader, const struct row *row, int field, unsigned groups,
               struct node *map);
/* The cell in words for a page: a map {label, value, …} added to `list`; `all` also adds empty and
 * hidden ones, without a value. */
struct node *show_words(struct call *call, struct reader *reader, const struct row *row, int field, unsigned groups,
                        bool all, struct node *list);
/* The name of a row for links: its title field when `groups` let me see it, else the form's title and date. */
const char *row_title(struct call *call, const struct row *row, unsigned groups);
/* The title of a row of `form` by id; NULL when it is not there. A title that not everybody with access to the form may
 * see (a child's name) is shown by the row's own duties only. */
const char *title_by_id(struct call *call, struct reader *reader, const struct form *form, int64_t id);
/* Whose line it is: "工作人员：张三" of a line (.part_of) of that row; only the form's title where the name is not mine
 * to see. NULL: it is no line. */
const char *head_words(struct call *call, struct reader *reader, const struct form *form, int64_t part);
/* Own columns (id, version, state …) into a map for the API. */
void show_own(struct call *call, const struct row *row, struct node *map);
/* "submitted" → label and tone_… flags under `name`. */
void show_state(struct call *call, const struct row *row, struct node *map, const char *name);
/* "08:05" of an instant. */
const char *time_of_day(struct call *call, int64_t ms);
/* The labels of a codes cell joined by 、 */
const char *codes_words(struct call *call, const struct field *field, const char *codes);
/* tone_good / tone_warn / tone_bad / tone_plain as a true flag of the map. */
void show_tone(struct call *call, struct node *map, const char *tone);

#endif
