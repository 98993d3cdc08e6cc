/* The compiled form of a template, between its parser and its renderer. */
#ifndef PAGE_TEMPLATE_OPS_H
#define PAGE_TEMPLATE_OPS_H

#include "page/template.h"

enum op_kind { OP_TEXT, OP_VALUE, OP_SECTION, OP_INVERTED, OP_PARTIAL, OP_JSON };
enum place {
    PLACE_TEXT,  /* element content: people read it */
    PLACE_VALUE, /* a quoted attribute: programs read it */
    PLACE_URL,   /* the whole of an attribute that leads somewhere */
    PLACE_PART,  /* a part of such an attribute, behind a literal beginning */
};

enum { NAME_PARTS = 6 };

struct name {
    bool frame, self;
    char special; /* 'f'irst, 'l'ast, 'i'ndex of a list element; 0: a path */
    size_t parts_n;
    const char *parts[NAME_PARTS];
};

struct op {
    enum op_kind kind;
    enum place place;
    const char *text; /* TEXT, and the name of a PARTIAL */
    size_t n;
    struct name name;
    size_t end; /* SECTION, INVERTED: the first op behind it */
    const struct compiled *partial;
    int line;
};

struct compiled {
    const char *name;
    struct op *ops;
    size_t ops_n;
};

/* Adds to `errors` and returns false when the text is no template of ours. */
bool template_parse(struct arena *arena, const struct template_source *source, struct compiled *out,
                    struct buf *errors);

/* The value as it stands in that place, escaped (print.c). */
void print_value(struct buf *out, const struct node *node, enum place place);

#endif
