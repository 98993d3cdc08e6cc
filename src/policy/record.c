/* One record: its fields by section, clocks, findings, lines, the steps one may take, and its history. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/random.h"
#include "policy/clock.h"
#include "policy/entry.h"
#include "policy/list.h"
#include "policy/show.h"

/* A heading over nothing is not shown. */
static void
put_section(struct call *call, struct node *list, const char *title, struct node *fields)
{
    if (fields == NULL || fields->first == NULL)
        return;
    struct node *section = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, section, "title", title == NULL ? "基本信息" : title);
    node_put_node(section, "fields", fields);
}

static void
sections(struct call *call, struct reader *reader, const struct row *row, unsigned groups, struct node *data,
         struct node *view)
{
    struct node *list = node_put_list(call->arena, view, "sections"), *fields = node_list(call->arena);
    const char *title = NULL;
    for (int i = 0; row->form->fields[i].name != NULL; i++) {
        const struct field *field = &row->form->fields[i];
        show_cell(call, reader, row, i, groups, data);
        if (field->section != NULL) {
            put_section(call, list, title, fields);
            title = field->section;
            fields = node_list(call->arena);
        }
        show_words(call, reader, row, i, groups, false, fields);
    }
    put_section(call, list, title, fields);
}

static const struct rule *
rule_of(const struct form *form, const char *id)
{
    for (const struct rule *rule = form->rules; rule != NULL && rule->id != NULL; rule++)
        if (strcmp(rule->id, id) == 0)
            return rule;
    return NULL;
}

static const char *
confidence_words(const char *confidence)
{
    if (confidence == NULL)
        return NULL;
    if (strcmp(confidence, "P") == 0)
        return NULL; /* the text of the law itself */
    return confidence[0] == 'S' || strcmp(confidence, "K+") == 0 ? "依据待对照原文" : "依据未经核实，仅供提示";
}

/* "13" reads 第13条; "三(五)4" and "4.3.4" are said as they are. */
static const char *
article_words(struct call *call, const char *article)
{
    if (article == NULL || article[0] == '\0' || article[strspn(article, "0123456789")] != '\0')
        return article;
    return arena_format(call->arena, "第%s条", article);
}

const char *
standard_words(struct call *call, const struct standard *standard)
{
    if (standard == NULL)
        return NULL;
    if (standard->document != NULL && standard->document[0] != '\0') {
        const char *article = article_words(call, standard->article);
        return arena_format(call->arena, "%s%s", standard->document, article == NULL ? "" : article);
    }
    if (strcmp(standard->layer, "默认") == 0 || standard->label == NULL || standard->label[0] == '\0')
        return "本地要求";
    return standard->subject == NULL || standard->subject[0] == '\0'
               ? standard->label
               : arena_format(call->arena, "%s：%s", standard->subject, standard->label);
}

enum status
findings_model(struct call *call, struct reader *reader, const struct row *row, struct node *list)
{
    struct rows rows;
    if (row->form->rules == NULL)
        return OK;
    enum status status =
        reader_rows(reader, call->arena,
                    "select id, rule, severity, message, since, explanation from finding where office = ?1 "
                    "and row = ?2 and until is null order by severity, id",
                    ARGS(value_int(row->office), value_int(row->id)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        const struct rule *rule = rule_of(row->form, rows_text(&rows, i, 1));
        const struct standard *standard = rule == NULL ? NULL : rule_standard(call, rule);
        const char *severity = rows_text(&rows, i, 2);
        struct node *finding = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, finding, "id", rows_int(&rows, i, 0));
        node_put_text(call->arena, finding, "rule", rows_text(&rows, i, 1));
        node_put_code(call->arena, finding, "severity", severity,
                      strcmp(severity, "block") == 0  ? "须改正"
                      : strcmp(severity, "warn") == 0 ? "请关注"
                                                      : "提示");
        show_tone(call, finding,
                  strcmp(severity, "block") == 0  ? "bad"
                  : strcmp(severity, "warn") == 0 ? "warn"
                                                  : "plain");
        node_put_text(call->arena, finding, "message", rows_text(&rows, i, 3));
        node_put_text(call->arena, finding, "advice", rule == NULL ? NULL : rule->advice);
        node_put_text(call->arena, finding, "document", standard == NULL ? NULL : standard->document);
        node_put_text(call->arena, finding, "basis", standard_words(call, standard));
        node_put_text(call->arena, finding, "article",
                      standard == NULL ? NULL : article_words(call, standard->article));
        node_put_text(call->arena, finding, "confidence", standard == NULL ? NULL : standard->confidence);
        node_put_text(call->arena, finding, "confidence_label",
                      standard == NULL ? NULL : confidence_words(standard->confidence));
        node_put_time(call->arena, finding, "since", rows_int(&rows, i, 4));
        node_put_text(call->arena, finding, "explanation", rows_text(&rows, i, 5));
    }
    return status;
}

enum status
record_part(struct call *call, struct reader *reader, const struct form *form, const struct node *query,
            const char *new_url, int64_t since, struct node *model)
{
    struct row_set set;
    const unsigned groups = list_groups(form, call->me);
    struct node *data = (struct node *)(uintptr_t)node_get(model, "data");
    struct node *view = (struct node *)(uintptr_t)node_get(model, "view");
    struct node *list = (struct node *)(uintptr_t)node_get(view, "parts");
    if (groups == 0)
        return OK;
    enum status status = list_rows(call, reader, form, query, MAY_SEE, 200, &set);
    if (status != OK)
        return status;
    if (list == NULL)
        list = node_put_list(call->arena, view, "parts");
    struct node *part = node_put_map(call->arena, list, NULL), *typed = node_put_list(call->arena, data, form->name);
    const struct field *title = form->title_field == NULL ? NULL : form_field(form, form->title_field, NULL);
    node_put_text(call->arena, part, "title", form->title);
    node_put_text(call->arena, part, "empty", set.n == 0 ? "暂无" : NULL);
    node_put_url(call->arena, part, "new_url", new_url);
    struct node *columns = node_put_list(call->arena, part, "columns");
    if (title != NULL)
        node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", title->label);
    for (int f = 0; form->fields[f].name != NULL; f++)
        if (list_column(form, f, groups))
            node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", form->fields[f].label);
    if (form->procedure != NULL)
        node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", "状态");
    struct node *rows = node_put_list(call->arena, part, "rows");
    for (size_t r = 0; r < set.n; r++) {
        const struct row *row = set.rows[r];
        struct node *line = node_put_map(call->arena, rows, NULL), *map = node_put_map(call->arena, typed, NULL);
        node_put_url(call->arena, line, "url", arena_format(call->arena, "/%s/%lld", form->name, (long long)row->id));
        if (since != 0 && row->changed_at > since)
            node_put_bool(call->arena, line, "changed", true);
        struct node *cells = node_put_list(call->arena, line, "cells");
        if (title != NULL) {
            struct node *name = node_put_map(call->arena, cells, NULL);
            node_put_text(call->arena, name, "label", title->label);
            node_put_text(call->arena, name, "value", row_title(call, row, row->groups));
        }
        show_own(call, row, map);
        for (int f = 0; form->fields[f].name != NULL; f++) {
            show_cell(call, reader, row, f, row->groups, map);
            if (list_column(form, f, groups))
                show_words(call, reader, row, f, row->groups, true, cells);
        }
        if (form->procedure != NULL) {
            struct node *cell = node_put_map(call->arena, cells, NULL);
            node_put_text(call->arena, cell, "label", "状态");
            show_state(call, row, cell, "badge");
        }
    }
    return OK;
}

/* Lines of the record: forms that are part of it. */
static enum status
parts(struct call *call, struct reader *reader, const struct row *row, struct node *model)
{
    enum status status = OK;
    for (size_t i = 0; i < call->house->forms_n && status == OK; i++) {
        const struct form *form = call->house->forms[i];
        if (form->part_of != row->form)
            continue;
        struct node *query = node_map(call->arena);
        const bool may_add = (duty_may(form, call->me) & MAY_CREATE) != 0;
        node_put_text(call->arena, query, "part", arena_format(call->arena, "%lld", (long long)row->id));
        status = record_part(
            call, reader, form, query,
            may_add ? arena_format(call->arena, "/%s/new?part=%lld", form->name, (long long)row->id) : NULL, 0, model);
    }
    return status;
}

static const char *
new_key(struct call *call)
{
    return random_token(call->arena, 16);
}

static void
step_fields(struct call *call, struct reader *reader, const struct row *row, const struct step *step, struct node *node)
{
    struct node *fields = node_put_list(call->arena, node, "fields");
    const struct field *need = step->need == NULL ? NULL : form_field(row->form, step->need, NULL);
    if (need != NULL)
        entry_field(call, reader, row->form, row, need, true, NULL, fields);
    for (const struct field *field = step->input; field != NULL && field->name != NULL; field++)
        if (field->type == F_FILE)
            node_put_bool(call->arena, node, "multipart", true);
    for (const struct field *field = step->input; field != NULL && field->name != NULL; field++)
        entry_field(call, reader, row->form, row, form_field(row->form, field->name, NULL), field->need, NULL, fields);
}

static enum status
steps(struct call *call, struct reader *reader, const struct row *row, struct node *view, struct node *can)
{
    enum status status = OK;
    struct node *list = node_put_list(call->arena, view, "steps");
    const struct procedure *procedure = row_procedure(row);
    for (const struct step *step = procedure == NULL ? NULL : procedure->steps;
         step != NULL && step->name != NULL && status == OK; step++) {
        struct change change = { .form = row->form, .old = row, .new = (struct row *)(uintptr_t)row, .step = step };
        bool may = false;
        status = step_may(call, reader, &change, &may);
        if (status != OK || !may)
            continue;
        struct node *node = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, can, NULL, step->name);
        node_put_text(call->arena, node, "name", step->name);
        node_put_text(call->arena, node, "label", step->label);
        node_put_url(call->arena, node, "url",
                     arena_format(call->arena, "/%s/%lld/%s", row->form->name, (long long)row->id, step->name));
        node_put_bool(call->arena, node, "primary", step->main);
        node_put_text(call->arena, node, "consequence", step->consequence);
        node_put_bool(call->arena, node, "confirms", strncmp(step->label, "确认", strlen("确认")) == 0);
        node_put_text(call->arena, node, "key", new_key(call));
        node_put_int(call->arena, node, "version", row->version);
        step_fields(call, reader, row, step, node);
    }
    call->message = NULL;
    return status;
}

static void
record_links(struct call *call, struct reader *reader, const struct row *row, unsigned may, struct node *view,
             struct node *can)
{
    const struct form *form = row->form;
    const long long id = (long long)row->id;
    const bool open = form->procedure == NULL || (row_procedure(row)->open & row->state) != 0;
    node_put_int(call->arena, view, "version", row->version);
    if (form->part_of != NULL && row->part != 0 &&
        (duty_may(form->part_of, call->me) & MAY_SEE) != 0) { /* a line leads back to its head */
        node_put_url(call->arena, view, "head_url",
                     arena_format(call->arena, "/%s/%lld", form->part_of->name, (long long)row->part));
        node_put_text(call->arena, view, "head_label", head_words(call, reader, form, row->part));
    }
    if ((may & BY_DUTY) != 0)
        node_put_url(call->arena, view, "history_url", arena_format(call->arena, "/%s/%lld/history", form->name, id));
    node_put_url(call->arena, view, "print_url", arena_format(call->arena, "/%s/%lld.pdf", form->name, id));
    if ((may & MAY_CHANGE) != 0 && open) {
        node_put_url(call->arena, view, "edit_url", arena_format(call->arena, "/%s/%lld/edit", form->name, id));
        node_put_text(call->arena, can, NULL, "change");
    }
}

enum status
row_seen(struct call *call, struct reader *reader, const struct form *form, int64_t id, struct row **out, unsigned *may,
         unsigned *groups)
{
    enum status status = row_get(call, reader, form, id, out);
    if (status == OK)
        status = duty_on(call, reader, form, *out, may, groups);
    if (status == OK && (*may & MAY_SEE) == 0)
        status = NOT_FOUND;
    return status;
}

/* A row without a name of its own is called by its form and, in a ledger of days, its day. */
static const char *
heading(struct call *call, const struct row *row, unsigned groups)
{
    struct day day;
    const char *title = row_title(call, row, groups), *form = row->form->title;
    if (row->day == NULL || !day_parse(row->day, &day) ||
        strcmp(title, arena_format(call->arena, "%s %s", form, row->day)) != 0)
        return title;
    return arena_format(call->arena, "%s %d年%d月%d日", form, day_year(day), day_month(day), day_of_month(day));
}

/* A tablet's clock was off when it made the row: its times are not what the tablet showed. */
static enum status
say_corrected(struct call *call, struct reader *reader, const struct row *row, struct node *data, struct node *view)
{
    struct rows rows;
    static const char words[] = "时间已按设备时差校正";
    const enum status status = reader_rows(
        reader, call->arena, "select said_at from inbox where office = ?1 and row = ?2 and said_at is not null",
        ARGS(value_int(row->office), value_int(row->id)), &rows);
    if (status == OK && rows.n > 0) {
        node_put_text(call->arena, data, "time_corrected", words);
        node_put_text(call->arena, view, "time_corrected", words);
    }
    return status;
}

enum status
record_model(struct call *call, struct reader *reader, const struct form *form, int64_t id, struct node *model)
{
    struct row *row;
    unsigned may, groups;
    enum status status = row_seen(call, reader, form, id, &row, &may, &groups);
    if (status != OK)
        return status;
    struct node *data = node_put_map(call->arena, model, "data"), *can = node_put_list(call->arena, model, "can");
    struct node *findings = node_put_list(call->arena, model, "findings"),
                *view = node_put_map(call->arena, model, "view");
    show_own(call, row, data);
    const char *title = heading(call, row, groups);
    node_put_text(call->arena, view, "title", title);
    if (strncmp(title, form->title, strlen(form->title)) != 0)
        node_put_text(call->arena, view, "subtitle", form->title);
    show_state(call, row, view, "state");
    sections(call, reader, row, groups, data, view);
    record_links(call, reader, row, may, view, can);
    if ((groups & (G_WORK | G_INTERNAL)) != 0)
        status = findings_model(call, reader, row, findings);
    if (status == OK && form->day && (may & BY_DUTY) != 0)
        status = say_corrected(call, reader, row, data, view);
    if (status == OK && form->procedure != NULL)
        status = clocks_show(call, reader, row, node_put_list(call->arena, model, "clocks"));
    if (status == OK)
        status = parts(call, reader, row, model);
    if (status == OK)
        status = (may & BY_DUTY) != 0 ? steps(call, reader, row, view, can) : OK;
    if (status == OK && form->show != NULL)
        status = form->show(call, reader, row, model);
    if (status == OK && form->opened != NULL)
        status = form->opened(call, row);
    return status;
}

/* ---- history ---- */

static const char *
action_words(const struct procedure *procedure, const char *action)
{
    const struct step *step = procedure == NULL ? NULL : procedure_step(procedure, action);
    if (step != NULL)
        return step->label;
    if (strcmp(action, "create") == 0)
        return "新建";
    if (strcmp(action, "change") == 0)
        return "修改";
    return action;
}

static const char *
history_words(struct call *call, const struct field *field, const struct node *value)
{
    if (value == NULL || value->type == NODE_NULL || value->text == NULL)
        return "（空）";
    if (field == NULL)
        return value->text;
    if (field->type == F_CODE || field->type == F_CODES)
        return codes_words(call, field, value->text);
    if (field->type == F_BOOL)
        return strcmp(value->text, "1") == 0 ? "是" : "否";
    if (field->type == F_AREA) {
        const char *path = division_path(call->arena, call->reference, value->text);
        return path == NULL ? value->text : path;
    }
    return field->type == F_REF || field->type == F_FILE ? "（已选）" : value->text;
}

static void
history_changes(struct call *call, const struct row *row, const struct node *body, unsigned groups, struct node *list)
{
    const struct form *form = row->form;
    const struct node *plain = node_get(body, "f"), *digests = node_get(body, "d");
    for (const struct node *pair = plain == NULL ? NULL : plain->first; pair != NULL; pair = pair->next) {
        const struct field *field = form_field(form, pair->name, NULL);
        const bool state = field == NULL && strcmp(pair->name, "state") == 0;
        if (!state && (field == NULL || (field_group(field) & groups) == 0))
            continue;
        struct node *change = node_put_map(call->arena, list, NULL);
        const struct node *old = pair->first, *new = old == NULL ? NULL : old->next;
        node_put_text(call->arena, change, "name", pair->name);
        node_put_text(call->arena, change, "label", state ? "状态" : field->label);
        if (state) {
            const struct state_label *from =
                old == NULL ? NULL : procedure_label(row_procedure(row), state_of(old->text));
            const struct state_label *to =
                new == NULL ? NULL : procedure_label(row_procedure(row), state_of(new->text));
            node_put_text(call->arena, change, "old", from == NULL ? "" : from->label);
            node_put_text(call->arena, change, "new", to == NULL ? "" : to->label);
            continue;
        }
        node_put_text(call->arena, change, "old", history_words(call, field, old));
        node_put_text(call->arena, change, "new", history_words(call, field, new));
    }
    for (const struct node *digest = digests == NULL ? NULL : digests->first; digest != NULL; digest = digest->next) {
        const struct field *field = form_field(form, digest->name, NULL);
        if (field == NULL || (field_group(field) & groups) == 0)
            continue;
        struct node *change = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, change, "name", field->name);
        node_put_text(call->arena, change, "label", field->label);
        node_put_text(call->arena, change, "old", "（个人信息，不显示）");
        node_put_text(call->arena, change, "new", "（已更改）");
    }
}

enum status
history_model(struct call *call, struct reader *reader, const struct form *form, int64_t id, struct node *model)
{
    struct row *row;
    struct rows rows;
    unsigned may, groups;
    enum status status = row_seen(call, reader, form, id, &row, &may, &groups);
    /* it names who acted: what everybody may see of a row is not who worked on it */
    if (status == OK && (may & BY_DUTY) == 0)
        status = NOT_FOUND;
    if (status == OK)
        status = reader_rows(reader, call->arena,
                             "select at, actor_name, action, body, version from journal where office = ?1 and row = ?2 "
                             "order by id desc limit 500",
                             ARGS(value_int(row->office), value_int(id)), &rows);
    if (status != OK)
        return status;
    struct node *data = node_put_map(call->arena, model, "data"), *view = node_put_map(call->arena, model, "view");
    struct node *entries = node_put_list(call->arena, data, "entries");
    node_put_text(call->arena, view, "title", row_title(call, row, groups));
    node_put_url(call->arena, view, "record_url", arena_format(call->arena, "/%s/%lld", form->name, (long long)id));
    for (size_t i = 0; i < rows.n; i++) {
        const char *body = rows_text(&rows, i, 3), *why;
        struct node *entry = node_put_map(call->arena, entries, NULL), *read = NULL;
        node_put_time(call->arena, entry, "at", rows_int(&rows, i, 0));
        node_put_text(call->arena, entry, "actor", rows_text(&rows, i, 1));
        node_put_text(call->arena, entry, "action", action_words(row_procedure(row), rows_text(&rows, i, 2)));
        node_put_int(call->arena, entry, "version", rows_int(&rows, i, 4));
        struct node *changes = node_put_list(call->arena, entry, "changes");
        if (body != NULL && json_read(call->arena, body, strlen(body), &read, &why) == OK)
            history_changes(call, row, read, groups, changes);
    }
    return arena_failed(call->arena) ? NO_MEMORY : OK;
}
