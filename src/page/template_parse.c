/* From text to operations. The parser follows the HTML around the tags, just far enough to know where each tag
 * stands; what it does not understand it refuses. A section must leave the HTML in the state in which it began. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "page/template_ops.h"

enum html {
    H_TEXT,
    H_TAG_NAME,
    H_TAG, /* between attributes */
    H_ATTRIBUTE,
    H_EQUALS,
    H_QUOTED,
    H_OTHER_VALUE, /* single-quoted or bare: no tags there */
    H_COMMENT,
    H_SCRIPT, /* script or style */
    H_DATA,   /* <script type="application/json"> */
};

enum { WORD_MOST = 32, NEST_MOST = 32 };

struct parser {
    struct arena *arena;
    const struct template_source *source;
    struct buf *errors;
    struct op *ops;
    size_t ops_n, ops_room;
    int line;
    bool failed;
    enum html html;
    char tag[WORD_MOST], attribute[WORD_MOST];
    size_t value_n;   /* bytes and tags of the quoted value so far */
    char value_first; /* its first byte; 0: none, or a tag */
    bool closing, json;
    char quote;
    struct {
        size_t op;
        enum html html;
    } open[NEST_MOST];
    size_t open_n;
};

static void
refuse(struct parser *parser, const char *why)
{
    if (!parser->failed)
        buf_format(parser->errors, "%s.html:%d: %s\n", parser->source->name, parser->line, why);
    parser->failed = true;
}

static struct op *
op_add(struct parser *parser, enum op_kind kind)
{
    if (parser->ops_n == parser->ops_room) {
        const size_t room = parser->ops_room == 0 ? 32 : parser->ops_room * 2;
        struct op *ops = arena_array(parser->arena, room, sizeof *ops);
        if (ops == NULL) {
            refuse(parser, "内存不足");
            return NULL;
        }
        if (parser->ops_n > 0)
            memcpy(ops, parser->ops, parser->ops_n * sizeof *ops);
        parser->ops = ops;
        parser->ops_room = room;
    }
    struct op *op = &parser->ops[parser->ops_n++];
    *op = (struct op){ .kind = kind, .line = parser->line };
    return op;
}

/* ---- the HTML around the tags ---- */

static void
word_add(char *word, char c)
{
    const size_t n = strlen(word);
    if (n + 1 < WORD_MOST) {
        word[n] = (char)tolower((unsigned char)c);
        word[n + 1] = '\0';
    }
}

static void
tag_ends(struct parser *parser)
{
    const bool script = strcmp(parser->tag, "script") == 0;
    if (!parser->closing && (script || strcmp(parser->tag, "style") == 0))
        parser->html = script && parser->json ? H_DATA : H_SCRIPT;
    else
        parser->html = H_TEXT;
}

static void
in_tag(struct parser *parser, char c)
{
    if (c == '>') {
        tag_ends(parser);
    } else if (c == '=') {
        refuse(parser, "属性名缺失");
    } else if (!isspace((unsigned char)c) && c != '/') {
        parser->html = H_ATTRIBUTE;
        parser->attribute[0] = '\0';
        word_add(parser->attribute, c);
    }
}

static void
quoted_begins(struct parser *parser, char c)
{
    parser->value_n = 0;
    parser->value_first = '\0';
    parser->quote = c;
    parser->html = c == '"' ? H_QUOTED : H_OTHER_VALUE;
}

static void
quoted(struct parser *parser, char c, const char *value, size_t value_n)
{
    if (c == '"') {
        if (strcmp(parser->attribute, "type") == 0 && value_n >= 16 && memcmp(value - 16, "application/json", 16) == 0)
            parser->json = true;
        parser->html = H_TAG;
        return;
    }
    if (parser->value_n == 0)
        parser->value_first = c;
    parser->value_n++;
}

static void
other_value(struct parser *parser, char c)
{
    if (parser->quote == '\'' ? c == '\'' : isspace((unsigned char)c))
        parser->html = H_TAG;
    else if (parser->quote != '\'' && c == '>')
        tag_ends(parser);
}

static bool
ends_raw(const struct parser *parser, const char *at, size_t left)
{
    const size_t n = strlen(parser->tag);
    return left > n + 2 && at[1] == '/' && strncasecmp(at + 2, parser->tag, n) == 0;
}

static void
text_begins_tag(struct parser *parser, const char *at, size_t left)
{
    if (left >= 4 && memcmp(at, "<!--", 4) == 0) {
        parser->html = H_COMMENT;
    } else if (left == 1) {
        refuse(parser, "“<”后面不能紧跟标签"); /* what is printed there would begin an element */
    } else if ((isalpha((unsigned char)at[1]) || at[1] == '/' || at[1] == '!')) {
        parser->html = H_TAG_NAME;
        parser->tag[0] = '\0';
        parser->json = false;
        parser->closing = at[1] == '/';
    }
}

static void
follow(struct parser *parser, const char *text, size_t n)
{
    for (size_t i = 0; i < n && !parser->failed; i++) {
        const char c = text[i];
        switch (parser->html) {
        case H_TEXT:
            if (c == '<')
                text_begins_tag(parser, text + i, n - i);
            break;
        case H_TAG_NAME:
            if (c == '>')
                tag_ends(parser);
            else if (isspace((unsigned char)c))
                parser->html = H_TAG;
            else if (c != '/' && c != '<')
                word_add(parser->tag, c);
            break;
        case H_TAG:
            in_tag(parser, c);
            break;
        case H_ATTRIBUTE:
            if (c == '=')
                parser->html = H_EQUALS;
            else if (c == '>' || isspace((unsigned char)c)) {
                parser->html = H_TAG;
                in_tag(parser, c);
            } else
                word_add(parser->attribute, c);
            break;
        case H_EQUALS:
            quoted_begins(parser, c);
            break;
        case H_QUOTED:
            quoted(parser, c, text + i, i);
            break;
        case H_OTHER_VALUE:
            other_value(parser, c);
            break;
        case H_COMMENT:
            if (c == '>' && i >= 2 && text[i - 1] == '-' && text[i - 2] == '-')
                parser->html = H_TEXT;
            break;
        case H_SCRIPT:
        case H_DATA:
            if (c == '<' && ends_raw(parser, text + i, n - i)) {
                parser->html = H_TAG_NAME;
                parser->tag[0] = '\0';
                parser->closing = true;
            }
            break;
        }
        parser->line += c == '\n';
    }
}

/* ---- names ---- */

static bool
name_parse(struct parser *parser, const char *text, size_t n, struct name *out)
{
    *out = (struct name){ 0 };
    char *word = arena_copy(parser->arena, text, n);
    if (word == NULL)
        return false;
    if (strcmp(word, ".") == 0) {
        out->self = true;
        return true;
    }
    if (word[0] == '-') {
        out->special = strcmp(word, "-first") == 0   ? 'f'
                       : strcmp(word, "-last") == 0  ? 'l'
                       : strcmp(word, "-index") == 0 ? 'i'
                                                     : 0;
        return out->special != 0;
    }
    out->frame = *word == '@';
    word += out->frame;
    for (char *part = word; part != NULL;) {
        char *dot = strchr(part, '.');
        if (dot != NULL)
            *dot++ = '\0';
        if (*part == '\0' || part[strspn(part, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0' ||
            out->parts_n == NAME_PARTS)
            return false;
        out->parts[out->parts_n++] = part;
        part = dot;
    }
    return true;
}

/* ---- tags ---- */

static bool
leads_somewhere(const char *attribute)
{
    static const char *const names[] = { "href",   "src",     "action", "formaction", "poster",
                                         "hx-get", "hx-post", "hx-put", "hx-delete",  "hx-patch" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], attribute) == 0)
            return true;
    return false;
}

static bool
never_a_tag(const char *attribute)
{
    return strncmp(attribute, "on", 2) == 0 || strcmp(attribute, "style") == 0 || strcmp(attribute, "srcset") == 0 ||
           strcmp(attribute, "srcdoc") == 0 || strncmp(attribute, "hx-on", 5) == 0 || strcmp(attribute, "hx-vals") == 0;
}

static void
value(struct parser *parser, const char *word, size_t n)
{
    enum place place = PLACE_TEXT;
    if (parser->html == H_QUOTED) {
        place = PLACE_VALUE;
        if (never_a_tag(parser->attribute))
            refuse(parser, "这个属性里不能有标签");
        if (leads_somewhere(parser->attribute)) {
            place = parser->value_n == 0 ? PLACE_URL : PLACE_PART;
            if (place == PLACE_PART && (parser->value_first == '\0' || strchr("/?#", parser->value_first) == NULL))
                refuse(parser, "链接的开头必须是 /、? 或 #");
        }
        parser->value_n++;
    } else if (parser->html != H_TEXT) {
        refuse(parser, "标签只能在正文或双引号的属性值里");
    }
    struct op *op = op_add(parser, OP_VALUE);
    if (op != NULL)
        op->place = place;
    if (op != NULL && !name_parse(parser, word, n, &op->name))
        refuse(parser, "名称不对");
}

static void
section(struct parser *parser, char kind, const char *word, size_t n)
{
    if (parser->html == H_ATTRIBUTE || parser->html == H_TAG_NAME)
        parser->html = H_TAG; /* the element's name, or an attribute without a value, ended */
    if (parser->html == H_QUOTED && leads_somewhere(parser->attribute))
        refuse(parser, "链接里不能有区段");
    if (parser->html == H_QUOTED)
        parser->value_n++;
    else if (parser->html != H_TEXT && parser->html != H_TAG)
        refuse(parser, "区段只能在正文、属性之间或双引号的属性值里");
    struct op *op = op_add(parser, kind == '#' ? OP_SECTION : OP_INVERTED);
    if (op == NULL || parser->open_n == NEST_MOST) {
        refuse(parser, "区段太深");
        return;
    }
    op->text = word;
    op->n = n;
    if (!name_parse(parser, word, n, &op->name))
        refuse(parser, "名称不对");
    parser->open[parser->open_n].op = parser->ops_n - 1;
    parser->open[parser->open_n++].html = parser->html;
}

static void
section_ends(struct parser *parser, const char *word, size_t n)
{
    if (parser->html == H_ATTRIBUTE || parser->html == H_TAG_NAME)
        parser->html = H_TAG;
    if (parser->open_n == 0) {
        refuse(parser, "没有开始的区段");
        return;
    }
    parser->open_n--;
    struct op *op = &parser->ops[parser->open[parser->open_n].op];
    if (op->n != n || memcmp(op->text, word, n) != 0)
        refuse(parser, "区段的结束与开始不同名");
    if (parser->open[parser->open_n].html != parser->html)
        refuse(parser, "区段改变了所在的位置");
    op->end = parser->ops_n;
}

static void
partial(struct parser *parser, const char *word, size_t n)
{
    if (parser->html != H_TEXT)
        refuse(parser, "引用只能在正文里");
    struct op *op = op_add(parser, OP_PARTIAL);
    if (op != NULL)
        op->text = arena_copy(parser->arena, word, n);
}

static void
json(struct parser *parser, const char *word, size_t n)
{
    if (parser->html != H_DATA)
        refuse(parser, "json 只能在 <script type=\"application/json\"> 里");
    struct op *op = op_add(parser, OP_JSON);
    if (op != NULL && !name_parse(parser, word, n, &op->name))
        refuse(parser, "名称不对");
}

static void
tag(struct parser *parser, const char *text, size_t n)
{
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        n--;
    const char kind = n == 0 ? '\0' : text[0];
    size_t skip = kind != '\0' && strchr("#^/>!", kind) != NULL ? 1 : 0;
    if (kind == '!')
        return;
    if (kind != '\0' && strchr("{&=", kind) != NULL) {
        refuse(parser, "不支持这种标签");
        return;
    }
    while (skip < n && isspace((unsigned char)text[skip]))
        skip++;
    const char *word = text + skip;
    n -= skip;
    if (n == 0)
        refuse(parser, "空的标签");
    else if (kind == '#' || kind == '^')
        section(parser, kind, word, n);
    else if (kind == '/')
        section_ends(parser, word, n);
    else if (kind == '>')
        partial(parser, word, n);
    else if (n > 5 && memcmp(word, "json ", 5) == 0)
        json(parser, word + 5, n - 5);
    else
        value(parser, word, n);
}

static const char *
find_pair(const char *at, const char *end, char c)
{
    for (; at != NULL && at + 1 < end; at++) {
        at = memchr(at, c, (size_t)(end - at - 1));
        if (at == NULL || at[1] == c)
            return at;
    }
    return NULL;
}

static void
literal(struct parser *parser, const char *text, size_t n)
{
    if (n == 0)
        return;
    struct op *op = op_add(parser, OP_TEXT);
    if (op == NULL)
        return;
    op->text = text;
    op->n = n;
    follow(parser, text, n);
}

bool
template_parse(struct arena *arena, const struct template_source *source, struct compiled *out, struct buf *errors)
{
    struct parser parser = { .arena = arena, .source = source, .errors = errors, .line = 1 };
    const char *at = source->text, *end = source->text + source->n;
    while (!parser.failed) {
        const char *begin = find_pair(at, end, '{');
        literal(&parser, at, (size_t)((begin == NULL ? end : begin) - at));
        if (begin == NULL || parser.failed)
            break;
        const char *close = find_pair(begin + 2, end, '}');
        if (close == NULL) {
            refuse(&parser, "标签没有结束");
            break;
        }
        tag(&parser, begin + 2, (size_t)(close - begin - 2));
        for (const char *c = begin; c < close; c++)
            parser.line += *c == '\n';
        at = close + 2;
    }
    if (!parser.failed && parser.open_n > 0)
        refuse(&parser, "有区段没有结束");
    if (!parser.failed && parser.html != H_TEXT)
        refuse(&parser, "文件结束在标签或属性中间");
    *out = (struct compiled){ .name = source->name, .ops = parser.ops, .ops_n = parser.ops_n };
    return !parser.failed;
}
