/* Runs one harness over every file of the folders that are named. Last line "N passed, N failed"; a fault ends the
 * program, so that the failure is the missing line. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"

static int
replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return 1;
    const long size = ftell(file);
    rewind(file);
    /* exactly as large as the input: reading past it is seen */
    uint8_t *bytes = size < 0 ? NULL : malloc((size_t)size + (size == 0));
    int failed = bytes == NULL || fread(bytes, 1, (size_t)size, file) != (size_t)size;
    fclose(file);
    if (!failed) {
        fprintf(stderr, "%s\n", path);
        failed = LLVMFuzzerTestOneInput(bytes, (size_t)size);
    }
    free(bytes);
    return failed;
}

int
main(int argc, char **argv)
{
    int passed = 0, failed = 0;
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        struct dirent *entry;
        while (dir != NULL && (entry = readdir(dir)) != NULL) {
            char path[4096];
            if (entry->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            replay(path) == 0 ? passed++ : failed++;
        }
        if (dir != NULL)
            closedir(dir);
    }
    printf("%d passed, %d failed\n", passed, failed + (passed == 0));
    return passed > 0 && failed == 0 ? 0 : 1;
}
