/* Pages cannot be injected into: values are escaped by where they stand, and what would be unsafe does not compile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* needs the four above */
#include <cmocka.h>

#include "page/template.h"

static struct templates *
load(struct arena *arena, const char *text, struct buf *errors)
{
    static struct template_source source;
    source = (struct template_source){ "t", text, strlen(text) };
    return templates_load(arena, &source, 1, errors);
}

static void
expect(const char *text, const struct node *model, const struct node *frame, const char *wanted)
{
    struct buf out, errors;
    struct arena *arena = arena_new(8u << 20);
    buf_init(&out, 1u << 20);
    buf_init(&errors, 1u << 16);
    struct templates *templates = load(arena, text, &errors);
    if (templates == NULL)
        print_message("%s\n", errors.bytes);
    assert_non_null(templates);
    assert_int_equal(templates_render(templates, "t", model, frame, &out), OK);
    assert_string_equal(out.bytes == NULL ? "" : out.bytes, wanted);
    buf_free(&out);
    buf_free(&errors);
    arena_free(arena);
}

static struct node *
model_of(struct arena *arena)
{
    struct node *model = node_map(arena), *list = node_put_list(arena, model, "rows");
    node_put_text(arena, model, "name", "<b>\"甲\" & '乙'</b>");
    node_put_text(arena, model, "empty", "");
    node_put_int(arena, model, "zero", 0);
    node_put_bool(arena, model, "yes", true);
    node_put_bool(arena, model, "no", false);
    node_put_date(arena, model, "day", "2026-03-05");
    node_put_url(arena, model, "url", "/a?b=1&c=2");
    for (int i = 0; i < 3; i++)
        node_put_int(arena, node_put_map(arena, list, NULL), "n", i + 1);
    return model;
}

static void
values_sections_lists(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1u << 20);
    struct node *model = model_of(arena), *frame = node_map(arena);
    node_put_text(arena, frame, "csrf", "token");
    expect("<p>{{name}}</p>", model, frame, "<p>&lt;b&gt;&quot;甲&quot; &amp; &#39;乙&#39;&lt;/b&gt;</p>");
    expect("<i title=\"{{name}}\"></i>", model, frame,
           "<i title=\"&lt;b&gt;&quot;甲&quot; &amp; &#39;乙&#39;&lt;/b&gt;\"></i>");
    expect("<a href=\"{{url}}\">x</a>", model, frame, "<a href=\"/a?b=1&amp;c=2\">x</a>");
    expect("<a href=\"/x/{{name}}\">x</a>", model, frame,
           "<a href=\"/x/%3Cb%3E%22%E7%94%B2%22%20%26%20%27%E4%B9%99%27%3C%2Fb%3E\">x</a>");
    expect("{{#rows}}{{#-first}}[{{/-first}}{{n}}{{#-last}}]{{/-last}}{{/rows}}", model, frame, "[123]");
    expect("{{^rows}}none{{/rows}}{{^none}}missing{{/none}}", model, frame, "missing");
    expect("{{#zero}}zero is a number{{/zero}}{{#empty}}never{{/empty}}{{#no}}never{{/no}}{{#yes}}yes{{/yes}}", model,
           frame, "zero is a numberyes");
    expect("{{#rows}}{{name}}{{@csrf}}{{/rows}}", model, frame, "tokentokentoken"); /* names do not climb */
    expect("<time datetime=\"{{day}}\">{{day}}</time>", model, frame,
           "<time datetime=\"2026-03-05\">2026年3月5日</time>");
    expect("<p{{#yes}} class=\"a\"{{/yes}}{{#no}} hidden{{/no}}>x</p>", model, frame, "<p class=\"a\">x</p>");
    arena_free(arena);
}

static void
what_is_unsafe_does_not_compile(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "<script>{{name}}</script>",
        "<style>{{name}}</style>",
        "<p onclick=\"{{name}}\">x</p>",
        "<p style=\"{{name}}\">x</p>",
        "<a href=\"{{name}}{{url}}\">x</a>",
        "<a href=\"javascript:{{name}}\">x</a>",
        "<a href='{{url}}'>x</a>",
        "<a href={{url}}>x</a>",
        "<p {{name}}>x</p>",
        "<{{name}}>x</p>",
        "<!-- {{name}} -->",
        "<p title=\"{{#yes}}\">{{/yes}}</p>",
        "{{#open}}",
        "{{/never}}",
        "{{#a}}{{#b}}{{/a}}{{/b}}",
        "{{name",
        "{{> nowhere}}",
        "<p title=\"x",
        "<script type=\"application/json\">{{name}}</script>",
        "<iframe srcdoc=\"{{name}}\"></iframe>",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct buf errors;
        struct arena *arena = arena_new(1u << 20);
        buf_init(&errors, 1u << 16);
        if (load(arena, bad[i], &errors) != NULL)
            print_message("compiled: %s\n", bad[i]);
        assert_null(load(arena, bad[i], &errors));
        assert_true(errors.n > 0);
        buf_free(&errors);
        arena_free(arena);
    }
}

static void
a_url_that_is_no_url_is_not_printed(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1u << 20);
    struct node *model = node_map(arena);
    node_put_text(arena, model, "link", "javascript:alert(1)");
    expect("<a href=\"{{link}}\">x</a>", model, node_map(arena), "<a href=\"\">x</a>");
    arena_free(arena);
}

static void
our_own_templates_compile(void **state)
{
    (void)state;
    struct buf errors;
    struct arena *arena = arena_new(8u << 20);
    buf_init(&errors, 1u << 16);
    assert_non_null(templates_load(arena, packed_templates, packed_templates_n, &errors));
    assert_true(packed_templates_n > 20);
    buf_free(&errors);
    arena_free(arena);
}

/* Whatever is thrown at the compiler, it answers; what it accepts, it renders. The seed is fixed. */
static void
random_templates_never_crash(void **state)
{
    (void)state;
    static const char *const bits[] = { "{{",        "}}",     "#",     "^",
                                        "/",         ">",      "<p",    "<a href=\"",
                                        "\"",        "'",      "name",  "rows",
                                        "url",       "@csrf",  " ",     "<!--",
                                        "-->",       "=",      "json ", "<script type=\"application/json\">",
                                        "</script>", "-first", ".",     "托",
                                        "\xe6" };
    unsigned seed = 20261124;
    for (int round = 0; round < 20000; round++) {
        char text[400] = "";
        for (int i = 0; i < 14; i++) {
            seed = seed * 1103515245u + 12345u;
            strcat(text, bits[(seed >> 16) % (sizeof bits / sizeof bits[0])]);
        }
        struct buf out, errors;
        struct arena *arena = arena_new(1u << 20);
        buf_init(&out, 1u << 16);
        buf_init(&errors, 1u << 16);
        struct templates *templates = load(arena, text, &errors);
        if (templates != NULL)
            assert_int_equal(templates_render(templates, "t", model_of(arena), node_map(arena), &out), OK);
        buf_free(&out);
        buf_free(&errors);
        arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_sections_lists),
        cmocka_unit_test(what_is_unsafe_does_not_compile),
        cmocka_unit_test(a_url_that_is_no_url_is_not_printed),
        cmocka_unit_test(our_own_templates_compile),
        cmocka_unit_test(random_templates_never_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
