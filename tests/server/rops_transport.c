/* Sending and delivering: what clients ask for, what recipients get, and what a kill leaves ([MS-OXOMSG], [MS-OXCROPS] 2.2.7). */
#include "message_steps.h"

#include "rop/rops_notification.h"
#include "rop/rops_transport.h"
#include "server/message_part.h"
#include "server/transport.h"
#include "server/transport_person.h"
#include "server/transport_queue.h"

#include "transport_steps.h"

#include <unistd.h>

/* Submitting -------------------------------------------------------------------------------------------------------------- */

static void a_message_reaches_its_recipients_and_the_sent_items(void **state)
{
	uint64_t id;

	(void)state;
	draft("Hello", "bob@contoso.example", "carol@contoso.example");
	submit(MESSAGE);
	/* On its way it is in the Outbox's place, and says so. */
	id = message_object_id(message_object_of(fixture_object(&f, MESSAGE)));
	assert_true(id != 0);
	release(MESSAGE);
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 1);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), 1);
	assert_int_equal(count_in("alice", MAILBOX_SENT_ITEMS), 1);
	assert_int_equal(count_in("alice", MAILBOX_DRAFTS), 0);
	assert_int_equal(counter_get(&f.counters, COUNTER_SUBMITTED), 1);
	assert_int_equal(counter_get(&f.counters, COUNTER_DELIVERED), 2);
	assert_int_equal(counter_get(&f.counters, COUNTER_QUEUED), 0);
}

/* [MS-OXOMSG] 3.2.5.1: it goes elsewhere only when the client names the folder; the Outbox alone keeps nothing that was sent. */
static void what_names_no_folder_stays(void **state)
{
	size_t sent = count_in("alice", MAILBOX_SENT_ITEMS);
	uint64_t was = drafts;
	struct bag p;

	(void)state;
	draft_that_stays("Stays", "bob@contoso.example", NULL);
	submit(MESSAGE);
	release(MESSAGE);
	run();
	assert_int_equal(count_in("alice", MAILBOX_SENT_ITEMS), sent);
	last_of("alice", MAILBOX_DRAFTS, &p);
	assert_int_equal(bag_u32(&p, PidTagMessageFlags >> 16, 0) & (MSGFLAG_READ | MSGFLAG_UNSENT | MSGFLAG_SUBMIT), MSGFLAG_READ);
	assert_null(bag_find(&p, PidTagMessageSubmissionId >> 16));
	delete_all("alice", MAILBOX_DRAFTS);
	drafts = fixture_folder_id(&f, LOGON, MAILBOX_OUTBOX);
	draft_that_stays("Goes", "bob@contoso.example", NULL);
	submit(MESSAGE);
	release(MESSAGE);
	run();
	drafts = was;
	assert_int_equal(count_in("alice", MAILBOX_OUTBOX), 0);
	assert_int_equal(count_in("alice", MAILBOX_SENT_ITEMS), sent + 1);
}

static void what_was_delivered_says_who_sent_it_and_to_whom(void **state)
{
	struct bag p;

	(void)state;
	draft("Delivered", "bob@contoso.example", "carol@contoso.example");
	submit(MESSAGE);
	release(MESSAGE);
	run();
	last_of("bob", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSubject), "Delivered");
	assert_string_equal(text_in(&p, PidTagSenderName), "alice");
	assert_string_equal(text_in(&p, PidTagSenderAddressType), "EX");
	assert_string_equal(text_in(&p, PidTagSentRepresentingEmailAddress), fixture_legacy_dn(&f, "alice"));
	assert_string_equal(text_in(&p, PidTagReceivedByName), "bob");
	assert_string_equal(text_in(&p, PidTagReceivedRepresentingEmailAddress), fixture_legacy_dn(&f, "bob"));
	assert_int_equal(bag_u64(&p, PidTagMessageDeliveryTime >> 16, 0), FIXTURE_NOW);
	assert_int_equal(bag_u64(&p, PidTagClientSubmitTime >> 16, 0), FIXTURE_NOW);
	assert_true(bag_bool(&p, PidTagMessageToMe >> 16, false));
	assert_false(bag_bool(&p, PidTagMessageCcMe >> 16, false));
	assert_true(bag_bool(&p, PidTagMessageRecipientMe >> 16, false));
	assert_int_equal(bag_u32(&p, PidTagMessageFlags >> 16, 0) & (MSGFLAG_READ | MSGFLAG_UNSENT | MSGFLAG_SUBMIT), 0);
	assert_non_null(text_in(&p, PidTagInternetMessageId));
	assert_null(bag_find(&p, PidTagMessageSubmissionId >> 16));
	last_of("carol", MAILBOX_INBOX, &p);
	assert_false(bag_bool(&p, PidTagMessageToMe >> 16, false));
	assert_true(bag_bool(&p, PidTagMessageCcMe >> 16, false));
	/* What was sent is read, no draft any more, and not on its way. */
	last_of("alice", MAILBOX_SENT_ITEMS, &p);
	assert_int_equal(bag_u32(&p, PidTagMessageFlags >> 16, 0) & (MSGFLAG_READ | MSGFLAG_UNSENT | MSGFLAG_SUBMIT), MSGFLAG_READ);
	assert_null(bag_find(&p, PidTagMessageSubmissionId >> 16));
}

static void without_recipients_nothing_is_sent(void **state)
{
	struct rop_submit_message_request q = { .submit_flags = 0 };

	(void)state;
	create(MESSAGE);
	fixture_refused(&f, ROP_SUBMIT_MESSAGE, MESSAGE, &q, ecNoRecipients);
	release(MESSAGE);
}

static void what_the_client_wants_deleted_is_deleted(void **state)
{
	struct bag b;
	size_t sent = count_in("alice", MAILBOX_SENT_ITEMS);

	(void)state;
	draft("Gone", "bob@contoso.example", NULL);
	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_bool(&b, PidTagDeleteAfterSubmit, true), 0);
	assert_int_equal(set(MESSAGE, &b), 0);
	submit(MESSAGE);
	release(MESSAGE);
	run();
	assert_int_equal(count_in("alice", MAILBOX_SENT_ITEMS), sent);
	assert_int_equal(count_in("alice", MAILBOX_DRAFTS), 0);
}

/* What is deleted on its way was sent all the same, and holds up nothing behind it. */
static void what_the_sender_deletes_meanwhile_is_delivered(void **state)
{
	size_t there = count_in("bob", MAILBOX_INBOX), sent = count_in("alice", MAILBOX_SENT_ITEMS);
	struct mailbox *m;
	uint64_t id;

	(void)state;
	draft("Deleted meanwhile", "bob@contoso.example", NULL);
	submit(MESSAGE);
	id = message_object_id(message_object_of(fixture_object(&f, MESSAGE)));
	release(MESSAGE);
	m = fixture_lock(&f, LOGON);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(message_delete(m, id, DELETE_SOFT), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, LOGON);
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), there + 1);
	assert_int_equal(count_in("alice", MAILBOX_SENT_ITEMS), sent);
	assert_int_equal(counter_get(&f.counters, COUNTER_QUEUED), 0);
}

static void a_full_mailbox_sends_nothing(void **state)
{
	struct rop_submit_message_request q = { .submit_flags = 0 };

	(void)state;
	set_quotas("alice", "1B", "Unlimited");
	fixture_logon(&f, LOGON, "alice");
	draft("Full", "bob@contoso.example", NULL);
	fixture_refused(&f, ROP_SUBMIT_MESSAGE, MESSAGE, &q, ecQuotaExceeded);
	release(MESSAGE);
	fixture_set(&f, "Mailbox", "alice", "UseDatabaseQuotaDefaults", "True");
	fixture_logon(&f, LOGON, "alice");
}

static void nobody_sends_in_anothers_name_unless_allowed(void **state)
{
	struct rop_submit_message_request q = { .submit_flags = 0 };
	struct bag p;

	(void)state;
	draft("As bob", "carol@contoso.example", NULL);
	set_text_of(MESSAGE, PidTagSentRepresentingAddressType, "SMTP");
	set_text_of(MESSAGE, PidTagSentRepresentingEmailAddress, "bob@contoso.example");
	fixture_refused(&f, ROP_SUBMIT_MESSAGE, MESSAGE, &q, ecAccessDenied);
	fixture_set(&f, "Mailbox", "bob", "GrantSendOnBehalfTo", "alice");
	submit(MESSAGE);
	release(MESSAGE);
	run();
	last_of("carol", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSenderName), "alice");
	assert_string_equal(text_in(&p, PidTagSentRepresentingName), "bob");
}

/* Aborting ------------------------------------------------------------------------------------------------------------------ */

static void what_waits_can_be_taken_back(void **state)
{
	struct rop_abort_submit_request q = { .folder_id = drafts };
	struct bag b;
	uint64_t id;

	(void)state;
	draft("Wait", "bob@contoso.example", NULL);
	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_u64(&b, PidTagDeferredSendTime, FIXTURE_NOW + 600000000), 0);
	assert_int_equal(set(MESSAGE, &b), 0);
	submit(MESSAGE);
	id = message_object_id(message_object_of(fixture_object(&f, MESSAGE)));
	release(MESSAGE);
	run();
	assert_int_equal(counter_get(&f.counters, COUNTER_QUEUED), 1);
	q.message_id = id_from_counter(id);
	fixture_ok(&f, ROP_ABORT_SUBMIT, LOGON, &q);
	assert_int_equal(counter_get(&f.counters, COUNTER_QUEUED), 0);
	/* It is a draft again, and no longer in the queue. */
	last_of("alice", MAILBOX_DRAFTS, &b);
	assert_int_equal(bag_u32(&b, PidTagMessageFlags >> 16, 0) & (MSGFLAG_UNSENT | MSGFLAG_SUBMIT), MSGFLAG_UNSENT);
	fixture_refused(&f, ROP_ABORT_SUBMIT, LOGON, &q, ecNotInQueue);
	delete_all("alice", MAILBOX_DRAFTS);
}

/* Failing ------------------------------------------------------------------------------------------------------------------ */

static void who_does_not_exist_is_reported_to_the_sender(void **state)
{
	struct bag p;

	(void)state;
	draft("Nobody", "nobody@contoso.example", "bob@contoso.example");
	submit(MESSAGE);
	release(MESSAGE);
	run();
	last_of("alice", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagMessageClass), "REPORT.IPM.Note.NDR");
	assert_string_equal(text_in(&p, PidTagSubject), "Undeliverable: Nobody");
	assert_non_null(strstr(text_in(&p, PidTagBody), "nobody@contoso.example"));
	assert_int_equal(bag_u32(&p, PidTagNonDeliveryReportDiagCode >> 16, 0), 1);
	assert_string_equal(text_in(&p, PidTagOriginalSubject), "Nobody");
	last_of("bob", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSubject), "Nobody");
	assert_int_equal(counter_get(&f.counters, COUNTER_QUEUED), 0);
}

static void a_full_mailbox_gets_nothing_and_the_sender_hears_of_it(void **state)
{
	size_t had = count_in("bob", MAILBOX_INBOX);
	struct bag p;

	(void)state;
	set_quotas("bob", "1B", "1B");
	draft("Too much", "bob@contoso.example", NULL);
	submit(MESSAGE);
	release(MESSAGE);
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), had);
	last_of("alice", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSubject), "Undeliverable: Too much");
	assert_int_equal(bag_u32(&p, PidTagNonDeliveryReportDiagCode >> 16, 0), 13);
	fixture_set(&f, "Mailbox", "bob", "UseDatabaseQuotaDefaults", "True");
}

static void a_receipt_comes_back_when_it_was_read(void **state)
{
	struct bag b, p;
	uint64_t id;

	(void)state;
	draft("Read me", "bob@contoso.example", NULL);
	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_bool(&b, PidTagReadReceiptRequested, true), 0);
	assert_int_equal(set(MESSAGE, &b), 0);
	submit(MESSAGE);
	release(MESSAGE);
	run();
	id = last_of("bob", MAILBOX_INBOX, &p);
	assert_true(bag_u32(&p, PidTagMessageFlags >> 16, 0) & MSGFLAG_NOTIFY_READ);
	read_it("bob", MAILBOX_INBOX, id);
	run();
	last_of("alice", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagMessageClass), "REPORT.IPM.Note.IPNRN");
	assert_string_equal(text_in(&p, PidTagSubject), "Read: Read me");
}

/* A kill --------------------------------------------------------------------------------------------------------------------- */

/* The process ends after the message went into the queue, before the sender's mailbox was committed. */
static void what_was_not_committed_is_not_sent(void **state)
{
	size_t had = count_in("bob", MAILBOX_INBOX);

	(void)state;
	put_in_queue(QUEUE_TENTATIVE, "Never", 0x123456);
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), had);
	assert_int_equal(queued(), 0);
}

/* It ends after a mailbox was given its copy, before the queue knows. */
static void what_was_given_is_not_given_again(void **state)
{
	size_t had = count_in("bob", MAILBOX_INBOX);
	struct guid key;

	(void)state;
	key = put_in_queue(QUEUE_READY, "Once", 0);
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), had + 1);
	put_again(&key, "Once");
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), had + 1);
	assert_int_equal(queued(), 0);
}

static void what_waited_goes_on_after_a_restart(void **state)
{
	size_t had = count_in("bob", MAILBOX_INBOX);

	(void)state;
	draft("Later", "bob@contoso.example", NULL);
	submit(MESSAGE);
	release(MESSAGE);
	transport_close(&f.server);
	open_transport();
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), had + 1);
	assert_int_equal(queued(), 0);
}

/* A second server of the same site, while the first one is there. */
static void each_server_has_a_queue_of_its_own(void **state)
{
	struct server second = { .fqdn = "second.contoso.example" };
	struct directory *d = NULL;
	struct person p;

	(void)state;
	assert_int_equal(host_open(place(f.engine), &(struct host_options){ .clock = &f.clock }, NULL, &second.host, &f.why), 0);
	if (transport_open(&second, &(struct transport_options){ .inline_only = true }, &f.why))
		fail_msg("%s", f.why.text);
	assert_int_equal(host_directory(f.host, &d, &f.why), 0);
	assert_int_equal(person_find(d, "Transport Queue 2", &f.arena, &p, &f.why), 0);
	assert_true(p.hidden);
	assert_true(p.account_disabled);
	host_directory_return(f.host, d);
	assert_int_equal(transport_run(second.transport), 0);
	transport_close(&second);
	host_close(second.host);
}

/* With a thread of its own nobody else has to do anything. */
static void the_transport_delivers_by_itself(void **state)
{
	size_t had = count_in("bob", MAILBOX_INBOX);

	(void)state;
	transport_close(&f.server);
	assert_int_equal(transport_open(&f.server, &(struct transport_options){ .hold = 0 }, &f.why), 0);
	for (unsigned i = 0; i < 5; i++) {
		draft("By itself", "bob@contoso.example", NULL);
		submit(MESSAGE);
		release(MESSAGE);
	}
	for (unsigned tries = 0; queued() && tries < 2000; tries++)
		(void)usleep(10000);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), had + 5);
	transport_close(&f.server);
	open_transport();
}

/* The rest --------------------------------------------------------------------------------------------------------------------- */

static void the_address_types_are_ex_and_smtp(void **state)
{
	const struct rop_get_address_types_response *a = fixture_ok(&f, ROP_GET_ADDRESS_TYPES, LOGON, NULL);

	(void)state;
	assert_int_equal(a->address_type_count, 2);
	assert_int_equal(a->address_types.n, 8);
	assert_memory_equal(a->address_types.p, "EX\0SMTP", 8);
}

static void the_transport_folder_is_the_outbox(void **state)
{
	const struct rop_get_transport_folder_response *a = fixture_ok(&f, ROP_GET_TRANSPORT_FOLDER, LOGON, NULL);

	(void)state;
	assert_int_equal(a->folder_id, fixture_folder_id(&f, LOGON, MAILBOX_OUTBOX));
}

static void a_spooler_locks_what_is_there(void **state)
{
	struct rop_spooler_lock_message_request q = { .lock_state = 0 };

	(void)state;
	draft("Spool", "bob@contoso.example", NULL);
	q.message_id = save(MESSAGE);
	release(MESSAGE);
	fixture_ok(&f, ROP_SET_SPOOLER, LOGON, NULL);
	for (q.lock_state = 0; q.lock_state < 3; q.lock_state++)
		fixture_ok(&f, ROP_SPOOLER_LOCK_MESSAGE, LOGON, &q);
	fixture_refused(&f, ROP_SPOOLER_LOCK_MESSAGE, LOGON, &q, ecInvalidParam);
	q = (struct rop_spooler_lock_message_request){ .message_id = id_from_counter(0x7FFFFF) };
	fixture_refused(&f, ROP_SPOOLER_LOCK_MESSAGE, LOGON, &q, ecNotFound);
	delete_all("alice", MAILBOX_DRAFTS);
}

static void no_address_type_has_options(void **state)
{
	struct rop_options_data_request q = { .address_type = bytes_of("X400", 4), .want_win32 = 1 };
	const struct rop_options_data_response *a = fixture_ok(&f, ROP_OPTIONS_DATA, LOGON, &q);

	(void)state;
	/* MS-OXCROPS_R2578 */
	assert_int_equal(a->options_info.n, 4);
	assert_memory_equal(a->options_info.p, "\0\0\0\0", 4);
	/* MS-OXCROPS_R2571 */
	assert_int_equal(a->reserved, 1);
	assert_int_equal(a->help_file.data.n, 0);
}

static void transport_send_sends_at_once(void **state)
{
	const struct rop_transport_send_response *a;
	size_t had = count_in("bob", MAILBOX_INBOX);
	bool who = false, when = false;

	(void)state;
	draft("By transport", "bob@contoso.example", NULL);
	a = fixture_ok(&f, ROP_TRANSPORT_SEND, MESSAGE, NULL);
	/* MS-OXCROPS_R2485 */
	assert_int_equal(a->no_properties_returned, 0);
	assert_int_not_equal(a->property_values.n, 0);
	for (uint32_t i = 0; i < a->property_values.n; i++) {
		const struct prop *p = &a->property_values.v[i].prop;

		who |= p->tag == PidTagSenderName && p->value.n == 10 && memcmp(p->value.p, "a\0l\0i\0c\0e\0", 10) == 0;
		when |= p->tag == PidTagClientSubmitTime && le64(p->value.p) == FIXTURE_NOW;
	}
	assert_true(who && when);
	release(MESSAGE);
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), had + 1);
}

/* New mail says where it is and of which class, and nothing of its flags. */
static void new_mail_is_told_without_flags(void **state)
{
	struct rop_register_notification_request q = { .output_handle_index = OTHER, .notification_types = NOTIFY_NEW_MAIL, .want_whole_store = 1 };
	const struct notification_data *d = NULL;
	struct rop_output out;
	struct bag p;

	(void)state;
	(void)fixture_ok(&f, ROP_REGISTER_NOTIFICATION, LOGON, &q);
	draft("To myself", "alice@contoso.example", NULL);
	submit(MESSAGE);
	release(MESSAGE);
	run();
	assert_int_equal(fixture_rops(&f, NULL, 0, &out), 0);
	for (uint32_t i = 0; i < out.n_responses; i++)
		if (out.responses[i].id == ROP_NOTIFY)
			d = &((const struct rop_notify_response *)out.responses[i].body)->notification_data;
	assert_non_null(d);
	assert_int_equal(d->notification_flags, NOTIFY_NEW_MAIL | NOTIFY_MESSAGE);
	assert_int_equal(d->folder_id, fixture_folder_id(&f, LOGON, MAILBOX_INBOX));
	assert_int_equal(d->message_id, id_from_counter(last_of("alice", MAILBOX_INBOX, &p)));
	/* MS-OXCNOTIF_R214002 */
	assert_int_equal(d->message_flags, 0);
	release(OTHER);
}

static void set_resend(void)
{
	struct bag b;

	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, MSGFLAG_READ | MSGFLAG_UNSENT | MSGFLAG_RESEND), 0);
	assert_int_equal(set(MESSAGE, &b), 0);
}

/* [MS-OXOMSG] 3.2.4.5: of a message that is sent again, who is to get it says so, and so does who has it. */
static void what_is_sent_again_goes_to_those_who_lack_it(void **state)
{
	const struct modify_recipient_row rows[] = { { .row_id = 0, .recipient_type = 0x01, .recipient_row = row_of("alice", "alice@contoso.example") },
						     { .row_id = 1, .recipient_type = 0x11, .recipient_row = row_of("bob", "bob@contoso.example") },
						     { .row_id = 2, .recipient_type = 0x82, .recipient_row = row_of("carol", "carol@contoso.example") } };
	size_t alice = count_in("alice", MAILBOX_INBOX), bob = count_in("bob", MAILBOX_INBOX), carol = count_in("carol", MAILBOX_INBOX);
	const struct rop_open_message_response *o;
	struct property_set *props;

	(void)state;
	create(MESSAGE);
	put_recipients(MESSAGE, rows, 3);
	set_resend();
	(void)fixture_lock(&f, LOGON);
	props = &message_object_part(message_object_of(fixture_object(&f, MESSAGE)))->recipients[1].props;
	assert_int_equal(property_set_u32(props, tag_id(PidTagRecipientType), 0), 0x10000001);
	fixture_unlock(&f, LOGON);
	o = open_as(OTHER, save(MESSAGE), 0);
	assert_int_equal(o->recipient_rows.n, 3);
	assert_int_equal(o->recipient_rows.v[0].recipient_type, 0x01);
	/* MS-OXCMSG_R1298 */
	assert_int_equal(o->recipient_rows.v[1].recipient_type, 0x11);
	/* MS-OXCMSG_R1299 */
	assert_int_equal(o->recipient_rows.v[2].recipient_type, 0x82);
	release(OTHER);
	submit(MESSAGE);
	release(MESSAGE);
	run();
	assert_int_equal(count_in("alice", MAILBOX_INBOX), alice);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), bob + 1);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), carol);
	delete_all("alice", MAILBOX_DRAFTS);
}

/* Where nobody is named it is for all who do not have it. */
static void what_is_sent_again_to_nobody_by_name_is_for_all(void **state)
{
	const struct modify_recipient_row rows[] = { { .row_id = 0, .recipient_type = 0x01, .recipient_row = row_of("bob", "bob@contoso.example") },
						     { .row_id = 1, .recipient_type = 0x81, .recipient_row = row_of("carol", "carol@contoso.example") } };
	size_t bob = count_in("bob", MAILBOX_INBOX), carol = count_in("carol", MAILBOX_INBOX);

	(void)state;
	create(MESSAGE);
	put_recipients(MESSAGE, rows, 2);
	set_resend();
	submit(MESSAGE);
	release(MESSAGE);
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), bob + 1);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), carol);
	delete_all("alice", MAILBOX_DRAFTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transport_begins),
		cmocka_unit_test(a_message_reaches_its_recipients_and_the_sent_items),
		cmocka_unit_test(what_names_no_folder_stays),
		cmocka_unit_test(what_was_delivered_says_who_sent_it_and_to_whom),
		cmocka_unit_test(without_recipients_nothing_is_sent),
		cmocka_unit_test(what_the_client_wants_deleted_is_deleted),
		cmocka_unit_test(what_the_sender_deletes_meanwhile_is_delivered),
		cmocka_unit_test(a_full_mailbox_sends_nothing),
		cmocka_unit_test(nobody_sends_in_anothers_name_unless_allowed),
		cmocka_unit_test(what_waits_can_be_taken_back),
		cmocka_unit_test(who_does_not_exist_is_reported_to_the_sender),
		cmocka_unit_test(a_full_mailbox_gets_nothing_and_the_sender_hears_of_it),
		cmocka_unit_test(a_receipt_comes_back_when_it_was_read),
		cmocka_unit_test(what_was_not_committed_is_not_sent),
		cmocka_unit_test(what_was_given_is_not_given_again),
		cmocka_unit_test(what_waited_goes_on_after_a_restart),
		cmocka_unit_test(the_transport_delivers_by_itself),
		cmocka_unit_test(each_server_has_a_queue_of_its_own),
		cmocka_unit_test(the_address_types_are_ex_and_smtp),
		cmocka_unit_test(the_transport_folder_is_the_outbox),
		cmocka_unit_test(a_spooler_locks_what_is_there),
		cmocka_unit_test(no_address_type_has_options),
		cmocka_unit_test(transport_send_sends_at_once),
		cmocka_unit_test(new_mail_is_told_without_flags),
		cmocka_unit_test(what_is_sent_again_goes_to_those_who_lack_it),
		cmocka_unit_test(what_is_sent_again_to_nobody_by_name_is_for_all),
		cmocka_unit_test(transport_ends),
	};

	return FIXTURE_RUN(&f, tests);
}
