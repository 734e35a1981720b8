/* The options that choose what is transferred: a child parser of the commands that move mail. */
#ifndef CLI_FILTER_OPTIONS_H
#define CLI_FILTER_OPTIONS_H

#include <argp.h>

#include "mapi/filter.h"

#define FILTER_FOLDERS_MAX 64
#define FILTER_CLASSES_MAX 64

struct filter_choice {
	struct filter_options filter;
	const char *folders[FILTER_FOLDERS_MAX + 1], *classes[FILTER_CLASSES_MAX + 1];
	size_t folder_count, class_count;
	bool filtering;
};

/* Its input is a struct filter_choice; all but --folder, which commands understand differently. */
extern const struct argp filter_argp;
/* One more --folder. Ends the program when there are too many. */
void filter_add_folder(struct filter_choice *f, const char *path, struct argp_state *state);
/* What was chosen, valid as long as `f` stays where it is; NULL: everything. */
const struct filter_options *filter_chosen(struct filter_choice *f);

#endif
