#include "cli/filter_options.h"

#include "base/filetime.h"

enum { KEY_SINCE = 512, KEY_BEFORE, KEY_CLASS, KEY_NO_DELETED, KEY_NO_ASSOCIATED };

static const struct argp_option options[] = {
	{ "since", KEY_SINCE, "DATE", 0, "Only items of this day (2026-01-31) or later", 0 },
	{ "before", KEY_BEFORE, "DATE", 0, "Only items before this day", 0 },
	{ "class", KEY_CLASS, "CLASS", 0, "Only items of this message class and those below it (may be repeated)", 0 },
	{ "no-deleted", KEY_NO_DELETED, NULL, 0, "Leave out the Deleted Items folder", 0 },
	{ "no-associated", KEY_NO_ASSOCIATED, NULL, 0, "Leave out associated items (views, rules)", 0 },
	{ 0 },
};

static void add_name(struct argp_state *state, const char **list, size_t *n, size_t max, const char *arg)
{
	if (*n == max)
		argp_error(state, "too many of one filter (at most %zu)", max);
	list[(*n)++] = arg;
}

static void set_date(struct argp_state *state, const char *arg, uint64_t *out)
{
	if (!filetime_parse(arg, out))
		argp_error(state, "'%s' is not a date like 2026-01-31", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct filter_choice *f = state->input;

	switch (key) {
	case KEY_CLASS:
		add_name(state, f->classes, &f->class_count, FILTER_CLASSES_MAX, arg);
		break;
	case KEY_SINCE:
		set_date(state, arg, &f->filter.since);
		break;
	case KEY_BEFORE:
		set_date(state, arg, &f->filter.before);
		break;
	case KEY_NO_DELETED:
		f->filter.no_deleted = true;
		break;
	case KEY_NO_ASSOCIATED:
		f->filter.no_associated = true;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	f->filtering = true;
	return 0;
}

const struct argp filter_argp = { .options = options, .parser = parse };

void filter_add_folder(struct filter_choice *f, const char *path, struct argp_state *state)
{
	add_name(state, f->folders, &f->folder_count, FILTER_FOLDERS_MAX, path);
	f->filtering = true;
}

const struct filter_options *filter_chosen(struct filter_choice *f)
{
	f->filter.folders = f->folder_count ? f->folders : NULL;
	f->filter.classes = f->class_count ? f->classes : NULL;
	return f->filtering ? &f->filter : NULL;
}
