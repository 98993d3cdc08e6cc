/* 国家系统填报 — clause C134: no interface to the national system is known, so a filing is copied there by hand: one
 * field a line in the order of the filing form, each with its own button. What is masked stays masked: it is opened on
 * the filing itself, with a purpose. */
#include <string.h>

#include "domain/institution/institution.h"
#include "domain/institution/looks.h"
#include "policy/engine.h"
#include "policy/show.h"

enum status
look_national_copy(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    int64_t id;
    struct row *row;
    unsigned may, groups;
    const char *text = node_text_of(input, "id");
    if (text == NULL || !id_parse(text, &id))
        return NOT_FOUND;
    enum status status = row_seen(call, reader, &filing_form, id, &row, &may, &groups);
    if (status != OK)
        return status;
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, data, "title", row_text(row, "institution_name"));
    node_put_url(call->arena, data, "filing_url", arena_format(call->arena, "/filing/%lld", (long long)id));
    node_put_url(call->arena, data, "site_url",
                 arena_format(call->arena, "/institution/%lld/edit", (long long)row->institution));
    struct node *lines = node_put_list(call->arena, data, "lines");
    const char *section = "机构";
    for (int i = 0; filing_form.fields[i].name != NULL && strcmp(filing_form.fields[i].name, "explanation") != 0; i++) {
        if (filing_form.fields[i].section != NULL)
            section = filing_form.fields[i].section;
        if ((field_group(&filing_form.fields[i]) & groups) == 0)
            continue;
        struct node *line = show_words(call, reader, row, i, groups, true, lines);
        node_put_text(call->arena, line, "section", section);
    }
    return OK;
}
