/* Counting what the tables of measures and indicators say. A measure is one SQL aggregate over a form's rows; an
 * indicator is a formula over measures at the asked level: Σ numerator / Σ denominator, never an average. */
#ifndef POLICY_MEASURE_H
#define POLICY_MEASURE_H

#include "policy/house.h"

/* Groups of a count: by county, by township, by the measure's own split, by institution (its id), or one total. */
enum grouping { BY_NOTHING, BY_COUNTY, BY_TOWN, BY_SPLIT, BY_INSTITUTION };

struct count {
    const char *key; /* division code or split code; "" for the total */
    int64_t n;
};
/* In the order of their keys. */
struct counts {
    struct count *counts;
    size_t n;
};

/* Counts the measure over rows within my offices (and `area` prefix when not NULL). */
enum status measure_count(struct call *call, struct reader *reader, const struct measure *measure, enum grouping by,
                          const char *area, struct counts *out);
/* The same for measures over cells: their sums over the days `from` to `to` (YYYY-MM-DD, both counted), one of `out`
 * for each of them. Neighbours of the same form are summed together. */
enum status measure_sums(struct call *call, struct reader *reader, const struct measure *measures, size_t n,
                         enum grouping by, const char *area, const char *from, const char *to, struct counts *out);
/* Appends the measure's own predicate, if it has one. */
void measure_where(struct query *query, const struct call *call, const struct measure *measure);
int64_t counts_of(const struct counts *counts, const char *key);

/* The indicator for one key as a node map {value, numerator, denominator, text, missing}. Denominator 0 is "—"; no row
 * of the denominator's form at all is 待录入. */
void indicator_put(struct call *call, const struct indicator *indicator, int64_t numerator, int64_t denominator,
                   struct node *map);

#endif
