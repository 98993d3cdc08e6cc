/* What one request of the two benchmarks writes: a row and an entry like those of a ledger and its journal. */
#ifndef BENCH_GROUP_COMMIT_H
#define BENCH_GROUP_COMMIT_H

#define BENCH_TABLES                                                                                                   \
    "create table item (office integer not null, id integer not null, text text, primary key (office, id)) strict;"    \
    "create table entry (office integer not null, id integer not null, text text, primary key (office, id)) strict;"
#define BENCH_ROW "insert into item (office, id, text) values (?1, ?2, ?3)"
#define BENCH_ENTRY "insert into entry (office, id, text) values (?1, ?2, ?3)"
#define BENCH_TEXT                                                                                                                                                          \
    "一段与实际记录差不多长的文字：房间、对象、方法、浓度、时间、操作人、备注。一段与实际记录差不多长的文字：房间、" \
    "对象、方法、浓度、时间、操作人、备注。"

#endif
