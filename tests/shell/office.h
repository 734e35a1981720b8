/* A shell on a new organisation, on one of the engines; what its lines show. */
#ifndef TESTS_SHELL_OFFICE_H
#define TESTS_SHELL_OFFICE_H

#include "shell/session.h"
#include "places.h"

#include "shell/cmdlets/site.h"

struct office {
	struct site_context context; /* first */
	struct session session;
	struct arena arena;
	enum sql_engine engine;
	struct site_first first;
};

static inline status office_site(struct site_context *x, struct reason *why)
{
	struct office *o = (struct office *)x;
	struct site_options options = { .create = true, .organization = "Contoso", .domain = "contoso.example", .host = "mail.contoso.example" };

	return site_open(place(o->engine), &options, &o->first, &x->site, why);
}

static inline void office_open(struct office *o, enum sql_engine e)
{
	const struct cmdlet *const *const *tables;

	memset(o, 0, sizeof *o);
	o->engine = e;
	o->context.open = office_site;
	arena_init(&o->arena, (size_t)8 << 20);
	drop_place(e);
	assert_int_equal(site_cmdlets(&o->arena, &tables), ecNone);
	session_open_with(&o->session, &(struct shell_host){ .width = 0 }, tables, o);
}

static inline void office_close(struct office *o)
{
	session_close(&o->session);
	site_close(o->context.site);
	arena_free(&o->arena);
	drop_place(o->engine);
}

/* What the line shows is this. */
static inline void shows(struct office *o, const char *line, const char *wanted)
{
	const char *shown;

	(void)(session_run(&o->session, line) == ecNone);
	shown = session_shown(&o->session);
	if (strcmp(shown, wanted) != 0)
		print_message("# %s: %s\n", engine_name(o->engine), line);
	assert_string_equal(shown, wanted);
}

/* What the line shows has this in it. */
static inline void says(struct office *o, const char *line, status code, const char *part)
{
	status rc = session_run(&o->session, line);
	const char *shown = session_shown(&o->session);

	if (rc != code || !strstr(shown, part))
		print_message("# %s: %s\n# %s\n", engine_name(o->engine), line, shown);
	assert_int_equal(rc, code);
	assert_non_null(strstr(shown, part));
}

static inline void quietly(struct office *o, const char *line)
{
	shows(o, line, "");
}

#endif
