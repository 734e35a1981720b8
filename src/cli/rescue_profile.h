/* What is in the cache of a profile whose mailbox is gone. */
#ifndef CLI_RESCUE_PROFILE_H
#define CLI_RESCUE_PROFILE_H

#include "cli/command.h"

struct rescue_of_profile {
	const struct common_options *common;
	const char *data, *name;
	const char *to; /* a .pst; NULL: into the mailbox that is at the server now */
};

/* The exit code. */
int rescue_profile(const struct rescue_of_profile *o);

#endif
