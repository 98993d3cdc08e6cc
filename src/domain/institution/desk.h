/* The desk's pages are made in several files: what they share. */
#ifndef DOMAIN_DESK_H
#define DOMAIN_DESK_H

#include "policy/house.h"

/* A filing f that still asks something of its officer: a closed case stays with whoever closed it. */
#define CASE_OPEN "(f.state not in ('filed', 'ended') or (f.state = 'filed' and f.content in ('pending', 'unfit')))"

/* The clock of a line, where something is due; true: late. */
void put_due(struct call *call, struct node *line, const char *due, bool *late, bool *soon);
/* Queues of papers that wait for a post of mine, or for the seal; *waiting grows by how many. */
enum status paper_queues(struct call *call, struct reader *reader, struct node *queues, size_t *waiting);
/* The same for what is only missing: it may leave by the handler alone. */
enum status supplement_queues(struct call *call, struct reader *reader, struct node *queues, size_t *waiting);

#endif
