/* A password, asked at the terminal and not shown; never an argument. */
#ifndef CLI_PASSWORD_PROMPT_H
#define CLI_PASSWORD_PROMPT_H

#include <stddef.h>

#include "base/status.h"

/* From the terminal of this process, else a line of standard input. ecUserCanceled: there is none, or it ended. Whoever got it wipes it. */
status password_ask(const char *question, char *out, size_t room, struct reason *why) MUST;

#endif
