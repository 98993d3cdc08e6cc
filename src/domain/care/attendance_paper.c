/* 出勤登记 of a month as the paper has it: children down, days across, √ for a day in care. */
#include <stdlib.h>
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/printed.h"

enum { DAYS = 31 };

struct matrix {
    const char *marks[DAYS + 3]; /* name, days, total, NULL */
    int days, present;
};

static const char *
mark_of(const char *state, const char *reason)
{
    if (strcmp(state, "absent") != 0)
        return "√";
    return reason == NULL                    ? "缺"
           : strcmp(reason, "sick") == 0     ? "病"
           : strcmp(reason, "personal") == 0 ? "事"
           : strcmp(reason, "rest") == 0     ? "休"
           : strcmp(reason, "epidemic") == 0 ? "疫"
                                             : "缺";
}

static void
begin(struct call *call, struct matrix *line, const char *name, int days)
{
    (void)call;
    line->days = days;
    line->present = 0;
    line->marks[0] = name == NULL ? "" : name;
    for (int d = 1; d <= days; d++)
        line->marks[d] = "";
    line->marks[days + 2] = NULL;
}

static void
end(struct call *call, struct matrix *line, struct node *table)
{
    line->marks[line->days + 1] = arena_format(call->arena, "%d", line->present);
    printed_line(call, table, line->marks);
}

static enum status
marks_of_month(struct call *call, struct reader *reader, const char *first, const char *last, int64_t class_group,
               struct rows *rows)
{
    return reader_rows(reader, call->arena,
                       "select a.child, c.name, a.day, a.state, a.reason from attendance a join child c on c.office = "
                       "a.office and c.id = a.child where a.office = ?1 and a.institution = ?2 and a.day >= ?3 and "
                       "a.day <= ?4 and (?5 = 0 or a.class = ?5) order by c.sort, a.child, a.day",
                       ARGS(value_int(call->me->office), value_int(call->me->institution), value_text(first),
                            value_text(last), value_int(class_group)),
                       rows);
}

enum status
attendance_month(struct call *call, struct reader *reader, const char *month, int64_t class_group, struct node *sheet)
{
    struct day first, last;
    char from[11], to[11];
    const char *heads[DAYS + 3];
    struct matrix line = { 0 };
    struct rows rows;
    struct row *site;
    int64_t child = 0;
    day_parse(arena_format(call->arena, "%s-01", month), &first);
    last = (struct day){ day_add_months(first, 1).n - 1 };
    day_iso(first, from);
    day_iso(last, to);
    const int days = last.n - first.n + 1;
    enum status status = institution_get(call, reader, call->me->institution, &site);
    if (status == OK)
        status = marks_of_month(call, reader, from, to, class_group, &rows);
    if (status != OK)
        return status;
    heads[0] = "姓名";
    for (int d = 1; d <= days; d++)
        heads[d] = arena_format(call->arena, "%d", d);
    heads[days + 1] = "出勤";
    heads[days + 2] = NULL;
    printed_head(
        call, sheet, "婴幼儿出勤登记表",
        arena_format(call->arena, "%s　%.4s年%d月", row_text(site, "name"), month, (int)strtol(month + 5, NULL, 10)),
        NULL);
    struct node *table = printed_table(call, sheet, heads);
    for (size_t i = 0; i < rows.n; i++) {
        struct day day;
        if (rows_int(&rows, i, 0) != child) {
            if (child != 0)
                end(call, &line, table);
            begin(call, &line, rows_text(&rows, i, 1), days);
            child = rows_int(&rows, i, 0);
        }
        if (!day_parse(rows_text(&rows, i, 2), &day))
            continue;
        const char *mark = mark_of(rows_text(&rows, i, 3), rows_text(&rows, i, 4));
        line.marks[day_of_month(day)] = mark;
        line.present += strcmp(mark, "√") == 0;
    }
    if (child != 0)
        end(call, &line, table);
    printed_note(call, sheet, "√ 出勤　病 病假　事 事假　休 按约定不来园　疫 疫情居家　缺 原因不明");
    return OK;
}
