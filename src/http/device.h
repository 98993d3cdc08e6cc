/* Tablets: pairing, signed requests, and the few routes that a device has. The principal is the device, by a key that
 * never leaves it; the numbers that people type on it say whose hand it was, and open nothing. */
#ifndef HTTP_DEVICE_H
#define HTTP_DEVICE_H

#include "http/app.h"
#include "policy/sync.h"

/* A row of `device` as a request needs it. */
struct device {
    struct sync_device sync;
    const char *name, *area;
    uint8_t key[65];
    bool paired;
    int64_t seen_at; /* ms, when its last contact was noted; 0: never */
};

/* The page of the app, its pairing, and every signed request. True: it was mine. */
bool device_handle(struct visit *visit);
/* An encrypted file that a tablet saved, brought by the head: POST /inbox/import. True: it was mine. */
bool device_import(struct visit *visit, const struct http_file *files, size_t files_n);

/* NOT_FOUND: no such device, or it was never paired. */
enum status device_get(struct call *call, struct reader *reader, int64_t id, struct device *out);
void device_me(struct call *call, struct reader *reader, const struct device *device, struct me *me);

/* device_file.c */
void device_file(struct visit *visit, const struct device *device, const char *hash);

#endif
