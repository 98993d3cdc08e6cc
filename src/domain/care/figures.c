/* 每日照护的指标 — regulations §15, 工作规范 附件5; clauses C043, C046, C050. Sums over the cells of days; rates are
 * made when they are asked, Σ numerator over Σ denominator. */
#include "domain/care/care.h"
#include "domain/care/health.h"
#include "domain/care/ratio.h"

#define SUM(id_, label_, form_, cell_)                                                                                 \
    {                                                                                                                  \
        id_, label_, &form_, "count(*)", NULL, NULL, cell_                                                             \
    }
const struct measure loop_measures[] = {
    SUM("care_days", "开放日", care_day_form, "days"),
    SUM("care_expected", "应到人日", care_day_form, "expected"),
    SUM("care_enrolled", "在托人日", care_day_form, "enrolled"),
    SUM("care_confirmed", "已确认日结", care_day_form, "confirmed"),
    SUM("care_unconfirmed", "未确认日结", care_day_form, "unconfirmed"),
    SUM("care_missing", "缺项", care_day_form, "missing"),
    SUM("care_class_days", "班日", care_day_form, "class_days"),
    SUM("care_ratio_kept", "配比达标班日", care_day_form, "ratio_kept"),
    SUM("care_ratio_known", "配比有记录班日", care_day_form, "ratio_known"),
    SUM("care_ratio_unknown", "配比未记录班日", care_day_form, "ratio_unknown"),
    SUM("care_present", "到园人日", attendance_form, "present"),
    SUM("care_absent_sick", "病缺", attendance_form, "absent_sick"),
    SUM("care_sick_traced", "病缺已追查", attendance_form, "sick_traced"),
    SUM("care_checked", "晨检", morning_check_form, "morning"),
    SUM("care_abnormal", "晨午检异常", morning_check_form, "abnormal"),
    SUM("care_cases", "传染病新发病例", disease_case_form, "cases"),
    SUM("care_ratio_events", "配比不足", ratio_event_form, "events"),
    SUM("care_absent", "缺勤", attendance_form, "absent"),
    SUM("care_refused", "晨检暂不入园", morning_check_form, "refused"),
    SUM("care_late", "补确认日结", care_day_form, "late"),
    { 0 },
};
const struct indicator loop_indicators[] = {
    { "IND-ATTENDANCE", "出勤率", "%", "care_present", "care_expected", 100, NULL, "C043",
      "到园人日 ÷ 应到人日 × 100" },
    { "IND-CHECKED", "晨检完成率", "%", "care_checked", "care_present", 100, NULL, "C043",
      "晨检人次 ÷ 到园人日 × 100" },
    { "IND-TRACED", "缺勤追踪率", "%", "care_sick_traced", "care_absent_sick", 100, NULL, "C046",
      "病缺已追查 ÷ 病缺 × 100" },
    { "IND-CLOSED", "日结确认率", "%", "care_confirmed", "care_days", 100, NULL, "C043",
      "负责人当天确认的日结 ÷ 开放日 × 100；次日起补确认的不算在内，另列" },
    { "IND-CLOSED-LATE", "日结补确认率", "%", "care_late", "care_days", 100, NULL, "C043",
      "次日起补确认的日结 ÷ 开放日 × 100" },
    { "IND-RATIO", "配比达标率", "%", "care_ratio_kept", "care_ratio_known", 100, NULL, "C083",
      "有保育人员签到且没有配比不足的班日 ÷ 配比有记录的班日 × 100；没有保育人员签到的班日另列为未记录" },
    { "IND-INCIDENCE", "传染病发病率", "‰", "care_cases", "care_enrolled", 1000, NULL, "C050",
      "新发病例 ÷ 平均在托人数 × 1000；平均在托人数 = 各机构在托人日 ÷ 开放日之和" },
    { 0 },
};
