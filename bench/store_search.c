/* Words that few messages have, and words that very many have. */
#include "store.h"

#include "store/search.h"

#include <stdio.h>
#include <stdlib.h>

#define SHOWN 50

struct typed {
	const char *text;
	size_t hits;
};

static status search(struct place *p, void *context)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(64 << 20);
	const struct search_options options = { .limit = SHOWN };
	struct search_result result = { .n = 0 };
	struct typed *t = context;
	struct search_node *what = NULL;
	status s = search_parse(t->text, mailbox_clock(p->m), &arena, &what, &p->why);

	if (!s)
		s = search_run(p->m, what, &options, &arena, &result, &p->why);
	t->hits = result.n;
	return s;
}

status ask_search(struct place *p)
{
	static struct typed searches[] = {
		{ RARE_WORD, 0 },
		{ FREQUENT_WORD, 0 },
		{ "to:\"Person 12\" subject:budget", 0 },
		{ "invo* -holiday is:unread", 0 },
	};
	static const char *const names[] = { "search-rare", "search-frequent", "search-fields", "search-mixed" };
	status s = ecNone;

	for (size_t i = 0; !s && i < sizeof searches / sizeof *searches; i++) {
		s = ask(p, names[i], search, &searches[i]);
		/* A search that finds nothing measures nothing. */
		if (!s && !searches[i].hits && !p->only)
			s = reason_set(&p->why, ecNotFound, "nothing has %s", searches[i].text);
	}
	return s;
}
