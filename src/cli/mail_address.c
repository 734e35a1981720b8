/* postern mail address: whom one can write to; and names as recipients. */
#include <stdio.h>
#include <string.h>

#include "cli/json.h"
#include "cli/mail.h"
#include "cli/text.h"
#include "client/address_book.h"

static const char *const sources[] = { "addressBook", "contacts", "sent" };

static void put_text(struct json *j, const char *key, const char *text)
{
	if (*text)
		json_text(j, key, text);
}

static void show_json(const struct address_found *f)
{
	struct json j;

	json_start(&j, stdout);
	json_array(&j, NULL);
	for (size_t i = 0; i < f->n; i++) {
		const struct address_entry *e = &f->v[i];

		json_object(&j, NULL);
		json_text(&j, "name", e->name);
		json_text(&j, "address", e->address);
		put_text(&j, "alias", e->alias);
		put_text(&j, "title", e->title);
		put_text(&j, "department", e->department);
		put_text(&j, "office", e->office);
		put_text(&j, "phone", e->phone);
		json_bool(&j, "group", e->group);
		json_text(&j, "from", sources[e->source]);
		json_end_object(&j);
	}
	json_finish(&j);
}

static void show_line(const struct address_entry *e, bool alone)
{
	if (!alone) {
		text_put(stdout, e->name);
		fputs("  ", stdout);
	}
	text_put(stdout, e->address);
	if (!alone && (e->group || *e->title || *e->department)) {
		printf("  %s", text_style(stdout, TEXT_DIM));
		text_put(stdout, e->group ? "group" : e->title);
		if (!e->group && *e->title && *e->department)
			fputs(", ", stdout);
		text_put(stdout, e->group ? "" : e->department);
		fputs(text_style(stdout, TEXT_PLAIN), stdout);
	}
	putchar('\n');
}

/* Both are read without the cache, which others may have. */
static status look(struct mail_at_work *w, const char *text, struct address_book **book, struct address_found *f)
{
	struct reason damaged = { "" };
	status s = address_book_open(w->data_folder, book, &damaged);

	if (!s && *damaged.text)
		note("%s", damaged.text);
	if (!s)
		s = address_book_find(*book, text, (size_t)w->o->limit, w->arena, f);
	return s ? reason_set(&w->why, s, "the address book cannot be read") : ecNone;
}

int mail_address_show(struct mail_at_work *w)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)64 << 10);
	struct address_found f = { .n = 0 };
	struct address_book *book = NULL;
	status s;

	for (size_t i = 1; i < w->o->n; i++)
		buf_printf(&text, "%s%s", i > 1 ? " " : "", w->o->words[i]);
	s = look(w, buf_cstr(&text), &book, &f);
	if (!s && w->o->common.json)
		show_json(&f);
	for (size_t i = 0; !s && !w->o->common.json && i < f.n; i++)
		show_line(&f.v[i], w->o->addresses);
	if (!s && f.more && !w->o->common.quiet && !w->o->addresses)
		note("there are more: --limit, or more of the name");
	if (!s && !f.n && address_book_is_empty(book) && !w->o->addresses)
		note("there is no address book here yet: postern sync brings it");
	address_book_close(book);
	return s ? EXIT_LOSS : EXIT_COMPLETE;
}

status mail_address_resolve(struct mail_at_work *w, struct mail_draft *d, bool unfinished)
{
	const char **lists[] = { &d->to, &d->cc, &d->bcc };
	struct address_book *book = NULL;
	struct reason damaged = { "" };
	status s = address_book_open(w->data_folder, &book, &damaged);

	if (s)
		return reason_set(&w->why, s, "the address book cannot be read");
	if (*damaged.text)
		w->aside = damaged;
	for (size_t i = 0; !s && i < sizeof lists / sizeof *lists; i++)
		s = address_book_resolve_list(book, *lists[i], unfinished, w->arena, lists[i], &w->why);
	address_book_close(book);
	return s;
}
