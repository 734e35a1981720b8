/* Base64 (RFC 4648 4), read strictly: no white space, padding where it belongs, no bits that count for nothing. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

/* Appends, in one line. */
void base64_encode(struct bytes data, struct buf *out);
/* False when it is none, or longer than `room`; then *n is undefined and `out` holds nothing to be used. */
bool base64_decode(const char *text, size_t length, uint8_t *out, size_t room, size_t *n);

#endif
