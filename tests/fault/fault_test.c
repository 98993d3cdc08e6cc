/* Every main write with its n-th allocation or its n-th call to the disk failing, for every n: the answer is a clear
 * error (or the write went well without what failed), nothing is half written, and the next write goes as before. */
#include "unit/house_fixture.h"

#include "base/csv.h"
#include "desk/files.h"
#include "fault/faults.h"
#include "policy/attachment.h"
#include "policy/import.h"
#include "policy/journal.h"

static const struct module *const modules[] = { &area_module, &institution_module };

enum { COUNTY = 11, ARENA_FAULT = FAULT_KINDS, KINDS, N_MOST = 60000 };

struct trial {
    struct house_fixture *fixture;
    struct file_store *files;
    int64_t account, phrase;
    int serial;        /* makes each write another one */
    struct call typed; /* what comes from outside: memory that does not fail */
};

/* One write from outside, as a request would do it. */
typedef enum status write_of(struct trial *trial, struct call *call);

/* ---- the writes ---- */

static enum status
create_phrase(struct trial *trial, struct call *call)
{
    const char *title = arena_format(trial->typed.arena, "常用语%d", trial->serial);
    return call_create(call, &phrase_form, fields_of(&trial->typed, "title", title, "text", "内容", NULL), 0, 0);
}

/* A registration makes legal person, institution, clock and notice in the same transaction. */
static enum status
create_registration(struct trial *trial, struct call *call)
{
    const char *site = arena_format(trial->typed.arena, "%02d", trial->serial % 90 + 1);
    const char *name = arena_format(trial->typed.arena, "试验托育中心%d", trial->serial);
    return call_create(call, &registration_form,
                       fields_of(&trial->typed, "uscc", "91620802MA0T00011L", "site", site, "name", name,
                                 "registered_on", "2026-11-02", "scope", "托育服务（全日制）", "place", "620802001",
                                 "address", "试验路1号", NULL),
                       0, 0);
}

static enum status
change_phrase(struct trial *trial, struct call *call)
{
    struct row *row;
    struct reader *reader = store_reader(trial->fixture->house->store);
    enum status status = row_get(call, reader, &phrase_form, trial->phrase, &row);
    store_reader_done(trial->fixture->house->store, reader);
    const struct node *input =
        fields_of(&trial->typed, "text", arena_format(trial->typed.arena, "改%d", trial->serial), NULL);
    if (status == OK)
        status = input_read(call, &phrase_form, NULL, input, row);
    struct change_args change = { row, status == OK ? row->version : 0 };
    return status == OK ? call_write(call, LANE_NORMAL, write_change, &change) : status;
}

/* There and back: the account is where it was after every second step. */
static enum status
step_account(struct trial *trial, struct call *call)
{
    struct row *row;
    struct reader *reader = store_reader(trial->fixture->house->store);
    enum status status = row_get(call, reader, &account_form, trial->account, &row);
    store_reader_done(trial->fixture->house->store, reader);
    const char *step = status == OK && row->state == state_of("active") ? "disable" : "enable";
    return status == OK ? call_step(call, &account_form, trial->account, step, NULL) : status;
}

static enum status
import_phrases(struct trial *trial, struct call *call)
{
    struct csv sheet;
    struct import_report report;
    struct buf text;
    buf_init(&text, 64 * 1024);
    buf_text(&text, "名称,内容\n");
    for (int i = 0; i < 5; i++)
        buf_format(&text, "导入%d-%d,内容\n", trial->serial, i);
    const char *copy = text.failed ? NULL : arena_copy(trial->typed.arena, text.bytes, text.n);
    buf_free(&text);
    enum status status = copy == NULL ? NO_MEMORY : csv_read(trial->typed.arena, copy, 100, &sheet);
    if (status == OK)
        status = import_rows(call, &phrase_form, &sheet, arena_format(trial->typed.arena, "%d", trial->serial), true,
                             NULL, NULL, &report);
    if (status == OK && report.written != 5)
        return report.faults_n > 0 ? BUSY : BROKEN; /* said row by row, and the file may be sent again */
    return status;
}

struct uploading {
    struct attachment attachment;
    int64_t id;
};

static enum status
write_upload(struct call *call, struct writer *writer, void *arg)
{
    struct uploading *uploading = arg;
    return attachment_write(call, writer, COUNTY, &uploading->attachment, &uploading->id);
}

static enum status
upload(struct trial *trial, struct call *call)
{
    char bytes[2000], *again;
    size_t n;
    struct uploading uploading = { .attachment = { "file", "材料.pdf", "application/pdf", .n = sizeof bytes } };
    memset(bytes, 'x', sizeof bytes);
    snprintf(bytes, sizeof bytes, "%%PDF-%d", trial->serial);
    enum status status = files_put(trial->files, bytes, sizeof bytes, uploading.attachment.hex);
    if (status == OK)
        status = call_write(call, LANE_NORMAL, write_upload, &uploading);
    if (status == OK) {
        struct arena *arena = arena_new(1 << 20);
        const enum status got =
            arena == NULL ? NO_MEMORY : files_get(trial->files, uploading.attachment.hex, 1 << 20, arena, &again, &n);
        assert_true(got == OK || got == NO_MEMORY);
        arena_free(arena);
    }
    return status;
}

static enum status
backup(struct trial *trial, struct call *call)
{
    char path[128];
    struct buf why;
    (void)call;
    snprintf(path, sizeof path, "%s/copy.db", trial->fixture->folder);
    buf_init(&why, 4096);
    const enum status status = store_backup(trial->fixture->house->store, path, NULL, NULL, &why);
    /* a copy that is there is whole; one that failed is gone */
    assert_true((access(path, F_OK) == 0) == (status == OK));
    unlink(path);
    buf_free(&why);
    return status;
}

/* ---- what must hold around each ---- */

/* Rows of everything that these writes may touch. */
static void
count_all(struct trial *trial, int64_t counts[12])
{
    static const char *const tables[] = { "phrase",  "registration", "legal_person", "institution", "clock", "notice",
                                          "finding", "journal",      "claim",        "idempotency", "file",  "job" };
    struct arena *arena = arena_new(1 << 20);
    struct reader *reader = store_reader(trial->fixture->house->store);
    for (int i = 0; i < 12; i++) {
        struct rows rows;
        const char *sql = arena_format(arena, "select count(*) from %s", tables[i]);
        assert_int_equal(reader_rows(reader, arena, sql, NO_ARGS, &rows), OK);
        counts[i] = rows_int(&rows, 0, 0);
    }
    store_reader_done(trial->fixture->house->store, reader);
    arena_free(arena);
}

static enum status
run(struct trial *trial, write_of *write, int kind, int n, bool for_good, bool *struck)
{
    struct call call;
    trial->serial++;
    call_begin(trial->fixture, &call, COUNTY);
    call_begin(trial->fixture, &trial->typed, COUNTY);
    if (kind == ARENA_FAULT)
        arena_fail_at(call.arena, (size_t)n);
    else if (kind >= 0)
        faults_arm((enum fault_kind)kind, n, for_good);
    const enum status status = write(trial, &call);
    *struck = kind == ARENA_FAULT ? arena_failed(call.arena) : faults_disarm();
    call_end(&call);
    call_end(&trial->typed);
    disk_is_well(trial->fixture->house->store);
    return status;
}

static void
journal_is_whole(struct trial *trial)
{
    struct call call;
    struct verdict verdict = { 0 };
    call_begin(trial->fixture, &call, COUNTY);
    struct reader *reader = store_reader(trial->fixture->house->store);
    assert_int_equal(journal_verify(&call, reader, &verdict), OK);
    assert_true(verdict.good);
    store_reader_done(trial->fixture->house->store, reader);
    call_end(&call);
}

/* Import keeps the rows before the one that failed; everything else is all or nothing. */
static void
fail_each(struct trial *trial, const char *name, write_of *write, int kind, bool for_good)
{
    int64_t before[12], after[12];
    bool struck = true;
    int n, failed = 0;
    assert_int_equal(run(trial, write, -1, 0, false, &struck), OK);
    for (n = 1; n <= N_MOST; n += n < 60 ? 1 : n / 15) {
        count_all(trial, before);
        const enum status status = run(trial, write, kind, n, for_good, &struck);
        if (!struck)
            break;
        count_all(trial, after);
        failed += status != OK;
        if (status != OK && status != NO_MEMORY && status != FULL && status != BUSY && status != BROKEN)
            fail_msg("%s, kind %d, n %d: %s", name, kind, n, status_title(status));
        if (status != OK && write != import_phrases && memcmp(before, after, sizeof before) != 0)
            fail_msg("%s, kind %d, n %d: half written", name, kind, n);
        assert_int_equal(run(trial, write, -1, 0, false, &struck), OK);
    }
    print_message("%s, kind %d%s: %d places, %d told\n", name, kind, for_good ? " for good" : "", n - 1, failed);
    assert_true(n <= N_MOST);
    journal_is_whole(trial);
}

static const struct {
    const char *name;
    write_of *write;
} writes[] = {
    { "create", create_phrase },  { "create with effects", create_registration },
    { "change", change_phrase },  { "step", step_account },
    { "import", import_phrases }, { "upload", upload },
    { "backup", backup },
};

static void
fail_all(struct trial *trial, int kind, bool for_good)
{
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++)
        fail_each(trial, writes[i].name, writes[i].write, kind, for_good);
}

static struct trial *
trial_begin(void)
{
    static struct trial trial;
    char folder[96];
    struct call call;
    bool struck;
    trial = (struct trial){ .fixture = house_begin(modules, 2, false) };
    snprintf(folder, sizeof folder, "%s/files", trial.fixture->folder);
    trial.files = files_open(folder);
    assert_non_null(trial.files);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(run(&trial, i == 0 ? create_phrase : create_registration, -1, 0, false, &struck), OK);
    call_begin(trial.fixture, &call, COUNTY);
    assert_int_equal(call_create(&call, &phrase_form, fields_of(&call, "title", "常用", "text", "内容", NULL), 0, 0),
                     OK);
    trial.phrase = call.answer_row;
    assert_int_equal(call_create(&call, &account_form,
                                 fields_of(&call, "login", "one", "name", "试验", "department", "health", "rank",
                                           "county", "home", "11", NULL),
                                 0, 0),
                     OK);
    trial.account = call.answer_row;
    call_end(&call);
    return &trial;
}

static void
trial_end(struct trial *trial)
{
    struct buf why;
    buf_init(&why, 4096);
    assert_int_equal(store_check(trial->fixture->house->store, &why), OK);
    buf_free(&why);
    files_close(trial->files);
    house_end(trial->fixture);
}

static void
memory_of_the_request_ends_anywhere(void **state)
{
    (void)state;
    struct trial *trial = trial_begin();
    fail_all(trial, ARENA_FAULT, false);
    trial_end(trial);
}

static void
memory_of_the_machine_ends_anywhere(void **state)
{
    (void)state;
    struct trial *trial = trial_begin();
    fail_all(trial, FAULT_MEMORY, false);
    fail_all(trial, FAULT_MEMORY, true);
    trial_end(trial);
}

static void
memory_of_the_database_ends_anywhere(void **state)
{
    (void)state;
    struct trial *trial = trial_begin();
    fail_all(trial, FAULT_SQLITE_MEMORY, false);
    trial_end(trial);
}

static void
the_disk_fails_anywhere(void **state)
{
    (void)state;
    struct trial *trial = trial_begin();
    fail_all(trial, FAULT_WRITE, false);
    fail_all(trial, FAULT_WRITE, true);
    trial_end(trial);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_of_the_request_ends_anywhere),
        cmocka_unit_test(memory_of_the_machine_ends_anywhere),
        cmocka_unit_test(memory_of_the_database_ends_anywhere),
        cmocka_unit_test(the_disk_fails_anywhere),
    };
    faults_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
