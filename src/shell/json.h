/*
 * Values as JSON: objects as objects, lists as arrays, sizes as numbers of bytes ("Unlimited" as text), times as
 * "2026-11-24T10:00:00Z".  Control characters are escaped, the C1 ones too, so that it may be shown on a terminal.
 */
#ifndef SHELL_JSON_H
#define SHELL_JSON_H

#include "shell/value.h"

#define JSON_MAX_BYTES ((size_t)256 << 20)

/*
 * Appends.  `compress`: on one line; else two blanks for each level, each line after the first after `indent` more.
 * Levels beyond `depth` become text.
 */
status json_print(const struct value *v, bool compress, unsigned depth, unsigned indent, struct buf *out) MUST;

#endif
