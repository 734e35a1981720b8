#include "client/address_update.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/filetime.h"
#include "client/address_book.h"
#include "client/address_fetch.h"
#include "client/address_file.h"
#include "client/oab.h"

#define MANIFEST_MOST ((size_t)1 << 20)

static uint64_t now_of(const struct address_update *u)
{
	return (uint64_t)filetime_to_unix(u->clock->now(u->clock));
}

static bool is_due(const struct address_update *u, const struct address_state *s)
{
	uint64_t now = now_of(u), wait = u->watching || *s->failure ? ADDRESS_UPDATE_SECONDS : 0;

	if (!*s->failure && strcmp(s->source, "nspi") == 0)
		wait = ADDRESS_UPDATE_NSPI_SECONDS;
	/* A clock that was set back is no reason to wait. */
	return u->now || s->checked > now || now - s->checked >= wait;
}

static bool is_here(const char *path)
{
	struct address_file f;

	/* One that is damaged is fetched anew. */
	if (address_file_open(path, &f, NULL))
		return false;
	address_file_close(&f);
	return true;
}

/* The offline address book --------------------------------------------------------------------------------------------- */

static status take(void *context, const struct address_entry *e)
{
	return address_writer_add(context, e);
}

static status fetch(const struct address_update *u, const struct oab_manifest *m, const char *path, struct address_state *s, struct reason *why)
{
	CLEANUP_BUF struct buf file = BUF_MAX(OAB_FILE_MOST);
	CLEANUP_ADDRESS_WRITER struct address_writer w;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	const char *name = "";
	uint32_t differences = 0;
	char mark[64];
	status st;

	address_writer_init(&w);
	st = address_fetch(u, m, s, &file, &differences, why);
	if (!st)
		st = oab_read(buf_bytes(&file), take, &w, &arena, &name, why);
	(void)snprintf(mark, sizeof mark, "oab %u", m->full.sequence);
	if (!st)
		st = address_writer_commit(&w, path, mark, why);
	if (st)
		return st;
	address_keep(u, buf_bytes(&file));
	(void)snprintf(s->source, sizeof s->source, "oab");
	memcpy(s->sha1, m->full.sha1, sizeof s->sha1);
	s->sequence = m->full.sequence;
	s->differences = differences;
	s->entries = w.n;
	return ecNone;
}

static status by_oab(const struct address_update *u, const char *path, struct address_state *s, enum address_outcome *out, struct reason *why)
{
	CLEANUP_BUF struct buf xml = BUF_MAX(MANIFEST_MOST);
	struct oab_manifest m;
	status st = address_get(u, "oab.xml", MANIFEST_MOST, &xml, why);

	if (!st)
		st = oab_read_manifest(buf_bytes(&xml), &m, why);
	if (st)
		return st;
	if (strcmp(s->source, "oab") == 0 && s->sequence == m.full.sequence && strcmp(s->sha1, m.full.sha1) == 0 && is_here(path)) {
		*out = ADDRESS_CURRENT;
		return ecNone;
	}
	st = fetch(u, &m, path, s, why);
	if (!st)
		*out = ADDRESS_NEW;
	return st;
}

/* Either --------------------------------------------------------------------------------------------------------------- */

static status by_either(const struct address_update *u, const char *path, struct address_state *s, enum address_outcome *out, struct reason *why)
{
	struct reason first = { "" };
	uint32_t entries = 0;
	status st = *u->oab_url ? by_oab(u, path, s, out, &first) : ecNotFound;

	if (!st)
		return ecNone;
	if (st == ecUserCanceled || !*u->book_url)
		return reason_set(why, st, "%s", first.text);
	st = address_nspi(u, path, "nspi", &entries, why);
	if (st)
		return *first.text && st != ecUserCanceled ? reason_prefix(why, st, "%.200s; and by the address book service", first.text) : st;
	(void)snprintf(s->source, sizeof s->source, "nspi");
	s->sha1[0] = '\0';
	s->sequence = s->differences = 0;
	s->entries = entries;
	*out = ADDRESS_NEW;
	return ecNone;
}

status address_update(const struct address_update *u, enum address_outcome *out, struct address_state *state, bool *news, struct reason *why)
{
	struct address_state s;
	char path[4096], url[sizeof s.url];
	status st, kept;

	address_state_read(u->folder, &s);
	(void)snprintf(path, sizeof path, "%s/%s", u->folder, ADDRESS_BOOK_GLOBAL);
	(void)snprintf(url, sizeof url, "%.500s %.500s", u->oab_url, u->book_url);
	*out = !*u->oab_url && !*u->book_url ? ADDRESS_NONE : ADDRESS_NOT_DUE;
	*news = false;
	if (state)
		*state = s;
	if (*out == ADDRESS_NONE || (strcmp(url, s.url) == 0 && !is_due(u, &s)))
		return ecNone;
	st = by_either(u, path, &s, out, why);
	if (st == ecUserCanceled)
		return st;
	memcpy(s.url, url, sizeof s.url);
	s.checked = now_of(u);
	if (!st && *out == ADDRESS_NEW)
		s.made = s.checked;
	*news = st && strcmp(s.failure, why->text) != 0;
	(void)snprintf(s.failure, sizeof s.failure, "%s", st ? why->text : "");
	kept = address_state_write(u->folder, &s, st ? NULL : why);
	if (state)
		*state = s;
	return st ? st : kept;
}
