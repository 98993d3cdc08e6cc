/* 照片：photos of children rest on a guardian's consent and are kept for a time. Which fields they are follows from the
 * forms: a file of a record that names a child, with consent as its basis. Photos of who fetches a child and of staff
 * are none of them. */
#ifndef DOMAIN_CARE_PHOTOS_H
#define DOMAIN_CARE_PHOTOS_H

#include "policy/house.h"

/* Of a record that is being written: a new photo needs the consent of a guardian that is in force and was so on the day
 * of the record; else a fault at the photo. */
enum status photo_consented(struct call *call, struct reader *reader, struct change *change);

/* Deletes what was kept for CFG-PHOTO-DAYS, some at a time; what is left goes on as a job. */
enum status photos_daily(struct call *call, struct writer *writer, int64_t office);
#define PHOTOS_DUE "photos_due"
extern done_fn photos_some;

#endif
