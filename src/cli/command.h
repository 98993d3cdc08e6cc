/* The commands of the program, and the house that they open. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "policy/house.h"

int command_init(int argc, char **argv);
int command_serve(int argc, char **argv);
int command_user(int argc, char **argv);
int command_audit(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_import(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_openapi(int argc, char **argv);
int command_simulate(int argc, char **argv);

/* Options that every command knows: --data DIR, --keys FILE, --postgres CONNINFO, --schema NAME. */
struct options {
    const char *data, *keys, *postgres, *schema, *address, *certificate, *private_key, *clock, *develop, *after;
    int port, threads;
    bool demo, drill, help;
    const char *words[8]; /* what is no option */
    int words_n;
};
/* False and a message on stderr: wrong use. */
bool options_read(int argc, char **argv, struct options *out);

/* Opens keys, store, schema and reference data. The message for people goes to stderr; NULL then. */
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
