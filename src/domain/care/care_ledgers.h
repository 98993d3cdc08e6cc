/* 照护台账：the ledgers that carers, health carers and the head keep beside attendance and checks, and what they share.
 */
#ifndef DOMAIN_CARE_LEDGERS_H
#define DOMAIN_CARE_LEDGERS_H

#include "policy/house.h"

extern const struct module care_ledger_module, care_health_module, care_safety_module;

extern const struct form observation_form, outdoor_form, room_check_form, visitor_form, health_round_form;
extern const struct form care_plan_form, care_plan_item_form, growth_note_form, contact_note_form;
extern const struct form medicine_order_form, medicine_given_form, disinfection_form;
extern const struct form menu_form, menu_dish_form, food_form, kitchen_form, purchase_form, food_sample_form,
    diet_meeting_form;
extern const struct form measurement_form, periodic_exam_form, weak_child_form, weak_visit_form, health_contract_form,
    catch_up_form, health_talk_form, market_check_form;
extern const struct form incident_form, incident_report_form, incident_follow_form;
extern const struct form safety_person_form, safety_regime_form, safety_equipment_form, exit_way_form, fire_check_form,
    fire_patrol_form, emergency_plan_form, emergency_drill_form, insurance_form, safety_training_form;

/* One duty on one line. */
#define DUTY(who_, may_, where_, groups_, clause_, note_)                                                              \
    {                                                                                                                  \
        who_, may_, where_, 0, groups_, clause_, note_, 0, 0                                                           \
    }
#define MAY_KEEP (MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT)
#define OF_CHILDREN (G_WORK | G_OPEN | G_CHILD | G_HEALTH)
/* Ledgers that name children: carers keep them, nobody outside the institution sees a row. */
#define CARERS_KEEP(clause_)                                                                                           \
    DUTY(INSTITUTION_CARERS, MAY_KEEP | MAY_UNMASK, &MY_INSTITUTION, OF_CHILDREN, clause_, "机构照护人员记录")
/* Ledgers of rooms, food and safety: all of the institution keep them, the health authority reads. */
#define HOUSE_KEEPS(clause_)                                                                                           \
    DUTY(THE_INSTITUTION, MAY_KEEP, &MY_INSTITUTION, G_WORK | G_OPEN, clause_, "机构人员记录"),                        \
        DUTY(HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, G_WORK | G_OPEN, clause_, "卫生健康部门查看")

/* fill: every row that the record names is of its own institution; the class follows the child. */
fill_fn care_fill_ledger;
/* The same for a record of a child on the day in that field, today when it is empty: how old the child was in months. A
 * day to come is a fault. *child NULL: none is named yet. */
enum status care_fill_months(struct call *call, struct reader *reader, struct change *change, const char *day_field,
                             struct row **child, int *months);
/* The child is enrolled and not registered as absent that day. */
check_fn care_child_is_here;
/* Runs the rules of rows again that time alone has made wrong: `sql` selects the ids (office ?1) whose day lies between
 * ?2, a month ago, and ?3, today. What was found stays found. */
enum status care_recheck(struct call *call, struct writer *writer, const struct form *form, int64_t office,
                         const char *sql);
/* Filed and registered institutions that I answer for (never those I only see as anybody does), after an id, as rows of
 * id and name; `area` narrows, NULL: all mine. */
enum status care_places(struct call *call, struct reader *reader, const char *area, int64_t after, int limit,
                        struct rows *out);
/* One number of a query, 0 when there is no row. */
enum status care_number(struct call *call, struct reader *reader, const char *sql, const struct value *args, size_t n,
                        int64_t *out);
/* A value of the standards in minutes, whatever the unit of its row ("小时", "天"). */
int64_t standard_minutes(const struct call *call, const char *id, int64_t otherwise);
/* A line {rule, what, n, url} of what is missing; nothing when n is 0. */
void care_missing_add(struct call *call, struct node *list, const char *rule, const char *what, int64_t n,
                      const char *url);
/* What these ledgers miss of a day, added to care_missing. */
enum status care_ledgers_missing(struct call *call, struct reader *reader, int64_t institution, const char *day,
                                 struct node *list);
/* Adds "table" to a printed sheet of a month (ledger_print.c): 出勤 as a matrix of children and days. */
month_fn attendance_month;

/* ---- what the files of this part ask each other ---- */

/* The disinfection table: does the dose reach it? NULL: yes, or nothing is known; else what is wrong, in words. */
const char *disinfection_fault(struct call *call, const char *object, const char *method, int64_t mg, int64_t minutes);
/* Is the object one of those that are disinfected after a case in the class? */
bool disinfection_after_case(struct call *call, const char *object);
/* Objects without a record that reaches the table in the days it gives, with the number of classes where each class has
 * its own, joined by 、; *n counts the objects. */
enum status disinfection_missing(struct call *call, struct reader *reader, int64_t institution, const char *day,
                                 const char **words, int64_t *n);

/* Where a measured value stands between the SD lines of WS/T 423: -3 (below −3 SD) … 3; false: no line for it. */
struct growth_place {
    int sd; /* -3: < −3 SD, -2: < −2 SD, -1: < −1 SD, 0: within, 1: >= +1 SD, 2, 3 */
};
bool growth_place(struct call *call, const char *measure, const char *sex, int months, int64_t hundredths,
                  struct growth_place *out);
/* The SD line (-3 … 3) for a month, in hundredths; false: none. */
bool growth_line(struct call *call, const char *measure, const char *sex, int months, int sd, int64_t *hundredths);

/* The next periodic exam of a child by age (HC-PE0, -PE1, -PE2, HC-PES); last NULL: none was recorded. */
struct day exam_due(const struct call *call, struct day born, const struct day *last, struct day entered);

/* 应检 and 实检 of a period (dates): children who were here and fell due by its end or were examined in it. */
enum status exams_should(struct call *call, struct reader *reader, int64_t institution, const char *from,
                         const char *to, int64_t *done, int64_t *should);

/* ---- turns of the day and of the minute ---- */
enum status care_health_daily(struct call *call, struct writer *writer, int64_t office);
enum status care_safety_daily(struct call *call, struct writer *writer, int64_t office);
enum status incident_minutely(struct call *call, struct writer *writer, int64_t office);

look_fn look_exams, look_growth, look_safety, look_statistics;

#endif
