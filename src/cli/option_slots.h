/* Options that only leave a mark: each is a row that says where, and one function takes them all. */
#ifndef CLI_OPTION_SLOTS_H
#define CLI_OPTION_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

enum option_kind {
	OPTION_FLAG, /* a bool that becomes true */
	OPTION_TEXT, /* a const char * to what was written */
};

struct option_slot {
	int key; /* as in struct argp_option; 0 ends the table */
	enum option_kind kind;
	size_t offset; /* in the command's own structure */
};

/* Takes it when its key is in the table; false: it is another's. */
static inline bool option_take(const struct option_slot *slots, void *command, int key, char *arg)
{
	for (const struct option_slot *s = slots; s->key; s++) {
		void *at = (char *)command + s->offset;

		if (s->key != key)
			continue;
		if (s->kind == OPTION_FLAG)
			*(bool *)at = true;
		else
			*(const char **)at = arg;
		return true;
	}
	return false;
}

#endif
