/* Which of the known names was meant. */
#ifndef SHELL_NEAREST_H
#define SHELL_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *typed;
	const char *best; /* NULL while none is near enough */
	unsigned distance;
};

struct nearest nearest_to(const char *typed);
void nearest_offer(struct nearest *n, const char *name);

#endif
