/* Demo data: invented institutions, officers and filings, every name marked 演示. They are made by the same path as
 * real ones. With them loaded the server answers on loopback only. */
#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "cli/demo.h"
#include "desk/files.h"
#include "desk/pdf.h"
#include "domain/area/area.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "http/app.h"
#include "http/password.h"
#include "policy/write.h"

static const char demo_password[] = "Demo-tuoyu-2026";
enum { EVIDENCE_KINDS = DEMO_FILES - 1 };

static const struct person people[] = {
    { "kt-handle", "演示承办员", "health", "county", 11, "handle" },
    { "kt-review", "演示审核员", "health", "county", 11, "review" },
    { "kt-sign", "演示签发人", "health", "county", 11, "sign|head" },
    { "kt-market", "演示市场监管员", "market", "county", 11, "push" },
    { "kt-civil", "演示民政员", "civil", "county", 11, "push" },
    { "kt-staffing", "演示编制员", "staffing", "county", 11, "push" },
    { "kt-fire", "演示消防员", "fire", "county", 11, "handle" },
    { "kt-police", "演示公安员", "police", "county", 11, "handle" },
    { "kt-housing", "演示住建员", "housing", "county", 11, "handle" },
    { "jc-handle", "演示泾川承办员", "health", "county", 12, "handle|review|sign|head" },
    { "pl-health", "演示市级管理员", "health", "city", 3, "handle|head" },
    { "sysadmin", "演示系统管理员", "system_admin", "city", 3, NULL },
    { "secadmin", "演示安全管理员", "security_admin", "city", 3, NULL },
    { "auditor", "演示审计管理员", "audit_admin", "city", 3, NULL },
    { "kt-cdc", "演示疾控员", "cdc", "county", 11, "handle" },
    { "kt-maternal", "演示妇幼保健员", "maternal", "county", 11, "handle" },
    { "kt-inspection", "演示卫生监督员", "inspection", "county", 11, "handle" },
};
enum { PEOPLE = sizeof people / sizeof people[0], COUNTY_HANDLER = 0, COUNTY_REVIEWER = 1, COUNTY_SIGNER = 2 };

/* How far an institution has come. */
enum progress { REGISTERED_ONLY, DRAFTED, HANDED_IN, SENT_BACK, HAS_RECEIPT, FOUND_UNFIT };
struct place {
    const char *name, *authority, *area, *address, *kind, *login;
    int days_ago, capacity;
    int64_t longitude, latitude; /* millionths of a degree */
    enum progress progress;
};
static const struct place places[] = {
    { "平凉演示小太阳托育中心", "market", "620802001", "演示路1号", "nursery", "inst-sun", 40, 45, 106676000, 35543000,
      HAS_RECEIPT },
    { "平凉演示春苗幼儿园托班", "staffing", "620802002", "演示路2号", "kindergarten_class", "inst-spring", 60, 20,
      106684000, 35541000, HAS_RECEIPT },
    { "平凉演示社区托育站", "civil", "620802003", "演示路3号", "community", "inst-community", 30, 30, 106690000,
      35548000, FOUND_UNFIT },
    { "平凉演示园区职工托育点", "market", "620802106", "演示路4号", "employer", "inst-park", 9, 25, 106620000, 35560000,
      HANDED_IN },
    { "平凉演示蒲公英托育中心", "market", "620802001", "演示路5号", "nursery", "inst-dandelion", 16, 60, 106671000,
      35538000, SENT_BACK },
    { "平凉演示星星托育馆", "market", "620802002", "演示路6号", "nursery", "inst-star", 5, 30, 106668000, 35545000,
      DRAFTED },
    { "平凉演示新登记托育中心", "market", "620802003", "演示路7号", "nursery", "inst-new", 20, 30, 0, 0,
      REGISTERED_ONLY },
    { "泾川演示托育中心", "market", "620821100", "演示路8号", "nursery", NULL, 80, 40, 107367000, 35332000,
      HAS_RECEIPT },
    { "灵台演示托育中心", "civil", "620822100", "演示路9号", "nursery", NULL, 90, 35, 107595000, 35070000,
      HAS_RECEIPT },
    { "崇信演示托育中心", "market", "620823100", "演示路10号", "nursery", NULL, 70, 30, 107025000, 35305000,
      HAS_RECEIPT },
    { "庄浪演示幼儿园托班", "staffing", "620825100", "演示路11号", "kindergarten_class", NULL, 65, 40, 106036000,
      35202000, HAS_RECEIPT },
    { "静宁演示托育中心", "market", "620826100", "演示路12号", "nursery", NULL, 55, 50, 105732000, 35521000,
      HAS_RECEIPT },
    { "华亭演示托育综合服务中心", "staffing", "620881100", "演示路13号", "service_centre", NULL, 75, 80, 106653000,
      35218000, HAS_RECEIPT },
};
enum { PLACES = sizeof places / sizeof places[0] };

static const char *const evidence_kinds[EVIDENCE_KINDS] = {
    "license",      "premises", "staff_certificate", "health_certificate", "hygiene_report", "fire_proof",
    "food_license", "air_test", "building_safety",   "design_review",      "record_query",   "credit_query",
    "site_photo",   "promise",
};

/* ---- numbers that fit their check digits and belong to nobody ---- */

static void
demo_uscc(const char *prefix, const char *area, unsigned serial, char out[19])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    static const int inner[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
    static const int outer[] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
    int sum = 0;
    snprintf(out, 19, "%s%.6sMA0DM%03u", prefix, area, serial % 1000);
    for (int i = 0; i < 8; i++)
        sum += inner[i] * (out[8 + i] >= 'A' ? out[8 + i] - 'A' + 10 : out[8 + i] - '0');
    const int digit = 11 - sum % 11;
    out[16] = digit == 10 ? 'X' : digit == 11 ? '0' : (char)('0' + digit);
    sum = 0;
    for (int i = 0; i < 17; i++)
        sum += outer[i] * (int)(strchr(alphabet, out[i]) - alphabet);
    out[17] = alphabet[(31 - sum % 31) % 31];
    out[18] = '\0';
}

/* ---- acting as somebody at some time ---- */

/* ---- documents ---- */

static enum status
make_document(struct loader *loader, const char *title, struct attachment *out)
{
    struct buf bytes;
    struct arena *arena = arena_new(64u << 20);
    buf_init(&bytes, 16u << 20);
    struct pdf *pdf = pdf_new(arena, title, clock_now(), true);
    pdf_title(pdf, title);
    pdf_number(pdf, "（演示材料，非真实文件）");
    pdf_paragraph(pdf, "本文件由演示数据生成，仅用于试用系统，不具有任何证明效力。");
    enum status status = pdf_end(pdf, &bytes);
    if (status == OK)
        status = files_put(loader->files, bytes.bytes, bytes.n, out->hex);
    out->n = bytes.n;
    out->type = "application/pdf";
    out->name = "演示材料.pdf";
    buf_free(&bytes);
    arena_free(arena);
    return status;
}

struct with_file {
    const struct form *form; /* NULL: a step of `paper` */
    struct row *row;
    const struct attachment *file;
    const char *field;
    int64_t id;
};

static enum status
write_with_file(struct call *call, struct writer *writer, void *arg)
{
    const struct with_file *with = arg;
    int64_t file;
    const int64_t office = with->row != NULL ? id_office(with->row->institution) : id_office(with->id);
    enum status status = attachment_write(call, writer, office, with->file, &file);
    if (status != OK)
        return status;
    if (with->row != NULL) {
        struct row *row = row_copy(call, with->row);
        row_set_int(row, with->field, file);
        return row_create(call, writer, row);
    }
    struct node *input = node_map(call->arena);
    node_put_id(call->arena, input, with->field, file);
    return step_take(call, writer, &paper_form, with->id, 0, "seal", input, NULL);
}

static enum status
make_evidence(struct loader *loader, int kind, int days_ago)
{
    struct call call;
    char issued[11], expires[11];
    if (!demo_act_as(loader, &call, 0, days_ago))
        return NO_MEMORY;
    day_iso((struct day){ call.today.n - 30 }, issued);
    day_iso((struct day){ call.today.n + 335 }, expires);
    struct row *row = row_new(&call, &evidence_form);
    row->institution = loader->institution;
    row_set_text(row, "kind", evidence_kinds[kind]);
    row_set_text(row, "title", "演示材料");
    row_set_text(row, "issuer", "演示出具单位");
    row_set_text(row, "issued_on", arena_text(call.arena, issued));
    if (kind >= 3 && kind <= 6)
        row_set_text(row, "expires_on", arena_text(call.arena, expires));
    row_set_text(row, "result", "pass");
    struct with_file with = { &evidence_form, row, &loader->evidence[kind], "file", 0 };
    return demo_ended(&call, call_write(&call, LANE_NORMAL, write_with_file, &with), "材料");
}

static enum status
seal_paper(struct loader *loader, int64_t paper, int64_t account, int days_ago)
{
    struct call call;
    if (!demo_act_as(loader, &call, account, days_ago))
        return NO_MEMORY;
    struct with_file with = { NULL, NULL, &loader->evidence[EVIDENCE_KINDS], "scan", paper };
    return demo_ended(&call, call_write(&call, LANE_NORMAL, write_with_file, &with), "用印");
}

static int64_t
newest_paper(struct loader *loader, const char *kind)
{
    struct rows rows = { 0 };
    struct arena *arena = arena_new(1u << 20);
    struct reader *reader = store_reader(loader->house->store);
    reader_rows(reader, arena,
                "select id from paper where office = ?1 and part = ?2 and kind = ?3 order by id desc limit 1",
                ARGS(value_int(loader->office), value_int(loader->filing), value_text(kind)), &rows);
    const int64_t id = rows_int(&rows, 0, 0);
    store_reader_done(loader->house->store, reader);
    arena_free(arena);
    return id;
}

/* ---- one institution ---- */

static enum status
make_register(struct loader *loader)
{
    char uscc[19], registered[11];
    struct call call;
    const struct place *place = loader->place;
    const bool market = strcmp(place->authority, "market") == 0, civil = strcmp(place->authority, "civil") == 0;
    demo_uscc(market ? "91" : civil ? "52" : "12", place->area, (unsigned)loader->index + 1, uscc);
    if (!demo_act_as(loader, &call, 0, place->days_ago))
        return NO_MEMORY;
    day_iso((struct day){ call.today.n - 2 }, registered);
    struct node *input =
        demo_fields(&call, PAIRS({ "uscc", uscc }, { "name", place->name }, { "authority", place->authority },
                                 { "registered_on", registered }, { "representative", "演示法定代表人" },
                                 { "scope", "托育服务（全日制、半日制）；3岁以下婴幼儿照护服务" },
                                 { "place", place->area }, { "address", place->address }));
    enum status status = call_create(&call, &registration_form, input, 0, 0);
    if (status == OK) {
        struct reader *reader = store_reader(loader->house->store);
        status =
            claim_holder(&call, reader, "uscc_site", arena_format(call.arena, "%s|01", uscc), &loader->institution);
        store_reader_done(loader->house->store, reader);
    }
    return demo_ended(&call, status, place->name);
}

static enum status
make_staff(struct loader *loader, int days_ago)
{
    static const char *const staff[][4] = {
        { "演示负责人", "|head|", "bachelor", "teacher" },
        { "演示保育员甲", "|carer|", "junior_college", "infant_carer" },
        { "演示保育员乙", "|carer|", "junior_college", "infant_carer" },
        { "演示保健员", "|health|fire|", "junior_college", "health_training" },
        { "演示保安员", "|security|", "secondary", "security_guard" },
        { "演示炊事员", "|cook|", "secondary", "other" },
    };
    enum status status = OK;
    for (size_t i = 0; i < sizeof staff / sizeof staff[0] && status == OK; i++) {
        char number[19], until[11], checked[11];
        const struct day today = day_from_ms(clock_now());
        int64_t id = 0;
        demo_resident((unsigned)loader->index * 10 + (unsigned)i + 1, NULL, number);
        day_iso((struct day){ today.n + 200 }, until);
        day_iso((struct day){ today.n - 100 }, checked);
        status = demo_make(loader, &staff_form, 0,
                           PAIRS({ "name", staff[i][0] }, { "id_number", number }, { "posts", staff[i][1] },
                                 { "education", staff[i][2] }, { "certificate", staff[i][3] },
                                 { "certificate_no", "演示证书" }, { "years", "5" }, { "trained", "1" },
                                 { "full_time", "1" }, { "health_until", until }, { "credit_checked", checked }),
                           days_ago, &id);
        if (status == OK)
            status = demo_make(loader, &record_query_form, id,
                               PAIRS({ "organ", "police" }, { "asked_on", checked }, { "answered_on", checked },
                                     { "result", "none" }, { "number", "演示查询" }),
                               days_ago, NULL);
    }
    return status;
}

static enum status
make_premises(struct loader *loader, int days_ago)
{
    static const char *const rooms[][4] = {
        { "托大班活动室", "|dining|sleep|play|", "1", "60.50" },
        { "盥洗室", "|wash|", "1", "12.00" },
        { "储物间", "|storage|", "1", "8.00" },
        { "厨房", "|kitchen|", "1", "20.00" },
        { "保健观察室", "|health|isolation|", "1", "10.00" },
        { "户外场地", "|outdoor|", "1", "80.00" },
    };
    enum status status = OK;
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0] && status == OK; i++)
        status = demo_make(loader, &room_form, 0,
                           PAIRS({ "name", rooms[i][0] }, { "zone", rooms[i][1] }, { "floor", rooms[i][2] },
                                 { "area_m2", rooms[i][3] }, { "doors", i == 0 ? "2" : "1" }),
                           days_ago, NULL);
    char name[40], places_text[12], carers[12];
    for (int left = loader->place->capacity, n = 1; left > 0 && status == OK; left -= 20, n++) {
        const int size = left < 20 ? left : 20;
        snprintf(name, sizeof name, "托大%d班", n);
        snprintf(places_text, sizeof places_text, "%d", size);
        snprintf(carers, sizeof carers, "%d", (size + 6) / 7);
        status = demo_make(loader, &class_form, 0,
                           PAIRS({ "name", name }, { "band", "toddler_big" }, { "places", places_text },
                                 { "carers", carers }, { "youngest", "24" }, { "oldest", "36" }),
                           days_ago, NULL);
    }
    return status;
}

static enum status
make_filing(struct loader *loader, int days_ago)
{
    char number[19], capacity[12];
    demo_resident((unsigned)loader->index * 10 + 9, NULL, number);
    snprintf(capacity, sizeof capacity, "%d", loader->place->capacity);
    return demo_make(loader, &filing_form, 0,
                     PAIRS({ "head_name", "演示负责人" }, { "head_id", number }, { "contact_name", "演示联系人" },
                           { "contact_phone", "0933-8000000" }, { "service_forms", "|full_day|half_day|" },
                           { "capacity", capacity }, { "bands", "|toddler_big|" }, { "meals", "1" },
                           { "kind", loader->place->kind }, { "premises_kind", "own" },
                           { "building_type", "independent" }, { "building_m2", "320" }, { "indoor_m2", "260" },
                           { "outdoor_m2", "80" }, { "site_nature", "1" }, { "site_traffic", "1" },
                           { "site_order", "1" }, { "site_clear", "1" }, { "exits", "2" }, { "extinguishers", "6" },
                           { "promise", "1" }),
                     days_ago, &loader->filing);
}

/* 承办 → 审核 → 签发 → 用印, by the county's own officers where the demo has them, else by the program. */
static enum status
issue(struct loader *loader, const char *kind, const char *draft, const char *const (*pairs)[2], int days_ago)
{
    const bool ours = loader->office == 11;
    const int64_t handler = ours ? loader->accounts[COUNTY_HANDLER] : 0,
                  reviewer = ours ? loader->accounts[COUNTY_REVIEWER] : 0,
                  signer = ours ? loader->accounts[COUNTY_SIGNER] : 0;
    enum status status = demo_take(loader, &filing_form, loader->filing, draft, pairs, handler, days_ago);
    const int64_t paper = newest_paper(loader, kind);
    if (status == OK)
        status = demo_take(loader, &paper_form, paper, "review", NULL, reviewer, days_ago);
    if (status == OK)
        status = demo_take(loader, &paper_form, paper, "sign", NULL, signer, days_ago);
    return status == OK ? seal_paper(loader, paper, handler, days_ago) : status;
}

static enum status
fill_site(struct loader *loader)
{
    static const char *const items[][2] = {
        { "services", "招收24至36个月幼儿，提供全日托、半日托。" },
        { "fees", "保育费1500元/月，伙食费15元/日（演示）。" },
        { "complaint", "0933-8000000（演示）" },
    };
    enum status status = OK;
    char longitude[24], latitude[24];
    struct call call;
    struct row *site;
    for (size_t i = 0; i < 3 && status == OK; i++)
        status =
            demo_make(loader, &disclosure_form, 0, PAIRS({ "item", items[i][0] }, { "content", items[i][1] }), 3, NULL);
    if (status != OK || !demo_act_as(loader, &call, 0, 2))
        return status == OK ? NO_MEMORY : status;
    struct reader *reader = store_reader(loader->house->store);
    status = institution_get(&call, reader, loader->institution, &site);
    store_reader_done(loader->house->store, reader);
    snprintf(longitude, sizeof longitude, "%.6f", (double)loader->place->longitude / 1000000);
    snprintf(latitude, sizeof latitude, "%.6f", (double)loader->place->latitude / 1000000);
    if (status == OK)
        status = input_read(
            &call, &institution_form, NULL,
            demo_fields(&call, PAIRS({ "longitude", longitude }, { "latitude", latitude },
                                     { "operation_mode", loader->index % 3 == 0 ? "private_aided" : "private_private" },
                                     { "public_phone", "0933-8000000" }, { "introduction", "演示机构，仅供试用。" })),
            site);
    struct change_args args = { site, status == OK ? site->version : 0 };
    if (status == OK)
        status = call_write(&call, LANE_NORMAL, write_change, &args);
    return demo_ended(&call, status, "机构信息");
}

static enum status
make_place(struct loader *loader)
{
    const struct place *place = loader->place;
    loader->office = office_for_area(loader->reference, place->area);
    enum status status = make_register(loader);
    if (status != OK || place->progress == REGISTERED_ONLY)
        return status;
    const int handed_in = place->days_ago > 8 ? place->days_ago - 5 : 1;
    for (int i = 0; i < EVIDENCE_KINDS && status == OK; i++)
        if (place->progress != SENT_BACK || strcmp(evidence_kinds[i], "air_test") != 0)
            status = make_evidence(loader, i, handed_in);
    if (status == OK)
        status = make_premises(loader, handed_in);
    if (status == OK)
        status = make_staff(loader, handed_in);
    if (status == OK)
        status = make_filing(loader, handed_in);
    if (status == OK && place->progress != DRAFTED)
        status = demo_take(loader, &filing_form, loader->filing, "submit", NULL, 0, handed_in);
    if (status == OK && place->progress == SENT_BACK)
        status =
            demo_take(loader, &filing_form, loader->filing, "return",
                      PAIRS({ "missing", "|hygiene_report|" }, { "missing_note", "卫生评价报告缺少盖章页，请补正。" }),
                      loader->accounts[COUNTY_HANDLER], handed_in - 2);
    if (status == OK && place->progress >= HAS_RECEIPT)
        status = issue(loader, "receipt", "draft_receipt", NULL, handed_in - 3);
    if (status == OK && place->progress == FOUND_UNFIT)
        status = issue(loader, "unfit", "draft_unfit",
                       PAIRS({ "unfit_reason", "现场核查发现一间活动室疏散门不足2个（演示）。" }), handed_in - 9);
    if (status == OK && place->progress == HAS_RECEIPT)
        status = demo_take(loader, &filing_form, loader->filing, "content_fits", NULL,
                           loader->office == 11 ? loader->accounts[COUNTY_HANDLER] : 0,
                           handed_in - 6 > 0 ? handed_in - 6 : 0);
    if (status == OK && place->progress >= HAS_RECEIPT)
        status = fill_site(loader);
    return status;
}

/* ---- accounts ---- */

static enum status
make_setting(struct loader *loader, int office)
{
    struct call call;
    const struct office *of = office_of(loader->reference, office);
    loader->office = office;
    if (!demo_act_as(loader, &call, 0, 0))
        return NO_MEMORY;
    struct row *row = row_new(&call, &desk_setting_form);
    row->office = office;
    row->area = of->area;
    row_set_text(row, "number_pattern", arena_format(call.arena, "%.3s卫托备演示〔{年}〕{号}号", of->name));
    row_set_int(row, "sign_steps", 3);
    row_set_text(row, "issuer", arena_format(call.arena, "%s卫生健康局", of->name));
    row_set_text(row, "disclaimer", "备案不是行政许可，也不代表对服务质量的认可。");
    struct create_args args = { row };
    return demo_ended(&call, call_write(&call, LANE_NORMAL, write_create, &args), "办理设置");
}

static enum status
make_all(struct loader *loader)
{
    enum status status = OK;
    for (int i = 0; i < PEOPLE && status == OK; i++)
        status = demo_account(loader, &people[i], 0, &loader->accounts[i]);
    for (int office = 11; office <= 17 && status == OK; office++)
        status = make_setting(loader, office);
    for (int i = 0; i <= EVIDENCE_KINDS && status == OK; i++)
        status = make_document(loader,
                               i == EVIDENCE_KINDS ? "盖章公文"
                                                   : code_label(loader->reference, "evidence_kind", evidence_kinds[i]),
                               &loader->evidence[i]);
    for (int i = 0; i < PLACES && status == OK; i++) {
        loader->place = &places[i];
        loader->index = i;
        status = make_place(loader);
        const struct person head = { places[i].login, "演示机构负责人",    "institution",
                                     "county",        (int)loader->office, "head" };
        int64_t account;
        if (status == OK && places[i].login != NULL)
            status = demo_account(loader, &head, loader->institution, &account);
        if (status == OK && places[i].login != NULL && places[i].progress == HAS_RECEIPT)
            status = demo_care(loader, places[i].login);
    }
    return status;
}

enum status
demo_load(struct house *house)
{
    char folder[4096];
    char *stored = NULL;
    struct arena *arena = arena_new(1u << 20);
    struct loader loader = { .house = house };
    snprintf(folder, sizeof folder, "%s/files", house->config.data);
    loader.files = files_open(folder);
    loader.reference = reference_take(house);
    enum status status = loader.files == NULL ? BROKEN : password_hash(arena, demo_password, &stored);
    loader.stored = stored;
    if (status == OK)
        status = make_all(&loader);
    if (status == OK) {
        printf("已装入演示数据（所有名称带“演示”字样）。演示账号的口令均为 %s：\n", demo_password);
        for (int i = 0; i < PEOPLE; i++)
            printf("  %-14s %s\n", people[i].login, people[i].name);
        for (int i = 0; i < PLACES; i++)
            if (places[i].login != NULL)
                printf("  %-14s %s%s\n", places[i].login, places[i].name,
                       places[i].progress == HAS_RECEIPT ? "（另有 -care 保育、-health 保健、-gate 门卫，如 sun-care）"
                                                         : "");
    }
    reference_drop(house, loader.reference);
    files_close(loader.files);
    arena_free(arena);
    return status;
}
