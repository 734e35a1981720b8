/* The organisation that the shell works on: opened when the first cmdlet needs it, made when that was asked for. */
#ifndef CLI_SHELL_SITE_H
#define CLI_SHELL_SITE_H

#include "cli/command.h"
#include "shell/cmdlets/site.h"

struct shell_site {
	struct site_context context; /* first: what the shell's cmdlets get */
	const char *data;	     /* --data, or NULL */
	struct site_options options;
	struct arena arena;
};

void shell_site_start(struct shell_site *s);
void shell_site_end(struct shell_site *s);

#endif
