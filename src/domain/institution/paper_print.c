/* How the papers read — 登记和备案办法 第九条. A receipt says that the documents are complete; nothing in it permits or
 * refuses. The 基本条件告知书 lists the laws and standards that hold for the institution. */
#include <string.h>

#include "domain/institution/institution.h"
#include "policy/printed.h"

struct sources {
    const struct row *paper;
    struct row *filing, *site;
    const char *issuer;
};

static enum status
read_sources(struct call *call, struct reader *reader, const struct row *paper, struct sources *out)
{
    struct rows rows;
    *out = (struct sources){ .paper = paper };
    enum status status = row_get(call, reader, &filing_form, paper->part, &out->filing);
    if (status == OK)
        status = institution_get(call, reader, paper->institution, &out->site);
    if (status == OK)
        status =
            reader_rows(reader, call->arena, "select issuer from desk_setting where office = ?1 order by id limit 1",
                        ARGS(value_int(paper->office)), &rows);
    const struct office *office = office_of(call->reference, paper->office);
    if (status == OK)
        out->issuer = rows.n > 0 ? rows_text(&rows, 0, 0)
                                 : arena_format(call->arena, "%s卫生健康局", office == NULL ? "" : office->name);
    return status;
}

static void
print_conditions(struct call *call, struct node *sheet, const struct sources *from)
{
    printed_head(call, sheet, "托育机构基本条件告知书", NULL,
                 arena_format(call->arena, "%s：", row_text(from->site, "name")));
    printed_paragraph(call, sheet, "托育机构应当符合下列法律法规和标准规范的规定：");
    printed_paragraph(
        call, sheet,
        "一、《中华人民共和国未成年人保护法》《中华人民共和国建筑法》《中华人民共和国消防法》《托儿所幼儿园卫生保健管理"
        "办法》，以及《托儿所、幼儿园建筑设计规范》《建筑设计防火规范》等标准。");
    printed_paragraph(call, sheet, "二、《托育机构设置标准（试行）》《托育机构管理规范（试行）》。");
    printed_paragraph(call, sheet, "三、提供餐饮服务的，应当符合《中华人民共和国食品安全法》等关于食品经营的规定。");
    printed_paragraph(call, sheet, "四、法律法规规定的其他条件。");
}

static void
print_receipt(struct call *call, struct reader *reader, struct node *sheet, const struct sources *from)
{
    static const char *const fields[] = { "institution_name", "address",       "uscc",        "authority",
                                          "registered_on",    "head_name",     "nature",      "kind",
                                          "service_forms",    "premises_kind", "building_m2", "indoor_m2",
                                          "outdoor_m2",       "capacity",      "bands",       NULL };
    printed_head(call, sheet, "托育机构备案回执", row_text(from->paper, "number"),
                 arena_format(call->arena, "%s：", row_text(from->site, "name")));
    printed_paragraph(call, sheet,
                      arena_format(call->arena, "你单位报送的托育机构备案材料已于%s收齐，特此回执。备案信息如下：",
                                   date_words(call, row_text(from->filing, "arrived_on"))));
    for (int i = 0; fields[i] != NULL; i++)
        printed_field(call, reader, sheet, from->filing, fields[i]);
    printed_paragraph(
        call, sheet,
        "本回执仅表明备案材料齐全，不是行政许可，也不代表对服务质量的认可。你单位应当对所报材料的真实性负责，符合"
        "《托育机构设置标准（试行）》《托育机构管理规范（试行）》，备案事项发生变化的，及时办理变更备案。");
}

static void
print_unfit(struct call *call, struct node *sheet, const struct sources *from)
{
    printed_head(call, sheet, "托育机构备案内容不符合告知书", row_text(from->paper, "number"),
                 arena_format(call->arena, "%s：", row_text(from->site, "name")));
    printed_paragraph(
        call, sheet,
        arena_format(call->arena,
                     "你单位%s报送的备案内容，经核查不符合《托育机构设置标准（试行）》《托育机构管理规范（试行）》的"
                     "规定。理由如下：",
                     date_words(call, row_text(from->filing, "arrived_on"))));
    printed_paragraph(call, sheet, row_text(from->paper, "reason"));
    printed_paragraph(
        call, sheet,
        "依据《托育机构登记和备案办法（试行）》第九条，现予告知，并向社会公开。请及时改正，改正后报我单位核实。");
}

static void
print_supplement(struct call *call, struct node *sheet, const struct sources *from)
{
    printed_head(call, sheet, "托育机构备案补齐材料告知书", row_text(from->paper, "number"),
                 arena_format(call->arena, "%s：", row_text(from->site, "name")));
    printed_paragraph(call, sheet,
                      arena_format(call->arena, "你单位%s报送的托育机构备案材料不齐全，现一次性告知：",
                                   date_words(call, row_text(from->filing, "arrived_on"))));
    printed_paragraph(call, sheet, row_text(from->paper, "reason"));
    printed_paragraph(
        call, sheet,
        arena_format(call->arena,
                     "请按上述清单一次补齐后重新提交。材料补齐的，自重新提交之日起%lld个工作日内出具备案回执。",
                     (long long)standard_int(call, "REG-9a", 5)));
}

enum status
paper_print(struct call *call, struct reader *reader, const struct row *paper, struct node *sheet)
{
    struct sources from;
    enum status status = read_sources(call, reader, paper, &from);
    const char *kind = row_text(paper, "kind");
    if (status != OK)
        return status;
    const bool receipt = kind != NULL && strcmp(kind, "receipt") == 0;
    if (receipt)
        print_receipt(call, reader, sheet, &from);
    else if (kind != NULL && strcmp(kind, "supplement") == 0)
        print_supplement(call, sheet, &from);
    else
        print_unfit(call, sheet, &from);
    printed_sign(call, sheet, from.issuer, row_text(paper, "signed_on"));
    const char *home = call->house->config.public_url;
    printed_code(call, sheet, arena_format(call->arena, "%s/q/%s", home == NULL ? "" : home, row_text(paper, "code")),
                 "扫码核验本公文的编号、状态和盖章件指纹");
    if (receipt) {
        print_conditions(call, sheet, &from);
        printed_sign(call, sheet, from.issuer, row_text(paper, "signed_on"));
    }
    return OK;
}
