#include "base/check.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY"; /* no I O S V Z */

static int
value_of(char c)
{
    const char *at = c == '\0' ? NULL : strchr(alphabet, c);
    return at == NULL ? -1 : (int)(at - alphabet);
}

/* Characters 9–17 are the organisation code: weights mod 11, 10 is X. Letters count 10–35 there. */
static bool
organisation_fits(const char *code)
{
    static const int weights[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    for (int i = 0; i < 8; i++) {
        const char c = code[8 + i];
        sum += weights[i] * (c >= 'A' ? c - 'A' + 10 : c - '0');
    }
    const int check = 11 - sum % 11;
    return code[16] == (check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check));
}

enum check_result
uscc_check(const char *code)
{
    static const int weights[] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
    int sum = 0;
    if (strlen(code) != 18)
        return CHECK_LENGTH;
    for (int i = 0; i < 18; i++)
        if (value_of(code[i]) < 0 || (i >= 2 && i < 8 && code[i] > '9'))
            return CHECK_CHARACTER;
    for (int i = 0; i < 17; i++)
        sum += weights[i] * value_of(code[i]);
    if (value_of(code[17]) != (31 - sum % 31) % 31)
        return CHECK_DIGIT;
    return organisation_fits(code) ? CHECK_OK : CHECK_ORGANISATION;
}

enum check_result
resident_id_check(const char *number, struct day *born, int *sex)
{
    static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    char iso[11];
    struct day day;
    int sum = 0;
    if (strlen(number) != 18)
        return CHECK_LENGTH;
    for (int i = 0; i < 17; i++) {
        if (number[i] < '0' || number[i] > '9')
            return CHECK_CHARACTER;
        sum += weights[i] * (number[i] - '0');
    }
    const char last = number[17] == 'x' ? 'X' : number[17];
    if (last != "10X98765432"[sum % 11])
        return CHECK_DIGIT;
    memcpy(iso, number + 6, 4);
    iso[4] = iso[7] = '-';
    memcpy(iso + 5, number + 10, 2);
    memcpy(iso + 8, number + 12, 2);
    iso[10] = '\0';
    if (!day_parse(iso, &day))
        return CHECK_DATE;
    if (born != NULL)
        *born = day;
    if (sex != NULL)
        *sex = (number[16] - '0') % 2 == 1 ? 1 : 2;
    return CHECK_OK;
}

enum check_result
phone_check(const char *number)
{
    char digits[16] = "";
    size_t n = 0;
    for (; *number != '\0'; number++) {
        if (*number == '-' || *number == ' ')
            continue;
        if (*number < '0' || *number > '9')
            return CHECK_CHARACTER;
        if (n == sizeof digits)
            return CHECK_LENGTH;
        digits[n++] = *number;
    }
    if (n == 11 && digits[0] == '1' && digits[1] >= '3')
        return CHECK_OK;
    return digits[0] == '0' && n >= 10 && n <= 12 ? CHECK_OK : CHECK_LENGTH;
}

static char *
mask(struct arena *arena, const char *text, size_t head, size_t tail)
{
    char *copy = arena_text(arena, text);
    const size_t n = copy == NULL ? 0 : strlen(copy);
    for (size_t i = n > head + tail ? head : 0; copy != NULL && i < (n > head + tail ? n - tail : n); i++)
        copy[i] = '*';
    return copy;
}

char *
mask_id_number(struct arena *arena, const char *number)
{
    return mask(arena, number, 6, 4);
}

char *
mask_phone(struct arena *arena, const char *number)
{
    return mask(arena, number, 3, 4);
}
