/* PowerShell's wildcards: *, ?, [a-z], and ` before a character that stands for itself; case does not matter. */
#ifndef SHELL_WILDCARD_H
#define SHELL_WILDCARD_H

#include <stdbool.h>

bool wildcard_match(const char *pattern, const char *text, bool with_case);
bool wildcard_has(const char *text); /* is there a *, ? or [ in it */

#endif
