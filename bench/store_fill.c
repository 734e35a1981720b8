/* Mailboxes of any size, quickly: messages as large as is asked, one a minute more or less, whose senders and words differ. */
#include "store.h"

#include "store/fulltext.h"

#include <stdio.h>
#include <string.h>

#define BATCH 5000
#define LETTERS_MOST 16384
#define NOW 133700000000000000ull /* a FILETIME of 2024 */
#define SECOND 10000000ull

static const char *const words[] = {
	"budget", "quarter", "travel",	"invoice", "contract", "server",  "holiday", "weekly",	"report", "customer", "release",  "office",
	"review", "project", "schedule", "agenda",  "draft",	"numbers", "update",  "question", "answer", "proposal", "deadline", "team",
};
#define WORDS (sizeof words / sizeof *words)

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

static void some_words(char *out, size_t room, unsigned n, uint64_t *random)
{
	size_t at = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < n && at + 16 < room; i++)
		at += (size_t)snprintf(out + at, room - at, "%s%s", i ? " " : "", words[next_random(random) % WORDS]);
}

/* Letters that mean nothing, behind what is there. */
static void some_letters(char *text, size_t n, uint64_t *random)
{
	char *at = text + strlen(text);

	for (size_t i = 0; i < n; i++) {
		uint64_t r = next_random(random);

		*at++ = r >> 27 < 3 ? ' ' : (char)('a' + r % 26);
	}
	*at = '\0';
}

static status make_bag(const struct place *p, struct bag *b, uint64_t number)
{
	uint64_t random = number * 2654435761u + 17;
	char subject[200], body[600], text[900 + LETTERS_MOST], sender[40], to[40];

	some_words(subject, sizeof subject, 5, &random);
	some_words(body, sizeof body, 24, &random);
	(void)snprintf(sender, sizeof sender, "Person %llu", (unsigned long long)(number % 997));
	(void)snprintf(to, sizeof to, "Person %llu", (unsigned long long)(number % 13));
	(void)snprintf(text, sizeof text - LETTERS_MOST, "%s%s%s, message %llu", body, number % 2 ? "" : " " FREQUENT_WORD,
		       number % 50 || number > 1000 ? "" : " " RARE_WORD, (unsigned long long)number);
	some_letters(text, p->letters < LETTERS_MOST ? p->letters : LETTERS_MOST, &random);
	status s = bag_set_text(b, PidTagMessageClass, "IPM.Note");
	if (!s)
		s = bag_set_text(b, PidTagSubject, subject);
	if (!s)
		s = bag_set_text(b, PidTagSenderName, sender);
	if (!s)
		s = bag_set_text(b, PidTagDisplayTo, to);
	if (!s)
		s = bag_set_text(b, PidTagBody, text);
	if (!s)
		s = bag_set_u64(b, PidTagMessageDeliveryTime, NOW + (number * 60 + next_random(&random) % 3600) * SECOND);
	return s ? s : bag_set_u32(b, PidTagMessageFlags, number % 4 ? MSGFLAG_READ : 0);
}

static status put(const struct place *p, struct message_writer *w, uint64_t number, struct arena *arena)
{
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct item_sink *sink = message_writer_sink(w);
	struct bag b;
	uint64_t id;

	arena_reset(arena);
	bag_init(&b, arena);
	status s = make_bag(p, &b, number);
	if (!s)
		s = item_message_begin(sink, &(struct message_event){ .props = &b, .confidence = 100 });
	if (!s)
		s = item_message_end(sink, &result);
	return s ? s : message_writer_finish(w, &id);
}

static status one_batch(struct place *p, uint64_t number, uint64_t n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const struct message_options options = { .associated = false };
	struct message_writer *w = NULL;
	status s = mailbox_begin(p->m);

	if (!s)
		s = message_writer_new(p->m, p->inbox, &options, &w);
	for (uint64_t i = 0; !s && i < n; i++) {
		if (i)
			message_writer_again(w, p->inbox, &options);
		s = put(p, w, number + i, &arena);
	}
	message_writer_free(w);
	return s ? s : mailbox_commit(p->m);
}

status fill(struct place *p, uint64_t number, uint64_t n)
{
	status s = ecNone;

	/* As an import does. */
	fulltext_set_later(p->m, p->letters > 0);
	if (n > BATCH)
		sql_bulk(mailbox_sql(p->m), true);
	for (uint64_t done = 0; !s && done < n; done += BATCH)
		s = one_batch(p, number + done, n - done < BATCH ? n - done : BATCH);
	if (n > BATCH)
		sql_bulk(mailbox_sql(p->m), false);
	return s;
}
