/* Readings of CJK characters from the table made at build time by tools/pinyin.mjs. */
#include "base/text.h"

#include "pinyin_table.h"

const char *
pinyin_of(unsigned codepoint)
{
    if (codepoint < PINYIN_FIRST || codepoint > PINYIN_LAST)
        return NULL;
    const unsigned index = pinyin_index[codepoint - PINYIN_FIRST];
    return index == 0 ? NULL : pinyin_syllables[index];
}
