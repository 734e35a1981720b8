#include "cli/shell_site.h"

#include <stdio.h>

#include "cli/text.h"

/* Said once; stored nowhere. */
static void show_first(const struct site *site, const struct site_first *first)
{
	(void)fflush(stdout);
	fprintf(stderr, "A new organisation was made at %s. Its administrator:\n  address   %s\n  password  %s\n", site_location(site), first->address,
		first->password);
	fprintf(stderr, "The password is shown only now; Set-Mailbox -Password (Read-Host -AsSecureString) changes it.\n");
}

static status open_site(struct site_context *x, struct reason *why)
{
	struct shell_site *s = (struct shell_site *)x;
	const char *location = site_default_location(s->data, &s->arena);
	struct site_first first = { .made = false };
	struct reason words = { "" };
	status rc;

	if (!location)
		return reason_set(why, ecNotFound, "neither --data nor POSTERN_DATA nor HOME says where the mailboxes are");
	rc = site_open(location, &s->options, &first, &x->site, &words);
	if (rc == ecNotFound && !s->options.create)
		return reason_set(why, rc, "%s (postern shell --create)", words.text);
	if (rc)
		return reason_set(why, rc, "%s", words.text);
	if (first.made)
		show_first(x->site, &first);
	explicit_bzero(&first, sizeof first);
	return ecNone;
}

void shell_site_start(struct shell_site *s)
{
	arena_init(&s->arena, (size_t)8 << 20);
	s->context = (struct site_context){ .open = open_site };
}

void shell_site_end(struct shell_site *s)
{
	site_close(s->context.site);
	arena_free(&s->arena);
}
