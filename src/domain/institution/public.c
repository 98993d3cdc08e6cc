/* The public register — clauses C003, C029, C031, C061; MGT-8, REG-11. Everybody finds who is filed. Never an ID
 * number, a private telephone or a person's name. Filing is not a licence, and every page says so. */
#include <string.h>

#include "base/url.h"

#include "domain/child/seats.h"
#include "domain/institution/institution.h"
#include "domain/institution/looks.h"
#include "policy/engine.h"
#include "policy/list.h"
#include "policy/show.h"

static const char plain_words[] =
    "备案不是行政许可，表示机构已向卫生健康部门报送材料并取得回执；机构的服务质量和安全由机构负责。";

/* Set by the city for all pages (CFG-FILING-WORDS), and by a county for its own institutions. */
static const char *
city_words(struct call *call)
{
    const struct standard *standard = standard_on(call->reference, "CFG-FILING-WORDS", call->today);
    return standard == NULL || standard->note == NULL || standard->note[0] == '\0' ? plain_words : standard->note;
}

static const char *
county_words(struct call *call, struct reader *reader, int64_t office)
{
    struct rows rows;
    const enum status status =
        reader_rows(reader, call->arena, "select disclaimer from desk_setting where office = ?1 order by id limit 1",
                    ARGS(value_int(office)), &rows);
    const char *words = status == OK && rows.n > 0 ? rows_text(&rows, 0, 0) : NULL;
    return words == NULL || words[0] == '\0' ? city_words(call) : words;
}

/* The public looks at all offices. */
static void
everywhere(struct call *call, struct me *me)
{
    *me = (struct me){ .department = D_PUBLIC, .name = "公众" };
    for (size_t i = 0; i < call->reference->offices_n && i < 128; i++)
        me->offices[me->offices_n++] = call->reference->offices[i].id;
}

static void
put_site(struct call *call, struct reader *reader, const struct row *site, struct node *map)
{
    node_put_id(call->arena, map, "id", site->id);
    for (int i = 0; institution_form.fields[i].name != NULL; i++)
        show_cell(call, reader, site, i, G_OPEN, map);
    node_put_text(
        call->arena, map, "service_words",
        codes_words(call, form_field(&institution_form, "service_forms", NULL), row_text(site, "service_forms")));
    show_state(call, site, map, "status");
    node_put_url(call->arena, map, "url", arena_format(call->arena, "/register/%lld", (long long)site->id));
}

/* "托育机构" alone names what stands here, all of it. */
static bool
is_generic(const char *words)
{
    static const char *const generic[] = { "托育", "托育机构",   "托育服务",     "托育服务机构",
                                           "机构", "婴幼儿照护", "照护服务机构", "婴幼儿照护服务机构",
                                           NULL };
    for (int i = 0; generic[i] != NULL; i++)
        if (strcmp(words, generic[i]) == 0)
            return true;
    return false;
}

static struct node *
clean_query(struct call *call, const struct node *input)
{
    static const char *const names[] = { "q",         "area",  "service_forms", "nature", "kind",
                                         "inclusive", "after", "sort",          NULL };
    struct node *query = node_map(call->arena);
    for (int i = 0; names[i] != NULL; i++) {
        const char *text = node_text_of(input, names[i]);
        if (text != NULL && text[0] != '\0' && (i > 0 || !is_generic(text)))
            node_put_text(call->arena, query, names[i], text);
    }
    return query;
}

static void
put_options(struct call *call, struct node *data, const char *name, const char *label, const char *list,
            const char *chosen)
{
    struct node *filters = (struct node *)(uintptr_t)node_get(data, "filters");
    struct node *filter = node_put_map(call->arena, filters, NULL);
    const struct code_list *codes = list == NULL ? NULL : code_list(call->reference, list);
    node_put_text(call->arena, filter, "name", name);
    node_put_text(call->arena, filter, "label", label);
    struct node *options = node_put_list(call->arena, filter, "options");
    for (size_t i = 0; codes != NULL && i < codes->n; i++) {
        struct node *option = node_put_map(call->arena, options, NULL);
        node_put_text(call->arena, option, "code", codes->codes[i].code);
        node_put_text(call->arena, option, "label", codes->codes[i].label);
        node_put_bool(call->arena, option, "selected", chosen != NULL && strcmp(chosen, codes->codes[i].code) == 0);
    }
    for (size_t i = 0; list == NULL && i < call->reference->divisions_n; i++) {
        const struct division *division = &call->reference->divisions[i];
        const bool town = strcmp(division->level, "town") == 0;
        if (!town && strcmp(division->level, "county") != 0)
            continue;
        if (town && (chosen == NULL || strncmp(chosen, division->code, 6) != 0))
            continue; /* townships of the chosen county only */
        struct node *option = node_put_map(call->arena, options, NULL);
        node_put_text(call->arena, option, "code", division->code);
        node_put_text(call->arena, option, "label",
                      town ? arena_format(call->arena, "　%s", division->name) : division->name);
        node_put_bool(call->arena, option, "selected", chosen != NULL && strcmp(chosen, division->code) == 0);
    }
}

/* Institutions by county, as a list and as a map; townships have no published borders. */
static enum status
put_counties(struct call *call, struct reader *reader, struct node *data)
{
    struct rows rows;
    /* by office, which the index answers alone: a county is an office */
    enum status status = reader_rows(reader, call->arena,
                                     "select office, count(*) from institution where state in ('filed', 'suspended') "
                                     "group by office",
                                     NO_ARGS, &rows);
    if (status != OK)
        return status;
    struct node *counties = node_put_list(call->arena, data, "counties"), *charts = node_list(call->arena);
    struct node *drawing = chart_put(call, charts, "map-register", "各县（市、区）备案机构数", "map", "家");
    for (size_t d = 0; d < call->reference->divisions_n; d++) {
        const struct division *division = &call->reference->divisions[d];
        if (strcmp(division->level, "county") != 0)
            continue;
        int64_t n = 0;
        for (size_t i = 0; i < rows.n; i++)
            if (rows_int(&rows, i, 0) == division->office)
                n = rows_int(&rows, i, 1);
        struct node *county = node_put_map(call->arena, counties, NULL);
        node_put_text(call->arena, county, "code", division->code);
        node_put_text(call->arena, county, "name", division->name);
        node_put_int(call->arena, county, "n", n);
        node_put_url(call->arena, county, "url", arena_format(call->arena, "/register?area=%s", division->code));
        chart_point(call, drawing, division->name, n);
    }
    struct node *map = charts->first;
    const struct standard *approval = standard_on(call->reference, "CFG-MAP-APPROVAL", call->today);
    if (approval != NULL && approval->document_no != NULL && approval->document_no[0] != '\0')
        node_put_text(call->arena, map, "approval", approval->document_no);
    node_put_node(data, "map", map);
    return OK;
}

/* Where the institutions of this page are, as far as their place was entered. */
static void
put_points(struct call *call, const struct row_set *sites, struct node *data)
{
    struct node *map = (struct node *)(uintptr_t)node_get(data, "map");
    struct node *points = node_put_list(call->arena, (struct node *)(uintptr_t)node_get(map, "drawing"), "points");
    for (size_t i = 0; i < sites->n; i++) {
        if (!row_has(sites->rows[i], "longitude") || !row_has(sites->rows[i], "latitude"))
            continue;
        struct node *point = node_put_map(call->arena, points, NULL);
        node_put_text(call->arena, point, "name", row_text(sites->rows[i], "name"));
        struct node *at = node_put_list(call->arena, point, "at");
        static const char *const sides[] = { "longitude", "latitude" };
        for (int side = 0; side < 2; side++) {
            struct node *number = node_put_int(call->arena, at, NULL, row_int(sites->rows[i], sides[side]));
            if (number != NULL) {
                number->type = NODE_DECIMAL;
                number->scale = 6;
            }
        }
    }
}

/* 普惠 is a yes or nothing: no code list. */
static void
put_inclusive(struct call *call, struct node *data, const char *chosen)
{
    struct node *filters = (struct node *)(uintptr_t)node_get(data, "filters");
    struct node *filter = node_put_map(call->arena, filters, NULL);
    node_put_text(call->arena, filter, "name", "inclusive");
    node_put_text(call->arena, filter, "label", "普惠");
    struct node *option = node_put_map(call->arena, node_put_list(call->arena, filter, "options"), NULL);
    node_put_text(call->arena, option, "code", "1");
    node_put_text(call->arena, option, "label", "普惠机构");
    node_put_bool(call->arena, option, "selected", chosen != NULL && strcmp(chosen, "1") == 0);
}

static bool
searched(const struct node *query)
{
    for (const struct node *one = query->first; one != NULL; one = one->next)
        if (one->text != NULL && one->text[0] != '\0')
            return true;
    return false;
}

/* The same question, from behind the last one. */
static const char *
next_page(struct call *call, const struct node *query, const char *after)
{
    const char *url = arena_format(call->arena, "/register?after=%s", after);
    for (const struct node *one = query->first; one != NULL; one = one->next)
        if (one->text != NULL && one->text[0] != '\0' && strcmp(one->name, "after") != 0)
            url = arena_format(call->arena, "%s&%s=%s", url, one->name, url_escape(call->arena, one->text));
    return url;
}

enum status
look_register(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct me public;
    struct row_set set;
    const struct me *me = call->me;
    struct node *query = clean_query(call, input);
    everywhere(call, &public);
    call->me = &public;
    enum status status = list_rows(call, reader, &institution_form, query, MAY_SEE, 51, &set);
    struct node *data = node_put_map(call->arena, model, "data");
    struct node *rows = node_put_list(call->arena, data, "rows");
    for (size_t i = 0; status == OK && i < set.n && i < 50; i++)
        put_site(call, reader, set.rows[i], node_put_map(call->arena, rows, NULL));
    call->me = me;
    if (status != OK)
        return status;
    node_put_text(call->arena, data, "words", city_words(call));
    node_put_text(call->arena, data, "q", node_text_of(input, "q"));
    node_put_list(call->arena, data, "filters");
    put_options(call, data, "area", "地区", NULL, node_text_of(query, "area"));
    put_options(call, data, "service_forms", "服务形式", "service_form", node_text_of(query, "service_forms"));
    put_options(call, data, "nature", "性质", "nature", node_text_of(query, "nature"));
    put_options(call, data, "kind", "机构类型", "institution_kind", node_text_of(query, "kind"));
    put_inclusive(call, data, node_text_of(query, "inclusive"));
    if (!searched(query) || set.n == 0) { /* the overview: at the entrance, and as a way on where nothing is found */
        status = put_counties(call, reader, data);
        if (status != OK)
            return status;
        put_points(call, &set, data);
    }
    if (set.n == 0)
        node_put_text(call->arena, data, "empty",
                      "没有找到符合条件的备案机构，可减少筛选条件，或从下面的县（市、区）进入");
    if (set.n > 50) {
        const char *after = arena_format(call->arena, "%lld", (long long)set.rows[49]->id);
        node_put_text(call->arena, data, "next", after);
        node_put_url(call->arena, data, "next_url", next_page(call, query, after));
    }
    return OK;
}

/* Divisions and kinds are renamed now and then: the words by which institutions are found follow within a day. */
enum status
register_daily(struct call *call, struct writer *writer, int64_t office)
{
    struct row_set set;
    enum status status = rows_by(call, writer_reader(writer), &institution_form, office, NULL, NULL, 0, &set);
    for (size_t i = 0; status == OK && i < set.n; i++)
        status = row_index(call, writer, set.rows[i]);
    return status;
}

/* Of each item the newest that has not expired: what was published before is history. */
static bool
is_shown(struct call *call, const struct row_set *set, size_t at)
{
    struct day until, published, other;
    const struct row *row = set->rows[at];
    if (row_day(row, "expires_on", &until) && until.n < call->today.n)
        return false;
    for (size_t i = 0; i < set->n; i++) {
        if (i == at || strcmp(row_text(set->rows[i], "item"), row_text(row, "item")) != 0 ||
            !row_day(set->rows[i], "published_on", &other) || !row_day(row, "published_on", &published))
            continue;
        if (row_day(set->rows[i], "expires_on", &until) && until.n < call->today.n)
            continue;
        if (other.n > published.n || (other.n == published.n && set->rows[i]->id > row->id))
            return false;
    }
    return true;
}

static enum status
disclosures(struct call *call, struct reader *reader, const struct row *site, struct node *data)
{
    struct row_set set;
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(site->id) };
    struct node *list = node_put_list(call->arena, data, "disclosures");
    enum status status = rows_by(call, reader, &disclosure_form, site->office, where, values, 1, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        if (!is_shown(call, &set, i))
            continue;
        struct node *item = node_put_map(call->arena, list, NULL);
        for (int f = 0; disclosure_form.fields[f].name != NULL; f++)
            show_cell(call, reader, set.rows[i], f, G_OPEN, item);
    }
    return status;
}

enum status
look_register_one(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    int64_t id;
    struct row *site;
    const char *text = node_text_of(input, "id");
    if (text == NULL || !id_parse(text, &id))
        return NOT_FOUND;
    enum status status = institution_get(call, reader, id, &site);
    if (status == OK && (site->state & (FILED | SUSPENDED)) == 0)
        return NOT_FOUND;
    if (status != OK)
        return status;
    struct node *data = node_put_map(call->arena, model, "data");
    put_site(call, reader, site, data);
    node_put_text(call->arena, data, "words", county_words(call, reader, site->office));
    node_put_text(call->arena, data, "place_words",
                  division_path(call->arena, call->reference, row_text(site, "place")));
    struct seats seats = { 0 };
    if (site->state == FILED) /* nobody is taken in during a pause */
        status = seats_of(call, reader, site, call_today(call), &seats);
    if (status == OK && seats.classes > 0)
        seats_show(call, &seats, node_put_map(call->arena, data, "seats"));
    return status == OK ? disclosures(call, reader, site, data) : status;
}

/* 开放数据: the whole register as JSON or CSV, the open fields only. */
enum status
look_open_data(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct me public;
    struct row_set set = { 0 };
    const struct me *me = call->me;
    enum status status = OK;
    const char *after = NULL;
    (void)input;
    everywhere(call, &public);
    struct node *data = node_put_list(call->arena, model, "data");
    do {
        struct node *query = node_map(call->arena);
        node_put_text(call->arena, query, "after", after);
        call->me = &public;
        status = list_rows(call, reader, &institution_form, query, MAY_SEE, 1000, &set);
        call->me = me;
        for (size_t i = 0; status == OK && i < set.n; i++)
            put_site(call, reader, set.rows[i], node_put_map(call->arena, data, NULL));
        after = set.n == 0 ? NULL : arena_format(call->arena, "%lld", (long long)set.rows[set.n - 1]->id);
    } while (status == OK && set.n == 1000);
    return status;
}

/* 扫码核验: what a paper is, under an unguessable code; nothing else. */
enum status
look_paper_code(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    int64_t id;
    struct rows rows;
    struct row *paper, *site;
    const char *code = node_text_of(input, "id");
    struct node *data = node_put_map(call->arena, model, "data");
    enum status status = claim_holder(call, reader, "paper_code", code, &id);
    if (status == OK && id == 0)
        return NOT_FOUND;
    if (status == OK)
        status = row_get(call, reader, &paper_form, id, &paper);
    if (status == OK && (paper->state & (SEALED | DELIVERED | VOIDED)) == 0)
        return NOT_FOUND;
    if (status == OK)
        status = institution_get(call, reader, paper->institution, &site);
    if (status != OK)
        return status;
    node_put_text(call->arena, data, "number", row_text(paper, "number"));
    node_put_text(call->arena, data, "kind", code_label(call->reference, "paper_kind", row_text(paper, "kind")));
    node_put_text(call->arena, data, "institution", row_text(site, "name"));
    node_put_date(call->arena, data, "sealed_on", row_text(paper, "sealed_on"));
    show_state(call, paper, data, "state");
    show_state(call, site, data, "site");
    const char *ended = site->state == CANCELLED ? "该机构备案已注销，本公文不再表示其在备案状态"
                        : site->state == CLOSED  ? "该机构已终止服务，本公文不再表示其在备案状态"
                                                 : NULL;
    if (ended != NULL && paper->state != VOIDED)
        node_put_text(call->arena, data, "ended", ended);
    node_put_text(call->arena, data, "valid", paper->state == VOIDED || ended != NULL ? NULL : "本公文有效");
    if (row_has(paper, "scan") &&
        reader_rows(reader, call->arena, "select sm3 from file where office = ?1 and id = ?2",
                    ARGS(value_int(paper->office), value_int(row_int(paper, "scan"))), &rows) == OK &&
        rows.n == 1)
        node_put_text(call->arena, data, "fingerprint", rows_text(&rows, 0, 0));
    return OK;
}
