/* What tests of sending have in common: drafts, mailboxes of others, the queue. */
#ifndef TESTS_SERVER_TRANSPORT_STEPS_H
#define TESTS_SERVER_TRANSPORT_STEPS_H

#include "message_steps.h"

#include "rop/rops_transport.h"
#include "server/message_part.h"
#include "server/read_state.h"
#include "server/transport.h"
#include "server/transport_person.h"
#include "server/transport_private.h"
#include "server/transport_queue.h"

static inline void open_transport(void)
{
	if (transport_open(&f.server, &(struct transport_options){ .inline_only = true }, &f.why))
		fail_msg("%s", f.why.text);
}

/* First and last of the tests of an engine. */
static inline void transport_begins(void **state)
{
	(void)state;
	fixture_logon(&f, LOGON, "alice");
	drafts = fixture_folder_id(&f, LOGON, MAILBOX_DRAFTS);
	open_transport();
}

static inline void transport_ends(void **state)
{
	(void)state;
	transport_close(&f.server);
}

static inline void run(void)
{
	assert_int_equal(transport_run(f.server.transport), 0);
}

/* A draft in MESSAGE, to one and with a copy to another (NULL: none). */
static inline void add_recipient(struct message_part *p, uint32_t type, const char *smtp)
{
	struct property_set someone = { .n = 0 };

	assert_int_equal(person_put_outside(&someone, &person_sender, smtp, smtp), 0);
	assert_int_equal(transport_add_recipient(p, type, &someone, &person_sender), 0);
	property_set_free(&someone);
}

static inline void set_text_of(uint8_t index, uint32_t tag, const char *utf8)
{
	set_text(index, tag, utf8);
}

static inline void draft_that_stays(const char *subject, const char *to, const char *cc)
{
	struct message_part *p;

	create(MESSAGE);
	set_text_of(MESSAGE, PidTagSubject, subject);
	(void)fixture_lock(&f, LOGON);
	assert_int_equal(message_object_change(message_object_of(fixture_object(&f, MESSAGE)), true, &p), 0);
	add_recipient(p, 1, to);
	if (cc)
		add_recipient(p, 2, cc);
	fixture_unlock(&f, LOGON);
}

/* Once it is sent it is to be in Sent Items ([MS-OXCDATA] 2.11.1.4: ours, a folder, no message, no instance). */
static inline void draft(const char *subject, const char *to, const char *cc)
{
	uint8_t id[21] = { 1 };

	draft_that_stays(subject, to, cc);
	put_le64(id + 1, fixture_folder_id(&f, LOGON, MAILBOX_SENT_ITEMS));
	set_bytes(MESSAGE, PidTagSentMailSvrEID, id, sizeof id);
}

static inline void submit(uint8_t index)
{
	struct rop_submit_message_request q = { .submit_flags = 0 };

	fixture_ok(&f, ROP_SUBMIT_MESSAGE, index, &q);
}

/* Mailboxes of people ------------------------------------------------------------------------------------------------------- */

static inline void set_quotas(const char *name, const char *send, const char *receive)
{
	fixture_set(&f, "Mailbox", name, "UseDatabaseQuotaDefaults", "False");
	fixture_set(&f, "Mailbox", name, "IssueWarningQuota", send);
	fixture_set(&f, "Mailbox", name, "ProhibitSendQuota", send);
	fixture_set(&f, "Mailbox", name, "ProhibitSendReceiveQuota", receive);
}

static inline size_t count_in(const char *name, enum mailbox_role role)
{
	struct shared_mailbox *s = fixture_mailbox(&f, name);
	struct mailbox *m = shared_mailbox_lock(s);
	uint64_t folder, id = 0;
	size_t n = 0;

	assert_int_equal(folder_by_role(m, role, &folder), 0);
	while (!message_next(m, folder, false, false, id, &id) && id)
		n++;
	shared_mailbox_unlock(s);
	host_mailbox_release(s);
	return n;
}

/* The newest: its properties, and its id. */
static inline uint64_t last_of(const char *name, enum mailbox_role role, struct bag *out)
{
	struct shared_mailbox *s = fixture_mailbox(&f, name);
	struct mailbox *m = shared_mailbox_lock(s);
	uint64_t folder, id = 0, last = 0;

	assert_int_equal(folder_by_role(m, role, &folder), 0);
	while (!message_next(m, folder, false, false, id, &id) && id)
		last = id;
	assert_int_not_equal(last, 0);
	bag_init(out, &f.arena);
	assert_int_equal(message_props(m, last, out), 0);
	shared_mailbox_unlock(s);
	host_mailbox_release(s);
	return last;
}

static inline const char *text_in(const struct bag *b, uint32_t tag)
{
	return bag_text(b, tag_id(tag), 1252, &f.arena);
}

static inline void delete_all(const char *name, enum mailbox_role role)
{
	struct shared_mailbox *s = fixture_mailbox(&f, name);
	struct mailbox *m = shared_mailbox_lock(s);
	uint64_t folder, id = 0;

	assert_int_equal(folder_by_role(m, role, &folder), 0);
	assert_int_equal(mailbox_begin(m), 0);
	while (!message_next(m, folder, false, false, id, &id) && id)
		assert_int_equal(message_delete(m, id, DELETE_HARD), 0);
	assert_int_equal(mailbox_commit(m), 0);
	shared_mailbox_unlock(s);
	host_mailbox_release(s);
}

/* Somebody else reads it, in a session of their own. */
static inline void read_it(const char *name, enum mailbox_role role, uint64_t id)
{
	struct session *mine = f.session, *theirs = fixture_session(&f, name);
	uint32_t handles[FIXTURE_HANDLES];
	bool partial = false;
	uint64_t folder;

	memcpy(handles, f.handles, sizeof handles);
	fixture_use(&f, theirs);
	fixture_logon(&f, LOGON, name);
	assert_int_equal(folder_by_role(fixture_lock(&f, LOGON), role, &folder), 0);
	assert_int_equal(read_state_set((struct logon *)fixture_object(&f, LOGON), folder, &(uint64_t){ id_from_counter(id) }, 1, 0, &partial), 0);
	fixture_unlock(&f, LOGON);
	assert_false(partial);
	fixture_use(&f, mine);
	memcpy(f.handles, handles, sizeof handles);
	session_close(theirs);
}

/* The queue ------------------------------------------------------------------------------------------------------------------ */

static inline uint64_t queued(void)
{
	uint64_t n = 0;

	assert_int_equal(queue_count(f.server.transport->queue, &n), 0);
	return n;
}

static inline void put_again(const struct guid *key, const char *subject)
{
	struct queue_item item = { .key = *key, .state = QUEUE_READY, .since = FIXTURE_NOW, .due = FIXTURE_NOW };
	struct name_map *names = name_map_new();
	struct message_part *p;
	uint64_t id;

	assert_int_equal(transport_part_new(f.server.transport, "IPM.Note", subject, &p), 0);
	add_recipient(p, 1, "bob@contoso.example");
	assert_int_equal(queue_put(f.server.transport->queue, &item, p, NULL, names, &id), 0);
	message_part_unref(p);
	name_map_free(names);
}

/* As a submission left it that alice's mailbox knows nothing of. */
static inline struct guid put_in_queue(enum queue_state state, const char *subject, uint64_t source)
{
	struct queue_item item = { .state = state, .source = source, .since = FIXTURE_NOW, .due = FIXTURE_NOW };
	struct shared_mailbox *alice = fixture_mailbox(&f, "alice");
	struct name_map *names = name_map_new();
	struct message_part *p;
	uint64_t id;

	item.sender = *shared_mailbox_guid(alice);
	host_mailbox_release(alice);
	assert_int_equal(transport_random(&item.key), 0);
	assert_int_equal(transport_part_new(f.server.transport, "IPM.Note", subject, &p), 0);
	add_recipient(p, 1, "bob@contoso.example");
	assert_int_equal(queue_put(f.server.transport->queue, &item, p, NULL, names, &id), 0);
	message_part_unref(p);
	name_map_free(names);
	return item.key;
}

/* Sending ------------------------------------------------------------------------------------------------------------------- */

static inline void send_to(const char *subject, const char *to, const char *cc)
{
	draft(subject, to, cc);
	submit(MESSAGE);
	release(MESSAGE);
	run();
}

/* The one thing that came back to alice. */
static inline void assert_refused(const char *who, uint32_t diagnostic, const char *code)
{
	struct bag p;

	run();
	assert_int_equal(count_in("alice", MAILBOX_INBOX), 1);
	last_of("alice", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagMessageClass), "REPORT.IPM.Note.NDR");
	assert_int_equal(bag_u32(&p, tag_id(PidTagNonDeliveryReportDiagCode), 0), diagnostic);
	assert_non_null(strstr(text_in(&p, PidTagBody), who));
	assert_non_null(strstr(text_in(&p, PidTagBody), code));
	delete_all("alice", MAILBOX_INBOX);
}

/* From somebody who has no mailbox here. */
static inline void from_outside(const char *to)
{
	struct queue_item item = { .state = QUEUE_READY, .since = FIXTURE_NOW, .due = FIXTURE_NOW };
	struct name_map *names = name_map_new();
	struct message_part *p = NULL;
	uint64_t id = 0;

	assert_int_equal(transport_random(&item.key), 0);
	assert_int_equal(transport_part_new(f.server.transport, "IPM.Note", "From outside", &p), 0);
	assert_int_equal(person_put_outside(&p->props, &person_sender, "Eve", "eve@elsewhere.example"), 0);
	assert_int_equal(person_put_outside(&p->props, &person_representing, "Eve", "eve@elsewhere.example"), 0);
	add_recipient(p, 1, to);
	assert_int_equal(queue_put(f.server.transport->queue, &item, p, NULL, names, &id), 0);
	message_part_unref(p);
	name_map_free(names);
	run();
	run();
}

#endif
