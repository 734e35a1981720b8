/* Passwords at rest: yescrypt ("$y$..."), through libxcrypt. About 18 ms each way, on purpose. */
#ifndef STORE_PASSWORD_H
#define STORE_PASSWORD_H

#include "base/arena.h"

#define PASSWORD_MOST 256u /* bytes */

/* A hash with a fresh salt; ecInvalidParam when the password is empty or longer than PASSWORD_MOST. */
status password_hash(const char *password, struct arena *arena, const char **out, struct reason *why) MUST;
/* *good is set when it is the one. A hash of NULL, or that nobody can read, takes as long and is never good. */
status password_verify(const char *password, const char *hash, bool *good, struct reason *why) MUST;
/* Letters and digits that are not mistaken for each other, in groups: 100 bits and more. */
#define PASSWORD_GENERATED_SIZE 32u
status password_generate(char out[static PASSWORD_GENERATED_SIZE], struct reason *why) MUST;

#endif
