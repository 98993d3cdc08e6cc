#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

enum { BAR = 30 };

struct progress
progress_begin(const char *label)
{
    return (struct progress){ .label = label, .shown = isatty(STDERR_FILENO) == 1, .last = -1 };
}

void
progress_show(void *state, int thousandths)
{
    struct progress *progress = state;
    const int percent = thousandths > 1000 ? 100 : thousandths < 0 ? 0 : thousandths / 10;
    if (!progress->shown || percent == progress->last)
        return;
    progress->last = percent;
    fprintf(stderr, "\r%s [", progress->label);
    for (int i = 0; i < BAR; i++)
        fputc(i < BAR * percent / 100 ? '#' : ' ', stderr);
    fprintf(stderr, "] %3d%%", percent);
}

void
progress_count(struct progress *progress, size_t n, const char *unit)
{
    if (!progress->shown)
        return;
    progress->last = 0;
    fprintf(stderr, "\r%s %zu %s", progress->label, n, unit);
}

void
progress_end(struct progress *progress)
{
    if (progress->shown && progress->last >= 0)
        fputc('\n', stderr);
    progress->last = -1;
}
