/* What the institution part brings to the house. */
#include "domain/institution/institution.h"
#include "domain/institution/looks.h"
#include "domain/institution/seal.h"

static const struct form *const forms[] = {
    &legal_person_form, &institution_form,   &registration_form,    &filing_form,
    &evidence_form,     &room_form,          &class_form,           &opinion_form,
    &visit_form,        &paper_form,         &disclosure_form,      &regime_form,
    &phrase_form,       &desk_setting_form,  &existing_filing_form, &national_record_form,
    &deputy_form,       &annual_report_form, &record_claim_form,    NULL,
};

#define ADMINISTRATORS (DEPT(D_SYSTEM_ADMIN) | DEPT(D_SECURITY_ADMIN) | DEPT(D_AUDIT_ADMIN))
#define SIGNED_IN (AUTHORITIES | THE_INSTITUTION | ADMINISTRATORS)
static const struct look looks[] = {
    { "/work", "工作台", "domain/institution/work", SIGNED_IN, look_work, "C131", MENU_TOP, false, .home = true },
    { "/cockpit", "统计总览", "domain/institution/cockpit", AUTHORITIES, look_cockpit, "C136", MENU_TOP, false },
    { "/figure/*", "指标明细", "domain/institution/figure", AUTHORITIES, look_figure, "C136", MENU_NONE, false },
    { "/authority", "登记工作", "domain/institution/authority", REGISTRARS, look_authority, "C028", MENU_TOP, false },
    { "/national", "国家系统核对", "domain/institution/national", HEALTH, look_national, "C134", MENU_PART, false },
    { "/national_copy/*", "国家系统填报", "domain/institution/national_copy", COUNTY_HEALTH, look_national_copy, "C134",
      MENU_NONE, false },
    { "/unfiled", "已登记未备案", "domain/institution/unfiled", HEALTH | REGISTRARS, look_unfiled, "C034", MENU_TOP,
      false },
    { "/register", "备案机构名录", "domain/institution/register", EVERYBODY, look_register, "C029", MENU_NONE, true },
    { "/register/*", "备案机构", "domain/institution/site", EVERYBODY, look_register_one, "C029", MENU_NONE, true },
    { "/unfit", "备案内容不符合告知", "domain/institution/unfit", EVERYBODY, look_unfit, "C033", MENU_NONE, true },
    { "/open/institutions", "开放数据", NULL, EVERYBODY, look_open_data, "C029", MENU_NONE, true },
    { "/q/*", "公文核验", "domain/institution/paper_code", EVERYBODY, look_paper_code, "C033", MENU_NONE, true },
    { 0 },
};
static const struct act acts[] = {
    { "/work/transfer", "工作移交", COUNTY_HEALTH | POST(P_HEAD), act_transfer, "C131" },
    { "/work/claim", "批量承办", COUNTY_HEALTH, act_claim, "C131" },
    { "/work/many", "批量办理", COUNTY_HEALTH, act_many, "C131" },
    { 0 },
};
static const struct job_kind jobs[] = {
    { "seal_paper", seal_work, seal_done },
    { 0 },
};
const struct module institution_module = {
    .name = "institution",
    .title = "机构与备案",
    .forms = forms,
    .looks = looks,
    .acts = acts,
    .jobs = jobs,
    .stand_in = deputy_posts,
    .measures = institution_measures,
    .indicators = institution_indicators,
    .daily = register_daily,
};
