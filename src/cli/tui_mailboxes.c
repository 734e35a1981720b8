/* The mailboxes of a profile: which there are, what folders they have, and which one commands act in. */
#include "cli/tui.h"

#include <string.h>

#define PART_MOST ((size_t)64 << 20)
#define LOOK_MS   50u /* whoever has one of the others is let be: it is looked at again soon */

status tui_mailboxes_begin(struct tui *t)
{
	struct mail_at_work *w = t->w;
	struct profile_store *stores = NULL;
	struct tui_mailboxes *m = &t->mailboxes;
	size_t n = 0;
	status s = profile_stores(w->data, &w->profile, w->arena, &stores, &n, &w->why);

	if (!s)
		m->v = arena_array(w->arena, n + 1, sizeof *m->v);
	if (!m->v)
		return s ? s : reason_set(&w->why, ecMemory, "out of memory");
	m->at = n;
	for (size_t i = 0; i < n; i++) {
		m->v[i] = (struct tui_mailbox){ .store = stores[i], .arena = ARENA_BUDGET(PART_MOST) };
		if (strcmp(stores[i].name, w->store.name) == 0)
			m->at = i;
	}
	m->n = n;
	/* One that is not kept here any more may still be read. */
	if (m->at == n)
		m->v[m->n++] = (struct tui_mailbox){ .store = w->store, .arena = ARENA_BUDGET(PART_MOST) };
	return ecNone;
}

void tui_mailboxes_end(struct tui *t)
{
	for (size_t i = 0; i < t->mailboxes.n; i++)
		arena_free(&t->mailboxes.v[i].arena);
}

struct tui_mailbox *tui_mailbox(const struct tui *t)
{
	return &t->mailboxes.v[t->mailboxes.at];
}

/* Keeps what there was when it fails. */
status tui_mailbox_load(struct tui_mailbox *m, struct mail_at_work *w)
{
	struct arena arena = ARENA_BUDGET(m->arena.budget);
	struct mail_folder *v;
	size_t n = 0;
	status s = mail_folders(w->mailbox, &arena, &v, &n, &w->why);

	if (s) {
		arena_free(&arena);
		return s;
	}
	arena_free(&m->arena);
	m->arena = arena;
	m->folders = v;
	m->n = n;
	return ecNone;
}

static status load(struct tui *t, struct mail_at_work *w, void *context)
{
	(void)t;
	return tui_mailbox_load(context, w);
}

/* What it has is shown when it can be had; that it cannot is said to who chooses it. */
static bool load_other(struct tui *t, struct tui_mailbox *m)
{
	uint64_t stamp = cache_stamp(m->store.folder);
	struct profile_store was = t->w->store;
	status s;

	if (!stamp || stamp == m->stamp)
		return false;
	t->w->store = m->store;
	s = tui_with_cache(t, LOOK_MS, load, m);
	t->w->store = was;
	t->w->why.text[0] = '\0';
	if (s == ecBusy)
		return false;
	m->stamp = stamp;
	return !s;
}

bool tui_mailboxes_look(struct tui *t)
{
	bool changed = false;

	for (size_t i = 0; i < t->mailboxes.n; i++)
		if (i != t->mailboxes.at && load_other(t, &t->mailboxes.v[i]))
			changed = true;
	if (changed && tui_folders_arrange(t))
		tui_say_bad(t, "There are more folders than memory has room for");
	return changed;
}

void tui_mailbox_choose(struct tui *t, size_t at)
{
	if (at == t->mailboxes.at)
		return;
	t->mailboxes.at = at;
	t->w->store = t->mailboxes.v[at].store;
	/* The same ids are other messages there. */
	t->preview.id = 0;
	t->list.query.folder = 0;
	tui_list_search(t, "");
	t->stale |= TUI_STALE_ALL;
}

/* Of one whose folders were not looked at yet, the first is shown when they have been. */
void tui_mailbox_next(struct tui *t)
{
	for (size_t i = 1; i < t->mailboxes.n; i++) {
		size_t at = (t->mailboxes.at + i) % t->mailboxes.n;

		if (!cache_exists(t->mailboxes.v[at].store.folder))
			continue;
		tui_mailbox_choose(t, at);
		if (t->mailboxes.v[at].n)
			(void)tui_folder_open(t, t->mailboxes.v[at].folders[0].id);
		return;
	}
	tui_say(t, "There is no other mailbox here");
}
