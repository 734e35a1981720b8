/* Mailboxes for bench-serve: as people have them, by the program's own import; and large ones, straight into the store. */
#include "serve.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/directory.h"
#include "store/site.h"
#include "store.h"

#define TEXT_OF_MAIL 3900u /* characters, which make a message of 8.5 KB */

static void write_mail(FILE *f, unsigned i)
{
	uint64_t state = i * 0x9E3779B97F4A7C15u + 1;

	fprintf(f, "From someone@example.net Thu Jan  1 00:00:00 2026\r\nFrom: Someone %u <someone%u@example.net>\r\nTo: Alice <alice@contoso.example>\r\n"
		   "Subject: Message number %u of many\r\nMessage-ID: <%u@example.net>\r\nDate: Thu, 1 Jan 2026 %02u:%02u:%02u +0000\r\n\r\n",
		i % 97, i % 97, i, i, i / 3600 % 24, i / 60 % 60, i % 60);
	for (unsigned n = 0; n < TEXT_OF_MAIL; n++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		if (n % 72 == 71)
			(void)fputs("\r\n", f);
		else
			(void)fputc(state >> 60 < 3 ? ' ' : (int)('a' + (state >> 33) % 26), f);
	}
	(void)fputs("\r\n\r\n", f);
}

void fill_by_import(const char *who, unsigned n)
{
	CLEANUP_BUF struct buf said = BUF_MAX((size_t)1 << 20);
	char path[300];

	(void)snprintf(path, sizeof path, "%s/mail.mbox", served.folder);
	FILE *f = fopen(path, "w");
	if (!f)
		die(path, "cannot be written");
	for (unsigned i = 0; i < n; i++)
		write_mail(f, i);
	(void)fclose(f);
	const char *arguments[] = { "import", "--quiet", path, who, NULL };
	if (served_run(&served, arguments, &said))
		die("import", buf_cstr(&said));
	(void)remove(path);
}

static status find_mailbox(struct site *s, const char *who, struct mailbox **out, struct reason *why)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20);
	const struct directory_object *o;
	struct guid guid;
	status st = directory_find(site_directory(s), directory_class("Mailbox"), who, &a, &o, why);

	if (!st && !directory_guid(o, "ExchangeGuid", &guid))
		st = ecNotFound;
	return st ? st : site_mailbox(s, &guid, out, why);
}

static void fill_store(const char *who, unsigned from, unsigned to, size_t letters)
{
	struct site_options options = { .create = false };
	struct place p = { .name = who, .letters = letters };
	struct site *site = NULL;
	char path[300];

	(void)snprintf(path, sizeof path, "%s/site", served.folder);
	status st = site_open(path, &options, NULL, &site, &p.why);
	if (!st)
		st = find_mailbox(site, who, &p.m, &p.why);
	if (!st)
		st = folder_by_role(p.m, MAILBOX_INBOX, &p.inbox);
	if (!st)
		st = fill(&p, from + 1, to - from);
	if (st)
		die("many messages", p.m && *mailbox_failure(p.m) ? mailbox_failure(p.m) : p.why.text);
	site_release(site, p.m);
	site_close(site);
}

void fill_small(const char *who, unsigned from, unsigned to)
{
	fill_store(who, from, to, 0);
}

void fill_large(const char *who, unsigned n)
{
	fill_store(who, 0, n, TEXT_OF_MAIL);
}
