/* A duty says which department, on which level, may do what to which rows. The same rows answer three questions: may I
 * (a check), what may I see (a predicate of lists), which buttons. There is no other source of permission. */
#ifndef POLICY_DUTY_H
#define POLICY_DUTY_H

#include "policy/form.h"
#include "store/query.h"

struct house;

/* Who: departments (bits 0–31), levels (bits 32–39), posts (bits 40–47). A person fits when one bit of each part that
 * is not empty fits. */
enum department {
    D_HEALTH,          /* 卫生健康 */
    D_REFORM,          /* 发展改革 */
    D_EDUCATION,       /* 教育 */
    D_POLICE,          /* 公安 */
    D_CIVIL,           /* 民政 */
    D_FINANCE,         /* 财政 */
    D_LABOUR,          /* 人力资源社会保障 */
    D_LAND,            /* 自然资源 */
    D_HOUSING,         /* 住房城乡建设 */
    D_MARKET,          /* 市场监管 */
    D_TAX,             /* 税务 */
    D_EMERGENCY,       /* 应急管理 */
    D_UNION,           /* 工会 */
    D_YOUTH,           /* 共青团 */
    D_WOMEN,           /* 妇联 */
    D_FAMILY_PLANNING, /* 计划生育协会 */
    D_STAFFING,        /* 机构编制 */
    D_FIRE,            /* 消防救援 */
    D_MATERNAL,        /* 妇幼保健 */
    D_CDC,             /* 疾病预防控制 */
    D_INSPECTION,      /* 卫生监督 */
    D_TOWN,            /* 乡镇政府、街道办事处 */
    D_INSTITUTION,     /* 照护服务机构 */
    D_FAMILY,          /* 家庭 */
    D_PUBLIC,          /* 未登录的公众 */
    D_SYSTEM_ADMIN,    /* 系统管理员 */
    D_SECURITY_ADMIN,  /* 安全管理员 */
    D_AUDIT_ADMIN,     /* 审计管理员 */
    D_ENGINE,          /* the program itself: jobs, sweeps, the command line */
    DEPARTMENT_COUNT
};
enum level { L_NATION, L_PROVINCE, L_CITY, L_COUNTY, L_TOWN };
/* 承办, 审核, 签发, 负责人, 数据推送; in an institution 负责人, 保育, 保健, 后勤（炊事、保安、财会） */
enum post { P_HANDLE, P_REVIEW, P_SIGN, P_HEAD, P_PUSH, P_CARE, P_HEALTH, P_LOGISTICS };

#define DEPT(d) (UINT64_C(1) << (d))
#define LEVEL(l) (UINT64_C(1) << (32 + (l)))
#define POST(p) (UINT64_C(1) << (40 + (p)))
#define DEPARTMENTS UINT64_C(0xffffffff)
#define LEVELS (UINT64_C(0xff) << 32)
#define POSTS (UINT64_C(0xff) << 40)

#define THE_INSTITUTION DEPT(D_INSTITUTION)
#define EVERYBODY DEPT(D_PUBLIC)
#define COUNTY_HEALTH (DEPT(D_HEALTH) | LEVEL(L_COUNTY))
#define CITY_HEALTH (DEPT(D_HEALTH) | LEVEL(L_CITY))
#define HEALTH DEPT(D_HEALTH)
#define REGISTRARS (DEPT(D_STAFFING) | DEPT(D_CIVIL) | DEPT(D_MARKET))
#define THE_ENGINE DEPT(D_ENGINE)
#define AUTHORITIES                                                                                                    \
    (DEPARTMENTS & ~(THE_INSTITUTION | DEPT(D_FAMILY) | EVERYBODY | DEPT(D_SYSTEM_ADMIN) | DEPT(D_SECURITY_ADMIN) |    \
                     DEPT(D_AUDIT_ADMIN) | THE_ENGINE))

const char *department_code(enum department department); /* "health" */
bool is_of_person(enum department department);           /* not the public, not the program itself */
const char *department_label(enum department department);
bool department_of(const char *code, enum department *out);
const char *level_code(enum level level);
bool level_of(const char *code, enum level *out);
const char *post_code(enum post post);
const char *post_label(enum post post);
unsigned posts_of(const char *codes); /* "|handle|sign|" -> bits of enum post */

/* One person (or API client, or the program) who acts. Made from the account's row when the session is read. */
struct me {
    int64_t account;
    const char *name, *login;
    enum department department;
    enum level level;
    unsigned posts;              /* bits of enum post, those held for a colleague on leave among them */
    unsigned lent;               /* of these, the ones held as a deputy only */
    const char *lent_by;         /* the names of those stood in for, NULL: nobody */
    int64_t office, institution; /* institution 0: none */
    const char *area, *area_to;  /* divisions one is responsible for: area <= code < area_to; NULL: all of the office */
    int64_t offices[128];        /* offices seen: the own one and those below */
    size_t offices_n;
    bool is_client;     /* an API client of a department */
    bool is_device;     /* a tablet of an institution; `account` is the id of its row */
    int64_t hand;       /* on a tablet: the staff row of whoever typed the PIN, 0: nobody said */
    int64_t hand_at;    /* ms, when that hand did it: the record may come hours later; 0: now */
    const char *scopes; /* of a client: names of the ledgers it may use, "|a|b|"; NULL: none */
    int64_t now_ms;     /* of the request: what was granted for a time ends by it */
};
bool who_fits(uint64_t who, const struct me *me);
/* The person without what is held as a deputy only. */
struct me me_alone(const struct me *me);

enum may {
    MAY_SEE = 1 << 0,
    MAY_CREATE = 1 << 1,
    MAY_CHANGE = 1 << 2,
    MAY_EXPORT = 1 << 3,
    MAY_IMPORT = 1 << 4,
    MAY_UNMASK = 1 << 5,
    BY_DUTY = 1 << 6, /* never in a table: seen by a duty of one's own and not only because everybody sees it; needed
                         for any step and for the history */
    MAY_ALL = 0xbf,
};

/* What a predicate's ?1 … ?4 stand for. */
enum me_arg {
    ME_NOTHING,
    ME_ACCOUNT,
    ME_OFFICE,
    ME_INSTITUTION,
    ME_DEPARTMENT,
    ME_LEVEL,
    ME_AREA_FROM,
    ME_AREA_TO,
    ME_NOW,
};

/* How a person relates to a row `r` — one SQL predicate, used for the check and for the list alike. */
struct relation {
    const char *name;
    const char *sql; /* NULL: true; over alias r, parameters by `args` */
    enum me_arg args[4];
    bool within;  /* also r.office is one of my offices, and r.area within my area */
    bool own;     /* only rows that I wrote */
    bool journal; /* every look at what it lets one see is journalled */
    /* with what it was granted for, where that is on record; NULL: nothing */
    enum status (*why)(struct call *, struct reader *, int64_t row, const char **purpose);
};

extern const struct relation ANYWHERE;       /* everybody's rows */
extern const struct relation MY_AREA;        /* rows of my office and those below, within my division */
extern const struct relation MY_INSTITUTION; /* rows of my institution */
extern const struct relation MINE;           /* rows I created */

struct duty {
    uint64_t who;
    unsigned may;
    const struct relation *where;
    uint64_t states; /* 0: any */
    unsigned groups; /* field groups seen, or without MAY_SEE written unseen; 0 = G_WORK | G_OPEN */
    const char *clause;
    const char *note; /* in words, for the table of duties */
    const char *since, *until;
};

/* The sum of what `me` may do by the form's duties that fit (whatever the row): 0 means the form is not there for me.
 */
unsigned duty_may(const struct form *form, const struct me *me);
/* The field groups of the duties by which `me` may do one of these, whatever the row. */
unsigned duty_shows(const struct form *form, const struct me *me, unsigned action);
/* Do my duties reach no rows of the form but those I wrote? */
bool duty_own_only(const struct form *form, const struct me *me);
/* The relation by which a look of `me` at this form, or at lines of it, is journalled; NULL: it is not. */
const struct relation *duty_journals(const struct house *house, const struct form *form, const struct me *me);
/* Appends " and (…)" so that only rows r remain which `me` may do `action` to. False: nothing can remain. */
bool duty_where(struct query *query, const struct form *form, const struct me *me, enum may action);
/* Appends ", <groups>" to a select list: the field groups of each row r, by those duties that let me do `action` to it.
 */
void duty_groups(struct query *query, const struct form *form, const struct me *me, enum may action);
/* The field groups and actions for one row; 0 groups: not to be seen. One query for all fitting duties. */
enum status duty_on(struct call *call, struct reader *reader, const struct form *form, const struct row *row,
                    unsigned *may, unsigned *groups);

#endif
