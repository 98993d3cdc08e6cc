/* Check digits and masks of the identifiers that people and institutions bear. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include "base/arena.h"
#include "base/day.h"

enum check_result { CHECK_OK, CHECK_LENGTH, CHECK_CHARACTER, CHECK_DIGIT, CHECK_ORGANISATION, CHECK_DATE };

/* 统一社会信用代码, GB 32100-2015 with the organisation code of GB 11714 inside. Upper case. */
enum check_result uscc_check(const char *code);
/* 公民身份号码, GB 11643-1999; lower x is accepted. *born, *sex (1 male, 2 female) when OK; may be NULL. */
enum check_result resident_id_check(const char *number, struct day *born, int *sex);
/* A mainland mobile number, or a landline with area code (0xxx-xxxxxxx, dashes and spaces allowed). */
enum check_result phone_check(const char *number);

char *mask_id_number(struct arena *arena, const char *number); /* 620802********123X */
char *mask_phone(struct arena *arena, const char *number);     /* 138****1234 */

#endif
