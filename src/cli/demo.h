/* What the parts of the demo data share. Every name is marked 演示, every number belongs to nobody. */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

#include "cli/command.h"
#include "policy/attachment.h"
#include "policy/engine.h"

enum { DAY_MS = 86400000, DEMO_PEOPLE = 32, DEMO_FILES = 15 };

struct place;
struct person {
    const char *login, *name, *department, *rank;
    int office;
    const char *posts;
};
struct loader {
    struct house *house;
    struct file_store *files;
    const struct reference *reference;
    int64_t accounts[DEMO_PEOPLE];
    struct attachment evidence[DEMO_FILES]; /* the last: a sealed paper */
    const struct place *place;
    int index;
    int64_t office, institution, filing;
    const char *stored; /* the hash of the demo password */
    const char *message;
};

#define PAIRS(...) ((const char *const[][2]){ __VA_ARGS__, { NULL, NULL } })

/* 620800 is a city: no resident has a number of it. `born`: YYYYMMDD, NULL: an adult. */
void demo_resident(unsigned serial, const char *born, char out[19]);
/* A call as that account (0: the program), so many days ago. */
bool demo_act_as(struct loader *loader, struct call *call, int64_t account, int days_ago);
/* Says what failed, and closes the call. */
enum status demo_ended(struct call *call, enum status status, const char *what);
/* A row made, a step taken, from texts by field. */
enum status demo_make(struct loader *loader, const struct form *form, int64_t part, const char *const (*pairs)[2],
                      int days_ago, int64_t *id);
enum status demo_take(struct loader *loader, const struct form *form, int64_t id, const char *step,
                      const char *const (*pairs)[2], int64_t account, int days_ago);
struct node *demo_fields(struct call *call, const char *const (*pairs)[2]);
enum status demo_account(struct loader *loader, const struct person *person, int64_t works_at, int64_t *account);

/* Children, classes and accounts of carers for the institution of the loader. */
enum status demo_care(struct loader *loader, const char *login);
/* Their staff: papers, roster; the county's telephone list. */
enum status demo_staff(struct loader *loader);
/* The contract of a demo child; the texts of consent of the loader's office, once. */
enum status demo_contract(struct loader *loader, int64_t child, unsigned serial);
enum status demo_consent_texts(struct loader *loader);
/* Rows of the care ledgers: menu, measurements, part of a safety file. */
enum status demo_ledgers(struct loader *loader);

#endif
