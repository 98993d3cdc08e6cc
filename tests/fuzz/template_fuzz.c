/* Templates: whatever compiles must not let a value out of the place where it stands. */
#include "fuzz/fuzz.h"
#include "page/template.h"

static const char hostile[] = "<q\x22'>&javascript:MARK</script>";

static struct node *
model_of(struct arena *arena)
{
    struct node *model = node_map(arena), *list;
    node_put_text(arena, model, "a", hostile);
    node_put_url(arena, model, "u", "/x?y=1&z=2");
    node_put_int(arena, model, "n", 7);
    node_put_bool(arena, model, "f", false);
    list = node_put_list(arena, model, "l");
    for (int i = 0; i < 2; i++)
        node_put_text(arena, node_put_map(arena, list, NULL), "a", hostile);
    node_put_text(arena, node_put_map(arena, model, "m"), "a", hostile);
    return model;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *arena = arena_new(FUZZ_ARENA);
    struct buf errors, out;
    const char *text = fuzz_text(arena, bytes, n);
    const struct template_source sources[] = { { "x", text, strlen(text) }, { "y", "<b>{{a}}</b>", 12 } };
    buf_init(&errors, 1 << 20);
    buf_init(&out, 4 << 20);
    struct templates *templates = templates_load(arena, sources, 2, &errors);
    if (templates != NULL) {
        const struct node *model = model_of(arena);
        templates_render(templates, "x", model, model, &out);
        if (!out.failed && out.n > 0 && strstr(text, "MARK") == NULL) {
            assert(strstr(out.bytes, "<q") == NULL || strstr(text, "<q") != NULL);
            assert(strstr(out.bytes, "MARK</script") == NULL);
        }
    } else {
        assert(errors.n > 0 || arena_failed(arena));
    }
    buf_free(&errors);
    buf_free(&out);
    arena_free(arena);
    return 0;
}
