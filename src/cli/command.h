/* The commands of the program, and the house that they open. Exit codes are the same everywhere: 0 done, 1 failed (the
 * reason stands on standard error), 2 wrong use. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "policy/house.h"

int command_init(int argc, char **argv);
int command_serve(int argc, char **argv);
int command_user(int argc, char **argv);
int command_keys(int argc, char **argv);
int command_audit(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_import(int argc, char **argv);
int command_export(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_schema(int argc, char **argv);
int command_openapi(int argc, char **argv);
int command_simulate(int argc, char **argv);

/* ---- options.c ---- */
enum { WORDS_MOST = 32 };

/* Options that every command knows: --data DIR, --keys FILE, --postgres CONNINFO, --schema NAME. */
struct options {
    const char *data, *keys, *postgres, *schema, *address, *certificate, *private_key, *proxy, *clock, *develop, *after;
    const char *backup, *backup_after; /* of serve: where to, and what to run then */
    int port, threads, backup_every, backup_keep;
    bool demo, drill, help;
    const char *words[WORDS_MOST]; /* what is no option */
    int words_n;
};
/* False and a message on stderr: wrong use. */
bool options_read(int argc, char **argv, struct options *out);
/* Where the key file is: --keys, or beside the data folder. */
const char *options_keys(struct arena *arena, const struct options *options);

/* What `tuoyu COMMAND --help` says. */
struct help {
    const char *usage; /* one or more lines, without 用法 */
    const char *about; /* what it does, and what it leaves alone */
    const char *more;  /* options of its own and an example; NULL */
    bool no_house;     /* needs no data: the common options are left out */
};
/* Asked for: on stdout, 0. Wrong use: on stderr, 2. */
int help_show(const struct help *help, const struct options *options);

/* ---- house_open.c ---- */
/* Opens keys, store, schema and reference data, and tops the latter up unless they are still to be filled (`fresh`).
 * The message for people goes to stderr; NULL then. */
struct house *house_open(const struct options *options, bool fresh);
/* The policy alone, without keys and database. */
struct house *house_tables_only(void);
void house_close(struct house *house);
/* A call of the program itself, for an office. Its arena is freed with call_close. */
bool call_open(struct call *call, struct house *house, int64_t office);
void call_close(struct call *call);
/* Says what went wrong in a call, on stderr. Returns 1. */
int call_complain(const struct call *call, enum status status);

/* Wall clock, or the simulated one of --clock (a file whose text is milliseconds UTC): tests set the time. */
int64_t clock_now(void);
void clock_set(const char *file);

/* Demo data: institutions, accounts and filings that are marked as such; prints the logins. */
enum status demo_load(struct house *house);

#endif
