/*
 * For tests of commands on a site: SITE NAME MAILS BYTES makes the site and the mailbox when they are not there, puts so
 * many mails of that size into its Inbox, and prints how many are in it then.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/folder.h"
#include "store/message.h"
#include "store/site.h"

static struct reason why;

static int failed(const char *what, const char *words)
{
	return fprintf(stderr, "%s: %s\n", what, words) ? 1 : 1;
}

static status put(struct mailbox *m, uint64_t inbox, unsigned i, size_t bytes)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)256 << 20);
	struct item_result result;
	struct message_writer *w;
	char subject[64];
	uint64_t id;
	struct bag b;
	status s;

	bag_init(&b, &arena);
	(void)snprintf(subject, sizeof subject, "Mail %u", i);
	uint8_t *body = arena_zalloc(&arena, bytes);
	if (!body || bag_set_text(&b, PidTagMessageClass, "IPM.Note") || bag_set_text(&b, PidTagSubject, subject))
		return ecMemory;
	for (size_t k = 0; k < bytes; k++)
		body[k] = (uint8_t)((k + i) * 2654435761u >> 9);
	if (bag_set_bytes(&b, PidTagHtml, bytes_of(body, bytes)))
		return ecMemory;
	s = message_writer_new(m, inbox, NULL, &w);
	if (s)
		return s;
	s = item_message_begin(message_writer_sink(w), &(struct message_event){ .props = &b, .confidence = 100 });
	if (!s)
		s = item_message_end(message_writer_sink(w), &result);
	if (!s)
		s = message_writer_finish(w, &id);
	message_writer_free(w);
	return s;
}

static status fill(struct mailbox *m, unsigned mails, size_t bytes)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct folder f;
	uint64_t inbox;
	status s = folder_by_role(m, MAILBOX_INBOX, &inbox);

	if (!s)
		s = mailbox_begin(m);
	for (unsigned i = 0; !s && i < mails; i++)
		s = put(m, inbox, i, bytes);
	if (!s)
		s = mailbox_commit(m);
	if (!s)
		s = folder_get(m, inbox, &arena, &f);
	if (!s)
		printf("%llu\n", (unsigned long long)f.items);
	return s;
}

int main(int argc, char **argv)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	const struct site_options o = { .create = true, .organization = "Contoso", .domain = "contoso.example", .host = "cas.contoso.example" };
	const struct directory_object *person;
	struct site_first first;
	struct mailbox *m;
	struct guid guid;
	struct site *s;
	uint64_t id;
	status st;

	if (argc != 5)
		return failed("usage", "SITE NAME MAILS BYTES");
	if (site_open(argv[1], &o, &first, &s, &why))
		return failed(argv[1], why.text);
	st = directory_find(site_directory(s), directory_class("Mailbox"), argv[2], &arena, &person, &why);
	if (st == ecNotFound && !site_create_mailbox(s, argv[2], NULL, 0, NULL, &id, &why))
		st = directory_find(site_directory(s), directory_class("Mailbox"), argv[2], &arena, &person, &why);
	if (st || !directory_guid(person, "ExchangeGuid", &guid) || site_mailbox(s, &guid, &m, &why))
		return failed(argv[2], why.text);
	st = fill(m, (unsigned)strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
	if (st)
		(void)failed(argv[2], mailbox_failure(m));
	site_release(s, m);
	site_close(s);
	return st != 0;
}
