/* FILETIME: 100-nanosecond steps since 1601-01-01 UTC ([MS-DTYP] 2.3.3). */
#ifndef BASE_FILETIME_H
#define BASE_FILETIME_H

#include "base/status.h"
#include <time.h>

#define FILETIME_PER_SECOND 10000000ull
#define FILETIME_UNIX_EPOCH 116444736000000000ull /* 1970-01-01 */
#define FILETIME_TEXT_SIZE 32

/* Times before 1970 give negative seconds; FILETIMEs beyond the year 9999 are held there. */
int64_t filetime_to_unix(uint64_t filetime);
uint64_t filetime_from_unix(int64_t seconds); /* before 1601: 0 */
/* "2026-11-24T10:00:00Z"; fractions only when there are any. */
void filetime_format(uint64_t filetime, char out[static FILETIME_TEXT_SIZE]);
/* Takes "2026-11-24", "2026-11-24T10:00:00Z" and "2026-11-24T10:00:00.1451829Z"; false and untouched otherwise. */
bool filetime_parse(const char *text, uint64_t *out);

#endif
