/* What rules do with mail as it is delivered ([MS-OXORULE] 3.2.5.1), on the way from alice to bob. */
#include "transport_steps.h"

#include "mapi/restriction.h"
#include "mapi/value_wire.h"
#include "rop/rops_property.h"
#include "server/transport_rules.h"
#include "store/rule.h"

/* Bob's mailbox ------------------------------------------------------------------------------------------------------------ */

static struct shared_mailbox *bob;
static struct buf blocks = { .max = 1 << 20 };
static uint16_t n_blocks;

static struct mailbox *lock_bob(void)
{
	bob = fixture_mailbox(&f, "bob");
	return shared_mailbox_lock(bob);
}

static void unlock_bob(void)
{
	shared_mailbox_unlock(bob);
	host_mailbox_release(bob);
}

static uint64_t role(struct mailbox *m, enum mailbox_role r)
{
	uint64_t id = 0;

	assert_int_equal(folder_by_role(m, r, &id), 0);
	return id;
}

static uint64_t make_folder(const char *name)
{
	struct mailbox *m = lock_bob();
	uint64_t id = 0;

	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(folder_create(m, role(m, MAILBOX_INBOX), name, NULL, &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
	unlock_bob();
	return id;
}

static size_t count_at(uint64_t folder)
{
	struct mailbox *m = lock_bob();
	uint64_t id = 0;
	size_t n = 0;

	while (!message_next(m, folder, false, false, id, &id) && id)
		n++;
	unlock_bob();
	return n;
}

static void action(uint8_t type, uint32_t flavor, struct bytes data)
{
	buf_add_u16(&blocks, (uint16_t)(9 + data.n));
	buf_add_u8(&blocks, type);
	buf_add_u32(&blocks, flavor);
	buf_add_u32(&blocks, 0);
	buf_add(&blocks, data.p, data.n);
	n_blocks++;
}

static struct bytes nothing(void)
{
	return bytes_of("", 0);
}

/* "In this store", no store id, a ServerEid. */
static struct bytes into(uint64_t folder)
{
	uint8_t *p = arena_zalloc(&f.arena, 26);

	p[0] = 1;
	put_le16(p + 3, 21);
	p[5] = 1;
	put_le64(p + 6, id_from_counter(folder));
	return bytes_of(p, 26);
}

static struct bytes to_whom(const char *smtp)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	const struct {
		uint32_t tag;
		const char *text;
	} texts[] = { { PidTagDisplayName, smtp }, { PidTagAddressType, "SMTP" }, { PidTagEmailAddress, smtp } };

	buf_add_u16(&b, 1);
	buf_add_u8(&b, 1);
	buf_add_u16(&b, 3);
	for (size_t i = 0; i < 3; i++) {
		struct bytes t = fixture_text(&f, texts[i].text);

		buf_add_u32(&b, texts[i].tag);
		buf_add(&b, t.p, t.n);
		buf_add_u16(&b, 0);
	}
	return bytes_of(arena_memdup(&f.arena, b.p, b.n), b.n);
}

/* The subject holds this. */
static void set_condition(struct bag *b, uint32_t tag, const char *word)
{
	CLEANUP_BUF struct buf out = BUF_MAX(4096);
	struct bytes t = fixture_text(&f, word);

	buf_add_u8(&out, RES_CONTENT);
	buf_add_u16(&out, 1);
	buf_add_u16(&out, 1);
	buf_add_u32(&out, PidTagSubject);
	buf_add_u32(&out, PidTagSubject);
	buf_add(&out, t.p, t.n);
	buf_add_u16(&out, 0);
	assert_int_equal(bag_set_bytes(b, tag, buf_bytes(&out)), 0);
}

/* With the actions since the last rule. */
static uint64_t rule(uint32_t sequence, uint32_t state, const char *provider, const char *word)
{
	CLEANUP_BUF struct buf all = BUF_MAX(1 << 20);
	struct mailbox *m = lock_bob();
	uint64_t id = 0;
	struct bag b;

	bag_init(&b, &f.arena);
	buf_add_u16(&all, n_blocks);
	buf_add(&all, blocks.p, blocks.n);
	assert_int_equal(bag_set_u32(&b, PidTagRuleSequence, sequence), 0);
	assert_int_equal(bag_set_u32(&b, PidTagRuleState, state), 0);
	assert_int_equal(bag_set_text(&b, PidTagRuleProvider, provider), 0);
	assert_int_equal(bag_set_bytes(&b, PidTagRuleActions, buf_bytes(&all)), 0);
	set_condition(&b, PidTagRuleCondition, word);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(rule_add(m, role(m, MAILBOX_INBOX), &b, &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
	unlock_bob();
	buf_clear(&blocks);
	n_blocks = 0;
	return id;
}

static void forget_rules(void)
{
	struct mailbox *m = lock_bob();

	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(rule_clear(m, role(m, MAILBOX_INBOX)), 0);
	assert_int_equal(mailbox_commit(m), 0);
	unlock_bob();
}

/* As his client does. */
static void out_of_office(bool yes)
{
	const uint8_t byte = yes;
	struct tagged_value value = { .prop = { .tag = PidTagOutOfOfficeState, .count = 1, .size = 1, .value = bytes_of(&byte, 1) } };
	struct rop_set_properties_request r = { .property_values.all = { .v = &value, .n = 1 } };
	struct session *mine = f.session, *theirs = fixture_session(&f, "bob");
	uint32_t handles[FIXTURE_HANDLES];

	memcpy(handles, f.handles, sizeof handles);
	fixture_use(&f, theirs);
	fixture_logon(&f, LOGON, "bob");
	assert_int_equal(((struct rop_set_properties_response *)fixture_ok(&f, ROP_SET_PROPERTIES, LOGON, &r))->property_problems.n, 0);
	fixture_use(&f, mine);
	memcpy(f.handles, handles, sizeof handles);
	session_close(theirs);
}

/* An FAI message of the Inbox. */
static uint64_t template_with(const char *subject, const char *to)
{
	struct mailbox *m;
	struct message_part *p;
	uint64_t id;

	assert_int_equal(transport_part_new(f.server.transport, "IPM.Note.rules.ReplyTemplate.Microsoft", subject, &p), 0);
	assert_int_equal(held_put_text(&p->props, PidTagBody, "I am away."), 0);
	if (to)
		add_recipient(p, 1, to);
	m = lock_bob();
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(transport_write(m, role(m, MAILBOX_INBOX), true, p, mailbox_names(m), &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
	unlock_bob();
	message_part_unref(p);
	return id;
}

static struct bytes by_template(uint64_t id)
{
	uint8_t *p = arena_zalloc(&f.arena, 32);
	struct mailbox *m = lock_bob();

	put_le64(p, id_from_counter(role(m, MAILBOX_INBOX)));
	put_le64(p + 8, id_from_counter(id));
	unlock_bob();
	return bytes_of(p, 32);
}

static void send_to_bob(const char *subject)
{
	draft(subject, "bob@contoso.example", NULL);
	submit(MESSAGE);
	release(MESSAGE);
	run();
}

static size_t inbox(const char *name)
{
	return count_in(name, MAILBOX_INBOX);
}

static int begin(void **state)
{
	(void)state;
	forget_rules();
	out_of_office(false);
	delete_all("bob", MAILBOX_INBOX);
	delete_all("alice", MAILBOX_INBOX);
	delete_all("carol", MAILBOX_INBOX);
	delete_all("bob", MAILBOX_DEFERRED_ACTION);
	return 0;
}

/* Folders -------------------------------------------------------------------------------------------------------------------- */

static void a_rule_moves(void **state)
{
	uint64_t folder = make_folder("Moved");

	(void)state;
	action(OP_MOVE, 0, into(folder));
	rule(1, RULE_ENABLED, "Test", "move");
	send_to_bob("move me");
	send_to_bob("leave me");
	assert_int_equal(count_at(folder), 1);
	assert_int_equal(inbox("bob"), 1);
}

/* The folder as its entry id has it, in a store that is said not to be this one. */
static struct bytes into_entryid(uint64_t folder, bool other_replica)
{
	static const char store[] = "whatever store it is";
	CLEANUP_BUF struct buf b = BUF_MAX(512);
	struct entryid e = { .kind = ENTRYID_FOLDER, .folder = { .object = EITLT_PRIVATE_FOLDER } };
	struct shared_mailbox *s = fixture_mailbox(&f, "bob");

	e.folder.provider = *shared_mailbox_guid(s);
	e.folder.folder.id.replica = mailbox_identity(shared_mailbox_get(s))->replica;
	e.folder.folder.id.replica.b[0] ^= other_replica;
	global_counter_set(e.folder.folder.id.counter, folder);
	host_mailbox_release(s);
	buf_add_u8(&b, 0);
	buf_add_u16(&b, sizeof store);
	buf_add(&b, store, sizeof store);
	buf_add_u16(&b, 46);
	assert_int_equal(entryid_encode(&e, &b, NULL), 0);
	return bytes_of(arena_memdup(&f.arena, b.p, b.n), b.n);
}

/* Whichever store a rule says: a folder that is here is here; only what is elsewhere is the client's to do. */
static void the_entry_id_says_where_a_folder_is(void **state)
{
	uint64_t folder = make_folder("By its entry id");

	(void)state;
	action(OP_MOVE, 0, into_entryid(folder, false));
	rule(1, RULE_ENABLED, "Test", "move");
	send_to_bob("move me");
	assert_int_equal(count_at(folder), 1);
	assert_int_equal(inbox("bob"), 0);
	assert_int_equal(count_in("bob", MAILBOX_DEFERRED_ACTION), 0);
	forget_rules();
	action(OP_COPY, 0, into_entryid(folder, false));
	rule(1, RULE_ENABLED, "Test", "move");
	send_to_bob("move me");
	assert_int_equal(count_at(folder), 2);
	assert_int_equal(inbox("bob"), 1);
	forget_rules();
	action(OP_MOVE, 0, into_entryid(folder, true));
	rule(1, RULE_ENABLED, "Test", "move");
	send_to_bob("move me");
	assert_int_equal(count_at(folder), 2);
	assert_int_equal(count_in("bob", MAILBOX_DEFERRED_ACTION), 1);
}

static void several_moves_make_copies_and_no_original(void **state)
{
	uint64_t one = make_folder("One"), two = make_folder("Two");

	(void)state;
	action(OP_MOVE, 0, into(one));
	rule(1, RULE_ENABLED, "Test", "move");
	action(OP_MOVE, 0, into(two));
	rule(2, RULE_ENABLED, "Test", "move");
	send_to_bob("move me");
	/* MS-OXORULE_R904 */
	assert_int_equal(count_at(one), 1);
	assert_int_equal(count_at(two), 1);
	assert_int_equal(inbox("bob"), 0);
}

static void a_rule_copies(void **state)
{
	uint64_t folder = make_folder("Copied");

	(void)state;
	action(OP_COPY, 0, into(folder));
	rule(1, RULE_ENABLED, "Test", "copy");
	send_to_bob("copy me");
	assert_int_equal(count_at(folder), 1);
	assert_int_equal(inbox("bob"), 1);
}

static void deleting_ends_it(void **state)
{
	uint64_t folder = make_folder("After deletion");

	(void)state;
	action(OP_DELETE, 0, nothing());
	rule(1, RULE_ENABLED, "Test", "delete");
	action(OP_COPY, 0, into(folder));
	rule(2, RULE_ENABLED, "Test", "delete");
	send_to_bob("delete me");
	/* MS-OXORULE_R549 */
	assert_int_equal(inbox("bob"), 0);
	/* MS-OXORULE_R550 */
	assert_int_equal(count_at(folder), 0);
}

/* Marks ------------------------------------------------------------------------------------------------------------------------ */

static void a_rule_marks_as_read(void **state)
{
	struct bag p;

	(void)state;
	action(OP_MARK_AS_READ, 0, nothing());
	rule(1, RULE_ENABLED, "Test", "read");
	send_to_bob("read me");
	last_of("bob", MAILBOX_INBOX, &p);
	/* MS-OXORULE_R551 */
	assert_true(bag_u32(&p, PidTagMessageFlags >> 16, 0) & MSGFLAG_READ);
	send_to_bob("not me");
	last_of("bob", MAILBOX_INBOX, &p);
	/* MS-OXORULE_R559 */
	assert_false(bag_u32(&p, PidTagMessageFlags >> 16, 0) & MSGFLAG_READ);
}

static void a_rule_sets_a_property(void **state)
{
	uint8_t data[8];
	struct bag p;

	(void)state;
	put_le32(data, PidTagImportance);
	put_le32(data + 4, 2);
	action(OP_TAG, 0, bytes_of(data, sizeof data));
	rule(1, RULE_ENABLED | RULE_SKIP_IF_SCL_IS_SAFE, "Test", "tag");
	send_to_bob("tag me");
	last_of("bob", MAILBOX_INBOX, &p);
	/* MS-OXORULE_R548 */
	assert_int_equal(bag_u32(&p, PidTagImportance >> 16, 0), 2);
}

/* Which and when ------------------------------------------------------------------------------------------------------------------ */

static void rules_that_are_off_do_nothing(void **state)
{
	(void)state;
	action(OP_DELETE, 0, nothing());
	rule(1, 0, "Test", "off");
	send_to_bob("off");
	/* MS-OXORULE_R516 */
	/* MS-OXORULE_R63 */
	assert_int_equal(inbox("bob"), 1);
}

static void rules_run_in_the_order_of_their_sequence(void **state)
{
	uint64_t folder = make_folder("Sequence");

	(void)state;
	action(OP_COPY, 0, into(folder));
	rule(2, RULE_ENABLED, "Test", "order");
	action(OP_MARK_AS_READ, 0, nothing());
	rule(1, RULE_ENABLED | RULE_EXIT_LEVEL, "Test", "order");
	send_to_bob("order");
	/* MS-OXORULE_R514 */
	assert_int_equal(count_at(folder), 0);
}

static void out_of_office_rules_run_out_of_the_office_only(void **state)
{
	uint64_t folder = make_folder("Away");

	(void)state;
	action(OP_MARK_AS_READ, 0, nothing());
	rule(1, RULE_ENABLED | RULE_EXIT_LEVEL, "Test", "away");
	action(OP_COPY, 0, into(folder));
	rule(2, RULE_ENABLED | RULE_ONLY_WHEN_OOF, "Test", "away");
	send_to_bob("away");
	/* MS-OXORULE_R517 */
	assert_int_equal(count_at(folder), 0);
	out_of_office(true);
	send_to_bob("away");
	/* MS-OXORULE_R582 */
	/* MS-OXORULE_R807 */
	assert_int_equal(count_at(folder), 1);
	out_of_office(false);
	send_to_bob("away");
	/* MS-OXORULE_R584 */
	assert_int_equal(count_at(folder), 1);
}

/* On to others --------------------------------------------------------------------------------------------------------------------- */

static void a_rule_forwards(void **state)
{
	struct bag p;

	(void)state;
	action(OP_FORWARD, 0, to_whom("carol@contoso.example"));
	rule(1, RULE_ENABLED, "Test", "forward");
	send_to_bob("forward me");
	/* MS-OXORULE_R537 */
	assert_int_equal(inbox("carol"), 1);
	assert_int_equal(inbox("bob"), 1);
	last_of("carol", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSubject), "FW: forward me");
	assert_string_equal(text_in(&p, PidTagSenderName), "bob");
	assert_true(bag_bool(&p, PidTagAutoForwarded >> 16, false));
	assert_null(bag_find(&p, TRANSPORT_VISITED >> 16));
}

static void the_sender_can_be_preserved(void **state)
{
	struct bag p;

	(void)state;
	action(OP_FORWARD, 1, to_whom("carol@contoso.example"));
	rule(1, RULE_ENABLED, "Test", "preserve");
	send_to_bob("preserve me");
	last_of("carol", MAILBOX_INBOX, &p);
	/* MS-OXORULE_R275 */
	assert_true(bag_bool(&p, PidTagAutoForwarded >> 16, false));
	assert_string_equal(text_in(&p, PidTagSenderName), "alice");
	assert_string_equal(text_in(&p, PidTagSubject), "preserve me");
}

static void a_rule_forwards_as_an_attachment(void **state)
{
	struct shared_mailbox *s;
	struct message_info i;
	struct bag p;
	uint64_t id;

	(void)state;
	action(OP_FORWARD, 4, to_whom("carol@contoso.example"));
	rule(1, RULE_ENABLED, "Test", "attach");
	send_to_bob("attach me");
	id = last_of("carol", MAILBOX_INBOX, &p);
	s = fixture_mailbox(&f, "carol");
	assert_int_equal(message_info(shared_mailbox_lock(s), id, &f.arena, &i), 0);
	shared_mailbox_unlock(s);
	host_mailbox_release(s);
	/* MS-OXORULE_R279 */
	assert_true(i.has_attachments);
}

static void two_who_forward_to_each_other_do_not_go_on_for_ever(void **state)
{
	(void)state;
	action(OP_FORWARD, 0, to_whom("bob@contoso.example"));
	rule(1, RULE_ENABLED, "Test", "circle");
	send_to_bob("circle");
	assert_int_equal(inbox("bob"), 2);
	assert_int_equal(queued(), 0);
}

static void a_rule_delegates(void **state)
{
	struct bag p;

	(void)state;
	action(OP_DELEGATE, 0, to_whom("carol@contoso.example"));
	rule(1, RULE_ENABLED, "Test", "delegate");
	send_to_bob("delegate me");
	/* MS-OXORULE_R539 */
	last_of("carol", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSenderName), "alice");
	/* MS-OXORULE_R541 */
	assert_string_equal(text_in(&p, PidTagReceivedRepresentingAddressType), "EX");
	/* MS-OXORULE_R542 */
	assert_string_equal(text_in(&p, PidTagReceivedRepresentingEmailAddress), fixture_legacy_dn(&f, "bob"));
	/* MS-OXORULE_R543 */
	assert_string_equal(text_in(&p, PidTagReceivedRepresentingName), "bob");
	/* MS-OXORULE_R545 */
	assert_true(bag_bool(&p, PidTagDelegatedByRule >> 16, false));
	assert_string_equal(text_in(&p, PidTagReceivedByName), "carol");
}

static void a_rule_rejects(void **state)
{
	uint8_t code[4] = { 0x0D };
	struct bag p;

	(void)state;
	action(OP_BOUNCE, 0, bytes_of(code, sizeof code));
	rule(1, RULE_ENABLED, "Test", "bounce");
	send_to_bob("bounce me");
	/* MS-OXORULE_R260 */
	assert_int_equal(inbox("bob"), 0);
	last_of("alice", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSubject), "Undeliverable: bounce me");
	/* MS-OXORULE_R341 */
	assert_non_null(strstr(text_in(&p, PidTagBody), "larger than the recipient accepts"));
}

/* Answers ----------------------------------------------------------------------------------------------------------------------------- */

static void a_rule_replies_by_its_template(void **state)
{
	struct bag p;

	(void)state;
	action(OP_REPLY, 0, by_template(template_with("The answer", NULL)));
	rule(1, RULE_ENABLED, "Test", "reply");
	send_to_bob("reply to me");
	last_of("alice", MAILBOX_INBOX, &p);
	/* MS-OXORULE_R525 */
	assert_string_equal(text_in(&p, PidTagSubject), "The answer");
	assert_string_equal(text_in(&p, PidTagBody), "I am away.");
	assert_string_equal(text_in(&p, PidTagSenderName), "bob");
	assert_string_equal(text_in(&p, PidTagReceivedByName), "alice");
}

static void without_the_sender_the_template_says_who_gets_it(void **state)
{
	(void)state;
	action(OP_REPLY, 1, by_template(template_with("For carol", "carol@contoso.example")));
	rule(1, RULE_ENABLED, "Test", "reply");
	send_to_bob("reply not to me");
	/* MS-OXORULE_R288 */
	assert_int_equal(inbox("alice"), 0);
	/* MS-OXORULE_R663 */
	assert_int_equal(inbox("carol"), 1);
}

static void who_wants_no_answer_gets_none(void **state)
{
	struct bag b;

	(void)state;
	action(OP_REPLY, 0, by_template(template_with("No", NULL)));
	rule(1, RULE_ENABLED, "Test", "quiet");
	draft("quiet", "bob@contoso.example", NULL);
	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_u32(&b, PidTagAutoResponseSuppress, 0x20), 0);
	assert_int_equal(set(MESSAGE, &b), 0);
	submit(MESSAGE);
	release(MESSAGE);
	run();
	/* MS-OXORULE_R526 */
	assert_int_equal(inbox("alice"), 0);
}

static void who_is_away_says_so_once(void **state)
{
	struct bag p;

	(void)state;
	action(OP_OOF_REPLY, 0, by_template(template_with("Away", NULL)));
	rule(1, RULE_ENABLED | RULE_ONLY_WHEN_OOF | RULE_KEEP_OOF_HISTORY, "Test", "hello");
	send_to_bob("hello");
	/* MS-OXORULE_R553 */
	assert_int_equal(inbox("alice"), 0);
	out_of_office(true);
	send_to_bob("hello");
	/* MS-OXORULE_R255 */
	assert_int_equal(inbox("alice"), 1);
	last_of("alice", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSubject), "Automatic reply: hello");
	/* MS-OXORULE_R922 */
	assert_string_equal(text_in(&p, PidTagBody), "I am away.");
	send_to_bob("hello again");
	/* MS-OXORULE_R558 */
	assert_int_equal(inbox("alice"), 1);
	out_of_office(false);
	send_to_bob("hello");
	out_of_office(true);
	send_to_bob("hello");
	assert_int_equal(inbox("alice"), 2);
	send_to_bob("hello");
	assert_int_equal(inbox("alice"), 2);
	out_of_office(true);
	send_to_bob("hello");
	/* MS-OXCSTOR_R663 */
	assert_int_equal(inbox("alice"), 3);
}

/* Left to the client --------------------------------------------------------------------------------------------------------------------- */

static void deferred_actions_of_one_provider_are_one_message(void **state)
{
	struct bag p, original;
	uint64_t first;
	struct bytes v;

	(void)state;
	action(OP_DEFER_ACTION, 0, bytes_of("own", 3));
	action(OP_DEFER_ACTION, 0, bytes_of("one", 3));
	first = rule(1, RULE_ENABLED, "Mine", "defer");
	action(OP_DEFER_ACTION, 0, bytes_of("two", 3));
	rule(2, RULE_ENABLED, "Mine", "defer");
	send_to_bob("defer me");
	/* MS-OXORULE_R908 */
	assert_int_equal(count_in("bob", MAILBOX_DEFERRED_ACTION), 1);
	last_of("bob", MAILBOX_DEFERRED_ACTION, &p);
	/* MS-OXORULE_R352 */
	assert_string_equal(text_in(&p, PidTagMessageClass), "IPC.Microsoft Exchange 4.0.Deferred Action");
	/* MS-OXORULE_R354 */
	assert_false(bag_bool(&p, PidTagDamBackPatched >> 16, true));
	/* MS-OXORULE_R359 */
	assert_string_equal(text_in(&p, PidTagRuleProvider), "Mine");
	v = bag_bytes(&p, PidTagClientActions >> 16);
	/* MS-OXORULE_R365 */
	assert_int_equal(v.n, 2 + 3 * (2 + 9 + 3));
	assert_int_equal(le16(v.p), 3);
	assert_int_equal(v.p[4], OP_DEFER_ACTION);
	assert_memory_equal(v.p + v.n - 3, "two", 3);
	v = bag_bytes(&p, PidTagRuleIds >> 16);
	/* MS-OXORULE_R368 */
	assert_int_equal(v.n, 16);
	assert_int_equal(le64(v.p), id_from_counter(first));
	assert_int_equal(le64(v.p + 8), id_from_counter(first));
	last_of("bob", MAILBOX_INBOX, &original);
	/* MS-OXORULE_R564 */
	assert_true(bag_bool(&original, PidTagHasDeferredActionMessages >> 16, false));
}

static void deferred_actions_of_two_providers_are_two_messages(void **state)
{
	(void)state;
	action(OP_DEFER_ACTION, 0, bytes_of("one", 3));
	rule(1, RULE_ENABLED, "Mine", "defer");
	action(OP_DEFER_ACTION, 0, bytes_of("two", 3));
	rule(2, RULE_ENABLED, "Yours", "defer");
	send_to_bob("defer me");
	/* MS-OXORULE_R571 */
	assert_int_equal(count_in("bob", MAILBOX_DEFERRED_ACTION), 2);
}

static void an_error_is_said_once(void **state)
{
	struct bag p;
	uint64_t id;

	(void)state;
	action(OP_MARK_AS_READ, 0, nothing());
	action(OP_MOVE, 0, into(0x7FFFFF));
	id = rule(1, RULE_ENABLED, "Mine", "fail");
	send_to_bob("fail");
	last_of("bob", MAILBOX_DEFERRED_ACTION, &p);
	/* MS-OXORULE_R896 */
	assert_string_equal(text_in(&p, PidTagMessageClass), "IPC.Microsoft Exchange 4.0.Deferred Error");
	/* MS-OXORULE_R387 */
	assert_int_equal(bag_u32(&p, PidTagRuleError >> 16, 0), 6);
	/* MS-OXORULE_R750 */
	assert_int_equal(bag_u32(&p, PidTagRuleActionType >> 16, 0), OP_MOVE);
	/* MS-OXORULE_R707 */
	assert_int_equal(bag_u32(&p, PidTagRuleActionNumber >> 16, 0), 1);
	assert_int_equal(bag_u64(&p, PidTagRuleId >> 16, 0), id_from_counter(id));
	assert_string_equal(text_in(&p, PidTagRuleProvider), "Mine");
	assert_int_equal(inbox("bob"), 1);
	send_to_bob("fail");
	/* MS-OXORULE_R581 */
	assert_int_equal(count_in("bob", MAILBOX_DEFERRED_ACTION), 1);
}

static void extended_rules_are_messages_of_the_folder(void **state)
{
	CLEANUP_BUF struct buf actions = BUF_MAX(4096), condition = BUF_MAX(4096);
	struct bytes t = fixture_text(&f, "extended");
	struct message_part *p;
	struct mailbox *m;
	struct bag b;
	uint64_t id;

	(void)state;
	buf_add_u16(&actions, 0);
	buf_add_u32(&actions, 1);
	buf_add_u32(&actions, 1);
	buf_add_u32(&actions, 9);
	buf_add_u8(&actions, OP_MARK_AS_READ);
	buf_add_u64(&actions, 0);
	buf_add_u16(&condition, 0);
	buf_add_u8(&condition, RES_CONTENT);
	buf_add_u32(&condition, 0x00010001);
	buf_add_u32(&condition, PidTagSubject);
	buf_add_u32(&condition, PidTagSubject);
	buf_add(&condition, t.p, t.n);
	buf_add_u16(&condition, 0);
	assert_int_equal(transport_part_new(f.server.transport, "IPM.ExtendedRule.Message", "", &p), 0);
	assert_int_equal(property_set_put_u32(&p->props, PidTagRuleMessageState, RULE_ENABLED), 0);
	assert_int_equal(property_set_put_u32(&p->props, PidTagRuleMessageSequence, 1), 0);
	assert_int_equal(property_set_put_bytes(&p->props, PidTagExtendedRuleMessageActions, buf_bytes(&actions)), 0);
	assert_int_equal(property_set_put_bytes(&p->props, PidTagExtendedRuleMessageCondition, buf_bytes(&condition)), 0);
	m = lock_bob();
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(transport_write(m, role(m, MAILBOX_INBOX), true, p, mailbox_names(m), &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
	unlock_bob();
	message_part_unref(p);
	send_to_bob("extended");
	last_of("bob", MAILBOX_INBOX, &b);
	assert_true(bag_u32(&b, PidTagMessageFlags >> 16, 0) & MSGFLAG_READ);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transport_begins),
		cmocka_unit_test_setup(a_rule_moves, begin),
		cmocka_unit_test_setup(several_moves_make_copies_and_no_original, begin),
		cmocka_unit_test_setup(the_entry_id_says_where_a_folder_is, begin),
		cmocka_unit_test_setup(a_rule_copies, begin),
		cmocka_unit_test_setup(deleting_ends_it, begin),
		cmocka_unit_test_setup(a_rule_marks_as_read, begin),
		cmocka_unit_test_setup(a_rule_sets_a_property, begin),
		cmocka_unit_test_setup(rules_that_are_off_do_nothing, begin),
		cmocka_unit_test_setup(rules_run_in_the_order_of_their_sequence, begin),
		cmocka_unit_test_setup(out_of_office_rules_run_out_of_the_office_only, begin),
		cmocka_unit_test_setup(a_rule_forwards, begin),
		cmocka_unit_test_setup(the_sender_can_be_preserved, begin),
		cmocka_unit_test_setup(a_rule_forwards_as_an_attachment, begin),
		cmocka_unit_test_setup(two_who_forward_to_each_other_do_not_go_on_for_ever, begin),
		cmocka_unit_test_setup(a_rule_delegates, begin),
		cmocka_unit_test_setup(a_rule_rejects, begin),
		cmocka_unit_test_setup(a_rule_replies_by_its_template, begin),
		cmocka_unit_test_setup(without_the_sender_the_template_says_who_gets_it, begin),
		cmocka_unit_test_setup(who_wants_no_answer_gets_none, begin),
		cmocka_unit_test_setup(who_is_away_says_so_once, begin),
		cmocka_unit_test_setup(deferred_actions_of_one_provider_are_one_message, begin),
		cmocka_unit_test_setup(deferred_actions_of_two_providers_are_two_messages, begin),
		cmocka_unit_test_setup(an_error_is_said_once, begin),
		cmocka_unit_test_setup(extended_rules_are_messages_of_the_folder, begin),
		cmocka_unit_test(transport_ends),
	};
	int failed = FIXTURE_RUN(&f, tests);

	buf_free(&blocks);
	return failed;
}
