/* What is suspected: kinds of illness from symptoms and from diseases, as the thresholds of regulations §5 name them.
 * The institution suspects, it does not diagnose. */
#include <string.h>

#include "domain/care/health.h"

static bool
has(const char *symptoms, const char *code)
{
    const size_t n = strlen(code);
    for (const char *at = symptoms; (at = strstr(at, code)) != NULL; at += n)
        if (at > symptoms && at[-1] == '|' && at[n] == '|')
            return true;
    return false;
}

/* The most telling sign first; the last ones are not a sign of their own. */
static const struct {
    const char *symptom, *kind;
} signs[] = {
    { "mouth_sore", "hfmd" },    { "hand_rash", "hfmd" },  { "swollen_cheek", "mumps" },
    { "jaundice", "hepatitis" }, { "vomit", "diarrhoea" }, { "diarrhoea", "diarrhoea" },
    { "rash", "rash" },          { "red_eye", "ahc" },     { NULL, "flu" },
    { NULL, "fever" },           { NULL, "other" },
};
enum { SIGNS = sizeof signs / sizeof signs[0] };

/* An injury alone is no illness. */
const char *
illness_of_symptoms(const char *symptoms)
{
    if (symptoms == NULL)
        return NULL;
    for (size_t i = 0; i < SIGNS && signs[i].symptom != NULL; i++)
        if (has(symptoms, signs[i].symptom))
            return signs[i].kind;
    if (has(symptoms, "fever"))
        return has(symptoms, "cough") || has(symptoms, "sore_throat") ? "flu" : "fever";
    for (const char *at = symptoms; *at != '\0';) {
        const size_t n = strcspn(at, "|");
        if (n > 0 && (n != strlen("injury") || strncmp(at, "injury", n) != 0))
            return "other";
        at += n + (at[n] == '|');
    }
    return NULL;
}

static size_t
place(const char *kind)
{
    size_t i = 0;
    while (i < SIGNS && (kind == NULL || strcmp(signs[i].kind, kind) != 0))
        i++;
    return i;
}

const char *
illness_more_telling(const char *before, const char *now)
{
    return place(before) <= place(now) ? before : now;
}

const char *
illness_of_disease(const char *disease)
{
    static const struct {
        const char *disease, *kind;
    } kinds[] = {
        { "NID-C-010", "hfmd" },      { "LOC-HERP", "hfmd" },       { "NID-C-011", "diarrhoea" },
        { "LOC-NORO", "diarrhoea" },  { "NID-C-001", "flu" },       { "NID-B-001", "flu" },
        { "LOC-VARI", "varicella" },  { "NID-C-002", "mumps" },     { "NID-B-021", "scarlet" },
        { "NID-B-007", "measles" },   { "NID-C-003", "rubella" },   { "NID-B-014", "dysentery" },
        { "NID-B-004", "hepatitis" }, { "NID-B-016", "typhoid" },   { "NID-B-017", "meningitis" },
        { "NID-C-004", "ahc" },       { "LOC-UNKNOWN", "unknown" }, { "LOC-FOOD", "food" },
    };
    for (size_t i = 0; disease != NULL && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].disease, disease) == 0)
            return kinds[i].kind;
    return disease == NULL ? NULL : "listed";
}

bool
illness_same(const struct row *one, const struct row *other)
{
    const char *kind = row_text(one, "kind"), *also = row_text(other, "kind");
    if (kind == NULL || also == NULL || strcmp(kind, also) != 0)
        return false;
    return strcmp(kind, "listed") != 0 || value_equal(row_value(one, "disease"), row_value(other, "disease"));
}

bool
illness_suspected(const char *kind)
{
    return kind != NULL && strcmp(kind, "other") != 0;
}

bool
illness_named(const char *kind)
{
    static const char *const unnamed[] = { "fever", "flu", "diarrhoea", "rash", "ahc" };
    bool named = illness_suspected(kind);
    for (size_t i = 0; i < sizeof unnamed / sizeof unnamed[0] && named; i++)
        named = strcmp(kind, unnamed[i]) != 0;
    return named;
}
