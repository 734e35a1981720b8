/*
 * What administrators allow: who sends in whose name, how large a message may be and for how many, and mailboxes that forward ([MS-OXOMSG] 3.2.5.1,
 * [MS-OXCSTOR] 2.2.2.1.1).
 */
#include "transport_steps.h"

static void set_of(const char *who, const char *attribute, const char *value)
{
	fixture_set(&f, "Mailbox", who, attribute, value);
}

static int empty(void **state)
{
	static const char *const people[] = { "alice", "bob", "carol" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		delete_all(people[i], MAILBOX_INBOX);
		set_of(people[i], "ForwardingAddress", NULL);
		set_of(people[i], "ForwardingSmtpAddress", NULL);
		set_of(people[i], "DeliverToMailboxAndForward", "False");
	}
	delete_all("alice", MAILBOX_DRAFTS);
	fixture_logon(&f, LOGON, "alice");
	return 0;
}

/* Names ------------------------------------------------------------------------------------------------------------------------ */

static void draft_as_bob(void)
{
	draft("As bob", "carol@contoso.example", NULL);
	set_text_of(MESSAGE, PidTagSentRepresentingAddressType, "SMTP");
	set_text_of(MESSAGE, PidTagSentRepresentingEmailAddress, "bob@contoso.example");
}

static void who_may_send_as_another_is_not_seen(void **state)
{
	struct rop_submit_message_request q = { .submit_flags = 0 };
	struct bag p;

	(void)state;
	draft_as_bob();
	fixture_refused(&f, ROP_SUBMIT_MESSAGE, MESSAGE, &q, ecAccessDenied);
	/* Who may send on behalf and as: the latter. */
	set_of("bob", "GrantSendOnBehalfTo", "alice");
	set_of("bob", "SendAs", "alice");
	submit(MESSAGE);
	release(MESSAGE);
	run();
	last_of("carol", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSenderName), "bob");
	assert_string_equal(text_in(&p, PidTagSentRepresentingName), "bob");
	assert_string_equal(text_in(&p, PidTagSenderEmailAddress), fixture_legacy_dn(&f, "bob"));
	set_of("bob", "SendAs", NULL);
	draft_as_bob();
	submit(MESSAGE);
	release(MESSAGE);
	run();
	last_of("carol", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSenderName), "alice");
	set_of("bob", "GrantSendOnBehalfTo", NULL);
}

/* Limits ----------------------------------------------------------------------------------------------------------------------- */

static void what_is_too_large_is_not_sent(void **state)
{
	struct rop_submit_message_request q = { .submit_flags = 0 };

	(void)state;
	set_of("alice", "MaxSendSize", "1KB");
	fixture_logon(&f, LOGON, "alice");
	draft("Large", "bob@contoso.example", NULL);
	char text[4096];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	set_text_of(MESSAGE, PidTagBody, text);
	fixture_refused(&f, ROP_SUBMIT_MESSAGE, MESSAGE, &q, ecMaxSubmissionExceeded);
	release(MESSAGE);
	/* What the mailbox leaves open the organisation decides. */
	set_of("alice", "MaxSendSize", "Unlimited");
	fixture_set(&f, "TransportConfig", NULL, "MaxSendSize", "2KB");
	fixture_logon(&f, LOGON, "alice");
	draft("Large", "bob@contoso.example", NULL);
	set_text_of(MESSAGE, PidTagBody, text);
	fixture_refused(&f, ROP_SUBMIT_MESSAGE, MESSAGE, &q, ecMaxSubmissionExceeded);
	/* A mailbox may more than the organisation. */
	set_of("alice", "MaxSendSize", "1MB");
	fixture_logon(&f, LOGON, "alice");
	draft("Large", "bob@contoso.example", NULL);
	set_text_of(MESSAGE, PidTagBody, text);
	submit(MESSAGE);
	release(MESSAGE);
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 1);
	set_of("alice", "MaxSendSize", "Unlimited");
	fixture_set(&f, "TransportConfig", NULL, "MaxSendSize", "10MB");
}

static void clients_are_told_the_limit(void **state)
{
	(void)state;
	set_of("alice", "MaxSendSize", "3MB");
	fixture_logon(&f, LOGON, "alice");
	assert_int_equal(number(LOGON, PidTagMaximumSubmitMessageSize), 3072);
	set_of("alice", "MaxSendSize", "Unlimited");
	fixture_logon(&f, LOGON, "alice");
	assert_int_equal(number(LOGON, PidTagMaximumSubmitMessageSize), 10240);
}

static void too_many_recipients(void **state)
{
	struct rop_submit_message_request q = { .submit_flags = 0 };

	(void)state;
	set_of("alice", "RecipientLimits", "1");
	fixture_logon(&f, LOGON, "alice");
	draft("To many", "bob@contoso.example", "carol@contoso.example");
	fixture_refused(&f, ROP_SUBMIT_MESSAGE, MESSAGE, &q, ecTooManyRecips);
	release(MESSAGE);
	set_of("alice", "RecipientLimits", "Unlimited");
	fixture_logon(&f, LOGON, "alice");
	send_to("To many", "bob@contoso.example", "carol@contoso.example");
	assert_int_equal(count_in("carol", MAILBOX_INBOX), 1);
}

static void what_is_too_large_for_one_comes_back(void **state)
{
	struct bag p;

	(void)state;
	set_of("bob", "MaxReceiveSize", "1B");
	/* The report is larger than what its reader accepts, and is delivered all the same. */
	set_of("alice", "MaxReceiveSize", "1B");
	send_to("Too large for bob", "bob@contoso.example", "carol@contoso.example");
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 0);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), 1);
	run();
	assert_int_equal(count_in("alice", MAILBOX_INBOX), 1);
	last_of("alice", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagMessageClass), "REPORT.IPM.Note.NDR");
	assert_int_equal(bag_u32(&p, tag_id(PidTagNonDeliveryReportDiagCode), 0), 7);
	assert_non_null(strstr(text_in(&p, PidTagBody), "larger than the recipient accepts"));
	assert_null(strstr(text_in(&p, PidTagBody), "carol"));
	set_of("bob", "MaxReceiveSize", "Unlimited");
	set_of("alice", "MaxReceiveSize", "Unlimited");
}

/* Forwarding ------------------------------------------------------------------------------------------------------------------- */

static void a_mailbox_forwards_and_keeps_nothing(void **state)
{
	struct bag p;

	(void)state;
	set_of("bob", "ForwardingAddress", "carol");
	send_to("For bob", "bob@contoso.example", NULL);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 0);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), 1);
	last_of("carol", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSubject), "For bob");
	assert_string_equal(text_in(&p, PidTagSenderName), "alice");
	assert_false(bag_bool(&p, tag_id(PidTagMessageToMe), false));
	assert_int_equal(count_in("alice", MAILBOX_INBOX), 0);
}

static void a_mailbox_forwards_and_keeps(void **state)
{
	(void)state;
	set_of("bob", "ForwardingSmtpAddress", "carol@contoso.example");
	set_of("bob", "DeliverToMailboxAndForward", "True");
	send_to("For both", "bob@contoso.example", NULL);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 1);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), 1);
	/* Nobody gets it twice. */
	send_to("For both", "bob@contoso.example", "carol@contoso.example");
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 2);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), 2);
}

/* Who forwards to each other: the last one has it, whoever else gets it. */
static void in_circles_nothing_is_lost(void **state)
{
	(void)state;
	set_of("bob", "ForwardingAddress", "carol");
	set_of("carol", "ForwardingAddress", "bob");
	send_to("Round and round", "bob@contoso.example", "alice@contoso.example");
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 0);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), 1);
	assert_int_equal(count_in("alice", MAILBOX_INBOX), 1);
	/* Further on than one. */
	set_of("carol", "ForwardingAddress", "alice");
	send_to("Further", "bob@contoso.example", NULL);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), 1);
	assert_int_equal(count_in("alice", MAILBOX_INBOX), 2);
}

/* A group that has nobody, or only who forwards to it, has not got it. */
static void what_a_group_would_lose_is_kept(void **state)
{
	(void)state;
	fixture_group(&f, "nobody-here", NULL, 0);
	fixture_group(&f, "only-bob", (const char *const[]){ "bob" }, 1);
	fixture_group(&f, "around", (const char *const[]){ "carol", "nobody-here" }, 2);
	set_of("bob", "ForwardingAddress", "nobody-here");
	send_to("To a group without members", "bob@contoso.example", NULL);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 1);
	set_of("bob", "ForwardingAddress", "only-bob");
	send_to("To a group of oneself", "bob@contoso.example", NULL);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 2);
	/* Around by way of another: one of them has it, once. */
	set_of("bob", "ForwardingAddress", "around");
	set_of("carol", "ForwardingAddress", "only-bob");
	send_to("Around", "bob@contoso.example", NULL);
	assert_int_equal(count_in("bob", MAILBOX_INBOX) + count_in("carol", MAILBOX_INBOX), 3);
	/* A group with somebody has it. */
	set_of("carol", "ForwardingAddress", NULL);
	send_to("To somebody", "bob@contoso.example", NULL);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), 1);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 3);
}

static void to_nobody_the_sender_hears_of_it(void **state)
{
	(void)state;
	set_of("bob", "ForwardingSmtpAddress", "nobody@contoso.example");
	send_to("Forwarded to nobody", "bob@contoso.example", NULL);
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 0);
	assert_int_equal(count_in("alice", MAILBOX_INBOX), 1);
}

/* Groups ----------------------------------------------------------------------------------------------------------------------- */

static void group_set(const char *group, const char *attribute, const char *value)
{
	fixture_set(&f, "DistributionGroup", group, attribute, value);
}

static void assert_got(size_t bob, size_t carol)
{
	assert_int_equal(count_in("bob", MAILBOX_INBOX), bob);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), carol);
}

static void who_may_not_send_to_a_group_hears_of_it(void **state)
{
	(void)state;
	fixture_group(&f, "crew", (const char *const[]){ "bob", "carol" }, 2);
	fixture_group(&f, "friends", (const char *const[]){ "alice" }, 1);
	send_to("To the crew", "crew@contoso.example", NULL);
	assert_got(1, 1);
	group_set("crew", "RejectMessagesFrom", "alice");
	send_to("Not to the crew", "crew@contoso.example", NULL);
	assert_got(1, 1);
	assert_refused("crew@contoso.example", 29, "#550 5.7.1 RESOLVER.RST.NotAuthorized");
	/* By the group that one is in; and what is refused stays so. */
	group_set("crew", "RejectMessagesFrom", "friends");
	group_set("crew", "AcceptMessagesOnlyFrom", "alice");
	send_to("Not to the crew", "crew@contoso.example", NULL);
	assert_refused("crew@contoso.example", 29, "NotAuthorized");
	group_set("crew", "RejectMessagesFrom", NULL);
	send_to("To the crew", "crew@contoso.example", NULL);
	assert_got(2, 2);
	group_set("crew", "AcceptMessagesOnlyFrom", "bob");
	send_to("Not to the crew", "crew@contoso.example", NULL);
	assert_refused("crew@contoso.example", 29, "NotAuthorized");
	group_set("crew", "AcceptMessagesOnlyFrom", "friends");
	send_to("To the crew", "crew@contoso.example", NULL);
	assert_got(3, 3);
	group_set("crew", "AcceptMessagesOnlyFrom", NULL);
}

/* Who is named beside it, or is in a group around it, gets it all the same. */
static void a_group_refuses_for_itself_alone(void **state)
{
	(void)state;
	fixture_group(&f, "around-crew", (const char *const[]){ "bob", "crew" }, 2);
	group_set("crew", "RejectMessagesFrom", "alice");
	send_to("Around", "around-crew@contoso.example", NULL);
	assert_got(1, 0);
	assert_refused("crew@contoso.example", 29, "NotAuthorized");
	send_to("Beside", "crew@contoso.example", "carol@contoso.example");
	assert_got(1, 1);
	assert_refused("crew@contoso.example", 29, "NotAuthorized");
	/* A mailbox that forwards to it has not got rid of it. */
	set_of("bob", "ForwardingAddress", "crew");
	send_to("Forwarded", "bob@contoso.example", NULL);
	assert_got(2, 1);
	assert_refused("crew@contoso.example", 29, "NotAuthorized");
	group_set("crew", "RejectMessagesFrom", NULL);
}

static void a_group_has_a_size_of_its_own(void **state)
{
	(void)state;
	group_set("crew", "MaxReceiveSize", "1B");
	send_to("Too large for the crew", "crew@contoso.example", NULL);
	assert_got(0, 0);
	assert_refused("crew@contoso.example", 7, "#550 5.2.3 RESOLVER.RST.RecipSizeLimit");
	group_set("crew", "MaxReceiveSize", "1MB");
	send_to("Not too large", "crew@contoso.example", NULL);
	assert_got(1, 1);
	group_set("crew", "MaxReceiveSize", "Unlimited");
}

static void a_group_is_for_those_who_log_on(void **state)
{
	(void)state;
	from_outside("crew@contoso.example");
	assert_got(0, 0);
	group_set("crew", "RequireSenderAuthenticationEnabled", "False");
	from_outside("crew@contoso.example");
	assert_got(1, 1);
	/* Nobody who is not in the directory is among those who are accepted. */
	group_set("crew", "AcceptMessagesOnlyFrom", "alice");
	from_outside("crew@contoso.example");
	assert_got(1, 1);
	group_set("crew", "AcceptMessagesOnlyFrom", NULL);
	group_set("crew", "RequireSenderAuthenticationEnabled", "True");
	assert_int_equal(queued(), 0);
}

static void so_is_one_that_says_whom_it_means(void **state)
{
	static const char *const all[][2] = { { "IncludedRecipients", "MailboxUsers" }, { "RecipientTypeDetails", "DynamicDistributionGroup" } };

	(void)state;
	fixture_recipient(&f, "DynamicDistributionGroup", "everybody", "everybody@contoso.example", all, 2);
	from_outside("everybody@contoso.example");
	assert_got(0, 0);
	fixture_set(&f, "DynamicDistributionGroup", "everybody", "RequireSenderAuthenticationEnabled", "False");
	from_outside("everybody@contoso.example");
	assert_got(1, 1);
	fixture_set(&f, "DynamicDistributionGroup", "everybody", "RejectMessagesFrom", "alice");
	send_to("Not to everybody", "everybody@contoso.example", NULL);
	assert_got(1, 1);
	delete_all("alice", MAILBOX_INBOX);
	assert_int_equal(queued(), 0);
}

/* Other servers -------------------------------------------------------------------------------------------------------------- */

/* What a server left that does not come back goes out by one that is there, once. */
static void what_a_dead_server_left_is_delivered(void **state)
{
	struct queue_item item = { .state = QUEUE_READY, .since = FIXTURE_NOW, .due = FIXTURE_NOW };
	struct server second = { .fqdn = "second.contoso.example", .counters = &f.counters };
	struct name_map *names = name_map_new();
	struct message_part *p = NULL;
	uint64_t id = 0;

	(void)state;
	assert_int_equal(host_open(place(f.engine), &(struct host_options){ .clock = &f.clock }, NULL, &second.host, &f.why), 0);
	if (transport_open(&second, &(struct transport_options){ .inline_only = true }, &f.why))
		fail_msg("%s", f.why.text);
	assert_int_equal(transport_random(&item.key), 0);
	assert_int_equal(transport_part_new(second.transport, "IPM.Note", "Left behind", &p), 0);
	add_recipient(p, 1, "bob@contoso.example");
	assert_int_equal(queue_put(second.transport->queue, &item, p, NULL, names, &id), 0);
	message_part_unref(p);
	name_map_free(names);
	/* While it lives nobody takes it away. */
	assert_int_equal(transport_run_abandoned(f.server.transport), 0);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 0);
	transport_close(&second);
	host_close(second.host);
	assert_int_equal(transport_run_abandoned(f.server.transport), 0);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 1);
	assert_int_equal(transport_run_abandoned(f.server.transport), 0);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 1);
	assert_int_equal(queued(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transport_begins),
		cmocka_unit_test_setup(who_may_send_as_another_is_not_seen, empty),
		cmocka_unit_test_setup(what_is_too_large_is_not_sent, empty),
		cmocka_unit_test_setup(clients_are_told_the_limit, empty),
		cmocka_unit_test_setup(too_many_recipients, empty),
		cmocka_unit_test_setup(what_is_too_large_for_one_comes_back, empty),
		cmocka_unit_test_setup(a_mailbox_forwards_and_keeps_nothing, empty),
		cmocka_unit_test_setup(a_mailbox_forwards_and_keeps, empty),
		cmocka_unit_test_setup(in_circles_nothing_is_lost, empty),
		cmocka_unit_test_setup(what_a_group_would_lose_is_kept, empty),
		cmocka_unit_test_setup(to_nobody_the_sender_hears_of_it, empty),
		cmocka_unit_test_setup(who_may_not_send_to_a_group_hears_of_it, empty),
		cmocka_unit_test_setup(a_group_refuses_for_itself_alone, empty),
		cmocka_unit_test_setup(a_group_has_a_size_of_its_own, empty),
		cmocka_unit_test_setup(a_group_is_for_those_who_log_on, empty),
		cmocka_unit_test_setup(so_is_one_that_says_whom_it_means, empty),
		cmocka_unit_test_setup(what_a_dead_server_left_is_delivered, empty),
		cmocka_unit_test(transport_ends),
	};

	return FIXTURE_RUN(&f, tests);
}
