/* 备案书、备案承诺书 as they are signed — 登记和备案办法 第八条: what was filled in, what is promised, the row for
 * signature, seal and date. The signed page comes back into the evidence locker. */
#include "domain/institution/institution.h"
#include "policy/list.h"
#include "policy/printed.h"

static const char *const filed[] = {
    "authority",     "institution_name",
    "registered_on", "address",
    "uscc",          "head_name",
    "head_id",       "nature",
    "kind",          "service_forms",
    "premises_kind", "lease_from",
    "lease_to",      "building_m2",
    "indoor_m2",     "outdoor_m2",
    "capacity",      "bands",
    "meals",         "contact_name",
    "contact_phone", NULL,
};

static const char *const promised[] = {
    "一、报送的备案材料真实、完整、有效，复印件与原件一致。",
    "二、遵守《托育机构设置标准（试行）》《托育机构管理规范（试行）》和国家、地方的其他规定。",
    "三、承担婴幼儿安全和健康的主体责任，按规定安装、使用和保存视频监控。",
    "四、自觉接受有关部门和社会的监督，如实提供情况。",
    "五、备案事项发生变化的，及时办理变更备案。",
    "六、对不实的内容承担法律责任。",
};

static void
sign_row(struct call *call, struct node *sheet)
{
    static const char *const heads[] = { "法定代表人（负责人）签字", "备案单位（盖章）", "日期", NULL };
    static const char *const cells[] = { "\n\n", "", "　　　　年　　月　　日", NULL };
    printed_line(call, printed_table(call, sheet, heads), cells);
}

enum status
filing_print(struct call *call, struct reader *reader, const struct row *filing, struct node *sheet)
{
    const unsigned groups = call->me->department == D_ENGINE ? (unsigned)G_ALL : list_groups(&filing_form, call->me);
    const struct office *office = office_of(call->reference, filing->office);
    const char *to = arena_format(call->arena, "%s卫生健康局：", office == NULL ? "" : office->name);
    const char *name = row_text(filing, "institution_name");
    printed_head(call, sheet, "托育机构备案书", NULL, to);
    printed_paragraph(call, sheet, "经登记机关依法登记，现就本机构从事托育服务事项备案如下：");
    for (size_t i = 0; filed[i] != NULL; i++)
        if ((field_group(form_field(&filing_form, filed[i], NULL)) & groups) != 0)
            printed_field(call, reader, sheet, filing, filed[i]);
    printed_note(call, sheet, "公民身份号码和联系方式在系统中保密，打印件只显示一部分，以系统登记的为准。");
    sign_row(call, sheet);
    printed_head(call, sheet, "托育机构备案承诺书", NULL, to);
    printed_paragraph(call, sheet,
                      arena_format(call->arena, "%s就托育服务备案郑重承诺：", name == NULL ? "本机构" : name));
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++)
        printed_paragraph(call, sheet, promised[i]);
    sign_row(call, sheet);
    return OK;
}
