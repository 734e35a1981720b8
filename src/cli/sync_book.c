/* postern sync: the address list of the organisation. */
#include <stdio.h>

#include "base/clock.h"
#include "cli/sync.h"
#include "cli/text.h"
#include "client/address_update.h"
#include "client/sync_issues.h"

#define PATIENCE_MS 10000u

static bool is_canceled(void *context)
{
	(void)context;
	return sync_stopped;
}

/* In Sync Issues, where people look for what went wrong. */
static void write_down(const char *folder, const char *words)
{
	struct cache *cache = NULL;
	struct sync_issues *issues = NULL;
	struct reason unused;
	status s = cache_open(folder, &clock_system, PATIENCE_MS, &cache, &unused);

	if (!s)
		s = sync_issues_open(cache, &issues);
	if (!s) {
		sync_issue(issues, ISSUE_NOTE, 0, "The address book", "%s", words);
		s = sync_issues_close(issues);
	}
	cache_close(cache);
	if (s)
		note("that the address book did not come could not be written down in Sync Issues");
}

static void say(const struct sync_command *o, enum address_outcome outcome, const struct address_state *state)
{
	char number[TEXT_NUMBER_SIZE];

	if (o->common.quiet || o->common.json)
		return;
	if (outcome == ADDRESS_NEW)
		note("the address book has %s entries%s", text_count(state->entries, number),
		     *state->source == 'n' ? "; the server has none to be downloaded, so they were read out one by one" : "");
	else if (outcome == ADDRESS_NONE && (o->book_now || o->common.verbose))
		note("the server offers no address book: names are found among contacts, and those you have written to");
}

void sync_book(const struct sync_command *o, const char *data, const struct profile *p, const struct profile_connection *c, bool watching)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 10);
	struct address_update u = { .folder = profile_folder(data, p->name, &arena),
				    .oab_url = p->oab_url,
				    .book_url = p->book_url,
				    .session = c->session,
				    .clock = &clock_system,
				    .now = o->book_now && !watching,
				    .watching = watching,
				    .canceled = is_canceled };
	enum address_outcome outcome = ADDRESS_NOT_DUE;
	struct address_state state;
	struct reason why = { "" };
	bool news = false;
	status s = u.folder ? address_update(&u, &outcome, &state, &news, &why) : ecMemory;

	if (!s) {
		say(o, outcome, &state);
		return;
	}
	if (s == ecUserCanceled || s == ecMemory)
		return;
	note("the address book did not come: %s", why.text);
	if (news)
		write_down(u.folder, why.text);
}
