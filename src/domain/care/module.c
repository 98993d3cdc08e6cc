/* What the part of daily care brings to the house. */
#include "domain/care/care.h"
#include "domain/care/device.h"
#include "domain/care/photos.h"
#include "policy/sync.h"

static const struct form *const forms[] = {
    &care_day_form,   &attendance_form, &morning_check_form, &closure_form, &opening_hours_form,
    &correction_form, &device_form,     &device_class_form,  NULL,
};
static const struct look looks[] = {
    { "/inbox", "平板记录待处理", "domain/care/inbox", THE_INSTITUTION | POST(P_HEAD), look_inbox, "C043",
      .menu = true },
    { "/tablet/day", "平板当日数据", NULL, THE_INSTITUTION, look_tablet_day, "C043" },
    { 0 },
};
static const struct act acts[] = {
    { "/inbox/take", "采用平板记录", THE_INSTITUTION | POST(P_HEAD), inbox_take, "C043" },
    { "/tablet/code", "核对接送口令", THE_INSTITUTION, tablet_code, "C039" },
    { "/inbox/discard", "保留现有记录", THE_INSTITUTION | POST(P_HEAD), inbox_discard, "C043" },
    { 0 },
};

static const struct job_kind jobs[] = { { PHOTOS_DUE, NULL, photos_some }, { 0 } };

static enum status
daily(struct call *call, struct writer *writer, int64_t office)
{
    enum status status = care_daily(call, writer, office);
    if (status == OK)
        status = tablet_daily(call, writer, office);
    return status == OK ? photos_daily(call, writer, office) : status;
}

/* A tablet writes for the children of its classes, and a closed day is changed by a correction. */
static enum status
may_write(struct call *call, struct writer *writer, const struct change *change)
{
    const enum status status = device_may_write(call, writer_reader(writer), change->new);
    return status == OK ? care_day_guard(call, writer, change) : status;
}

const struct module care_module = {
    .name = "care",
    .title = "每日照护",
    .forms = forms,
    .looks = looks,
    .acts = acts,
    .jobs = jobs,
    .daily = daily,
    .day_guard = may_write,
    .record_guard = tablet_hand,
};
