/* Which bytes may stand where in HTTP (RFC 9110 5.6.2, RFC 9112 2.2, RFC 3986). */
#ifndef NET_HTTP_CHARS_H
#define NET_HTTP_CHARS_H

#include <stdbool.h>
#include <stdint.h>

#define HTTP_TEXT   1u  /* in a line: no control character but the tab */
#define HTTP_TOKEN  2u  /* in a word */
#define HTTP_TARGET 4u  /* in a target: printable ASCII but "#" */
#define HTTP_PATH   8u  /* in a path, escaped or not */
#define HTTP_HOST   16u /* in the name of a host */

extern const uint8_t http_chars[256];

static inline bool http_is(char c, unsigned what)
{
	return (http_chars[(uint8_t)c] & what) != 0;
}

#endif
