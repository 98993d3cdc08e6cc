#include "http/lockout.h"

enum { MINUTE_MS = 60000 };

enum status
lockout_count(struct call *call, struct writer *writer, int64_t account)
{
    const int64_t fails = standard_int(call, "CFG-LOCK-FAILS", 5), minutes = standard_int(call, "CFG-LOCK-MINUTES", 15);
    return writer_run(writer,
                      "update credential set fails = case when locked_until <= ?3 then 1 else coalesce(fails, 0) + 1 "
                      "end, locked_until = case when (case when locked_until <= ?3 then 1 else coalesce(fails, 0) + 1 "
                      "end) >= ?4 then cast(?5 as bigint) else null end where office = ?1 and id = ?2",
                      ARGS(value_int(id_office(account)), value_int(account), value_int(call->now_ms), value_int(fails),
                           value_int(call->now_ms + minutes * MINUTE_MS)),
                      NULL);
}

enum status
lockout_clear(struct call *call, struct writer *writer, int64_t account)
{
    int64_t changed = 0;
    const enum status status =
        writer_run(writer,
                   "update credential set fails = 0, locked_until = null, seen_at = ?3 where office = ?1 and id = ?2 "
                   "and (locked_until is null or locked_until <= ?3)",
                   ARGS(value_int(id_office(account)), value_int(account), value_int(call->now_ms)), &changed);
    return status == OK && changed == 0 ? lockout_refuse(call) : status;
}

enum status
lockout_refuse(struct call *call)
{
    return call_fail(call, TOO_MANY, "失败次数过多，账号已锁定，最长%lld分钟；急用请联系安全管理员解锁",
                     (long long)standard_int(call, "CFG-LOCK-MINUTES", 15));
}
