/* Failing on purpose: the n-th allocation of our code, of SQLite, or the n-th call to the system that writes. The build
 * of the fault tests wraps the C library's calls (see CMakeLists.txt); SQLite lets its own be replaced. */
#ifndef TESTS_FAULT_FAULTS_H
#define TESTS_FAULT_FAULTS_H

#include <stdbool.h>

enum fault_kind { FAULT_MEMORY, FAULT_SQLITE_MEMORY, FAULT_WRITE, FAULT_KINDS };

/* Before SQLite is used. */
void faults_install(void);
/* The n-th of that kind from now on fails, once (`for_good`: and every one after it), on any thread. */
void faults_arm(enum fault_kind kind, int n, bool for_good);
/* True: it came to the n-th and that failed. */
bool faults_disarm(void);

/* A full disk stops writing for some seconds; for this store it has room again at once. */
struct store;
void disk_is_well(struct store *store);

#endif
