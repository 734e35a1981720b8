/* Mail for public folders: where it comes to, who may send it there, and how addresses end with their folders. */
#include "transport_steps.h"

#include "server/public_store.h"
#include "store/folder_limits.h"
#include "store/permission.h"
#include "store/public_folders.h"
#include "store/public_mail.h"
#include "store/rule.h"

/* The public folder store, and a folder of it. */
struct board {
	struct shared_mailbox *shared;
	struct mailbox *m; /* locked */
	struct directory *d;
	uint64_t places[PUBLIC_PLACES];
	uint64_t folder;
};

static void board_lock(struct board *b, const char *name)
{
	struct guid mailbox;

	memset(b, 0, sizeof *b);
	if (host_directory(f.host, &b->d, &f.why) || public_store_find(f.host, b->d, &mailbox, &f.why) ||
	    host_mailbox(f.host, &mailbox, &b->shared, &f.why))
		fail_msg("%s", f.why.text);
	b->m = shared_mailbox_lock(b->shared);
	assert_int_equal(public_folders_places(b->m, b->places), 0);
	if (folder_by_name(b->m, b->places[PUBLIC_IPM_SUBTREE], name, &b->folder))
		b->folder = 0;
}

static void board_unlock(struct board *b)
{
	shared_mailbox_unlock(b->shared);
	host_mailbox_release(b->shared);
	host_directory_return(f.host, b->d);
}

static void allow(struct board *b, uint64_t member, uint32_t rights)
{
	assert_int_equal(mailbox_begin(b->m), 0);
	assert_int_equal(permission_set(b->m, b->folder, member, rights), 0);
	assert_int_equal(mailbox_commit(b->m), 0);
}

/* A folder of that name with addresses, in which everybody may write who logs on. */
static void make(const char *name)
{
	struct board b;
	uint64_t id;

	board_lock(&b, name);
	assert_int_equal(mailbox_begin(b.m), 0);
	assert_int_equal(folder_create(b.m, b.places[PUBLIC_IPM_SUBTREE], name, NULL, &b.folder), 0);
	assert_int_equal(mailbox_commit(b.m), 0);
	if (public_mail_enable(b.d, b.m, b.folder, NULL, 0, &id, &f.why))
		fail_msg("%s", f.why.text);
	board_unlock(&b);
}

static void set_rights(const char *name, uint64_t member, uint32_t rights)
{
	struct board b;

	board_lock(&b, name);
	allow(&b, member, rights);
	board_unlock(&b);
}

static size_t on(const char *name)
{
	struct board b;
	uint64_t id = 0;
	size_t n = 0;

	board_lock(&b, name);
	assert_int_not_equal(b.folder, 0);
	while (!message_next(b.m, b.folder, false, false, id, &id) && id)
		n++;
	board_unlock(&b);
	return n;
}

static void folder_set_of(const char *attribute, const char *value)
{
	fixture_set(&f, "MailPublicFolder", "board", attribute, value);
}

static void begins(void **state)
{
	transport_begins(state);
	make("Board");
	make("News");
}

static int clean(void **state)
{
	(void)state;
	delete_all("alice", MAILBOX_INBOX);
	delete_all("bob", MAILBOX_INBOX);
	fixture_logon(&f, LOGON, "alice");
	return 0;
}

/* Delivery --------------------------------------------------------------------------------------------------------------------- */

static void mail_comes_into_the_folder(void **state)
{
	struct board b;
	struct bag p;
	uint64_t id = 0;

	(void)state;
	send_to("To the board", "board@contoso.example", "bob@contoso.example");
	assert_int_equal(on("Board"), 1);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 1);
	run();
	assert_int_equal(count_in("alice", MAILBOX_INBOX), 0);
	board_lock(&b, "Board");
	assert_int_equal(message_next(b.m, b.folder, false, false, 0, &id), 0);
	bag_init(&p, &f.arena);
	assert_int_equal(message_props(b.m, id, &p), 0);
	board_unlock(&b);
	assert_string_equal(text_in(&p, PidTagSubject), "To the board");
	assert_string_equal(text_in(&p, PidTagSenderName), "alice");
	assert_string_equal(text_in(&p, PidTagReceivedByName), "Board");
	assert_string_equal(text_in(&p, PidTagReceivedBySmtpAddress), "Board@contoso.example");
	assert_true(bag_bool(&p, tag_id(PidTagMessageToMe), false));
	assert_int_equal(queued(), 0);
}

/* As Outlook names whom it has of the address book: by its DN. */
static void by_its_entry_in_the_address_book(void **state)
{
	const struct directory_object *o;
	struct directory *d = NULL;
	struct property_set board = { .n = 0 };
	struct person p = { .display_name = "Board", .alias = "Board", .smtp = "" };
	size_t before = on("Board");
	struct message_part *part;

	(void)state;
	if (host_directory(f.host, &d, &f.why) || directory_find(d, directory_class("MailPublicFolder"), "board", &f.arena, &o, &f.why))
		fail_msg("%s", f.why.text);
	host_directory_return(f.host, d);
	p.legacy_dn = directory_text(o, "LegacyExchangeDN");
	assert_int_equal(person_put(&board, &person_sender, &p), 0);
	draft("By its entry", "bob@contoso.example", NULL);
	(void)fixture_lock(&f, LOGON);
	assert_int_equal(message_object_change(message_object_of(fixture_object(&f, MESSAGE)), true, &part), 0);
	assert_int_equal(transport_add_recipient(part, 1, &board, &person_sender), 0);
	fixture_unlock(&f, LOGON);
	property_set_free(&board);
	submit(MESSAGE);
	release(MESSAGE);
	run();
	assert_int_equal(on("Board"), before + 1);
}

/* Two of the same store are two recipients; one that is meant twice is one. */
static void two_folders_have_it_both(void **state)
{
	size_t board = on("Board"), news = on("News");

	(void)state;
	send_to("To both", "board@contoso.example", "news@contoso.example");
	assert_int_equal(on("Board"), board + 1);
	assert_int_equal(on("News"), news + 1);
	send_to("To one", "board@contoso.example", "BOARD@contoso.example");
	assert_int_equal(on("Board"), board + 2);
}

static void a_folder_is_a_member_of_groups(void **state)
{
	static const char *const all[][2] = { { "IncludedRecipients", "AllRecipients" }, { "RecipientTypeDetails", "DynamicDistributionGroup" } };
	static const char *const contacts[][2] = { { "IncludedRecipients", "MailContacts" }, { "RecipientTypeDetails", "DynamicDistributionGroup" } };
	size_t before = on("Board");

	(void)state;
	fixture_group(&f, "readers", (const char *const[]){ "bob", "board" }, 2);
	send_to("To the readers", "readers@contoso.example", NULL);
	assert_int_equal(on("Board"), before + 1);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 1);
	fixture_recipient(&f, "DynamicDistributionGroup", "everything", "everything@contoso.example", all, 2);
	fixture_recipient(&f, "DynamicDistributionGroup", "outsiders", "outsiders@contoso.example", contacts, 2);
	send_to("To everything", "everything@contoso.example", NULL);
	assert_int_equal(on("Board"), before + 2);
	send_to("To contacts", "outsiders@contoso.example", NULL);
	assert_int_equal(on("Board"), before + 2);
}

/* [MS-OXORULE] 3.2.5.1: rules of a public folder are run for what comes into it. */
static void rules_of_the_folder_are_run(void **state)
{
	/* One action: OP_DELETE. */
	static const uint8_t actions[] = { 1, 0, 9, 0, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0 };
	size_t before = on("Board"), news = on("News");
	struct board b;
	struct bag p;
	uint64_t id = 0;

	(void)state;
	bag_init(&p, &f.arena);
	assert_int_equal(bag_set_u32(&p, PidTagRuleState, RULE_ENABLED), 0);
	assert_int_equal(bag_set_text(&p, PidTagRuleProvider, "RuleOrganizer"), 0);
	assert_int_equal(bag_set_bytes(&p, PidTagRuleActions, bytes_of(actions, sizeof actions)), 0);
	board_lock(&b, "Board");
	assert_int_equal(mailbox_begin(b.m), 0);
	assert_int_equal(rule_add(b.m, b.folder, &p, &id), 0);
	assert_int_equal(mailbox_commit(b.m), 0);
	board_unlock(&b);
	send_to("Not for long", "board@contoso.example", "news@contoso.example");
	assert_int_equal(on("Board"), before);
	assert_int_equal(on("News"), news + 1);
	board_lock(&b, "Board");
	assert_int_equal(mailbox_begin(b.m), 0);
	assert_int_equal(rule_clear(b.m, b.folder), 0);
	assert_int_equal(mailbox_commit(b.m), 0);
	board_unlock(&b);
}

/* An interruption after the message was written, and before the queue knew. */
static void nothing_is_delivered_twice(void **state)
{
	struct queue_item item = { .state = QUEUE_READY, .since = FIXTURE_NOW, .due = FIXTURE_NOW };
	struct name_map *names = name_map_new();
	size_t before = on("Board");

	(void)state;
	assert_int_equal(transport_random(&item.key), 0);
	set_rights("Board", MEMBER_ANONYMOUS, RIGHT_CREATE);
	for (unsigned i = 0; i < 2; i++) {
		struct message_part *p = NULL;
		uint64_t id = 0;

		assert_int_equal(transport_part_new(f.server.transport, "IPM.Note", "Again", &p), 0);
		add_recipient(p, 1, "board@contoso.example");
		assert_int_equal(queue_put(f.server.transport->queue, &item, p, NULL, names, &id), 0);
		message_part_unref(p);
		run();
	}
	name_map_free(names);
	set_rights("Board", MEMBER_ANONYMOUS, 0);
	assert_int_equal(on("Board"), before + 1);
}

/* Who may ------------------------------------------------------------------------------------------------------------------------ */

static void who_may_not_create_items_hears_of_it(void **state)
{
	struct permission alice = { .rights = RIGHT_CREATE, .name = "alice" };
	struct person who = { .id = 0 };
	size_t before = on("Board");
	uint64_t member = 0;
	struct board b;

	(void)state;
	set_rights("Board", MEMBER_DEFAULT, RIGHT_READ_ANY | RIGHT_VISIBLE);
	send_to("Not to the board", "board@contoso.example", NULL);
	assert_int_equal(on("Board"), before);
	assert_refused("Board@contoso.example", 29, "You may not create items in the public folder. #550 5.7.1");
	/* A right of her own is enough. */
	board_lock(&b, "Board");
	assert_int_equal(person_find(b.d, "alice", &f.arena, &who, &f.why), 0);
	alice.person = who.guid;
	assert_int_equal(mailbox_begin(b.m), 0);
	assert_int_equal(permission_add(b.m, b.folder, &alice, &member), 0);
	assert_int_equal(mailbox_commit(b.m), 0);
	board_unlock(&b);
	send_to("To the board", "board@contoso.example", NULL);
	assert_int_equal(on("Board"), before + 1);
	board_lock(&b, "Board");
	assert_int_equal(mailbox_begin(b.m), 0);
	assert_int_equal(permission_remove(b.m, b.folder, member), 0);
	assert_int_equal(mailbox_commit(b.m), 0);
	allow(&b, MEMBER_DEFAULT, RIGHT_READ_ANY | RIGHT_VISIBLE | RIGHT_CREATE);
	board_unlock(&b);
}

static void strangers_have_the_rights_of_anonymous(void **state)
{
	size_t before = on("Board");

	(void)state;
	from_outside("board@contoso.example");
	assert_int_equal(on("Board"), before);
	set_rights("Board", MEMBER_ANONYMOUS, RIGHT_CREATE);
	from_outside("board@contoso.example");
	assert_int_equal(on("Board"), before + 1);
	folder_set_of("RequireSenderAuthenticationEnabled", "True");
	from_outside("board@contoso.example");
	assert_int_equal(on("Board"), before + 1);
	folder_set_of("RequireSenderAuthenticationEnabled", "False");
	set_rights("Board", MEMBER_ANONYMOUS, 0);
	assert_int_equal(queued(), 0);
}

static void a_folder_refuses_as_groups_do(void **state)
{
	size_t before = on("Board");

	(void)state;
	folder_set_of("RejectMessagesFrom", "alice");
	send_to("Not to the board", "board@contoso.example", NULL);
	assert_refused("Board@contoso.example", 29, "You may not send to the public folder. #550 5.7.1 RESOLVER.RST.NotAuthorized");
	folder_set_of("RejectMessagesFrom", NULL);
	folder_set_of("MaxReceiveSize", "1B");
	send_to("Too large for the board", "board@contoso.example", NULL);
	assert_refused("Board@contoso.example", 7, "larger than the public folder accepts. #550 5.2.3");
	folder_set_of("MaxReceiveSize", "Unlimited");
	assert_int_equal(on("Board"), before);
}

static void limit(const char *name, uint64_t quota, uint64_t item)
{
	struct board b;

	board_lock(&b, name);
	assert_int_equal(mailbox_begin(b.m), 0);
	assert_int_equal(folder_limits_set(b.m, b.folder, &(struct folder_limits){ quota, item }), 0);
	assert_int_equal(mailbox_commit(b.m), 0);
	board_unlock(&b);
}

/* Set-PublicFolder: of the folder itself, whichever way something comes. */
static void a_folder_has_limits_of_its_own(void **state)
{
	struct rop_logon_request logon = { .open_flags = LOGON_OPEN_PUBLIC };
	struct rop_create_message_request r = { .output_handle_index = MESSAGE, .code_page_id = 0x0FFF };
	size_t before = on("Board");
	struct board b;

	(void)state;
	limit("Board", QUOTA_UNLIMITED, 0);
	send_to("Too large for the board", "board@contoso.example", NULL);
	assert_refused("Board@contoso.example", 7, "larger than the recipient accepts");
	limit("Board", 1024, QUOTA_UNLIMITED);
	send_to("No room on the board", "board@contoso.example", NULL);
	assert_refused("Board@contoso.example", 13, "The public folder is full");
	board_lock(&b, "Board");
	r.folder_id = id_from_counter(b.folder);
	board_unlock(&b);
	fixture_use(&f, f.session);
	(void)fixture_ok(&f, ROP_LOGON, LOGON, &logon);
	(void)fixture_ok(&f, ROP_CREATE_MESSAGE, LOGON, &r);
	set_text_of(MESSAGE, PidTagSubject, "Posted");
	assert_int_equal(save_as(MESSAGE, 0x02).return_value, ecQuotaExceeded);
	limit("Board", QUOTA_UNLIMITED, 0);
	assert_int_equal(save_as(MESSAGE, 0x02).return_value, ecTooBig);
	limit("Board", QUOTA_UNLIMITED, 1024 * 1024);
	assert_int_equal(save_as(MESSAGE, 0x02).return_value, 0);
	release(MESSAGE);
	assert_int_equal(on("Board"), before + 1);
	limit("Board", QUOTA_UNLIMITED, QUOTA_UNLIMITED);
}

/* Ends ---------------------------------------------------------------------------------------------------------------------------- */

static bool has_address(const char *address)
{
	const struct directory_object *o;
	struct directory *d = NULL;
	status s = host_directory(f.host, &d, &f.why);

	if (!s)
		s = directory_find(d, directory_class("MailPublicFolder"), address, &f.arena, &o, &f.why);
	host_directory_return(f.host, d);
	return !s;
}

static bool says_its_address(struct board *b, uint64_t folder)
{
	struct bag p;

	bag_init(&p, &f.arena);
	assert_int_equal(folder_props(b->m, folder, &p), 0);
	return bag_find(&p, tag_id(PidTagAddressBookEntryId)) != NULL;
}

/* Wherever it is and whatever it is called; a copy is another folder. */
static void an_address_is_of_one_folder(void **state)
{
	struct board b;
	uint64_t copy = 0, id;

	(void)state;
	board_lock(&b, "News");
	/* [MS-OXCFOLD] 2.2.2.2.1.4: the entry id of the object in the address book. */
	assert_true(says_its_address(&b, b.folder));
	assert_int_equal(public_mail_enable(b.d, b.m, b.folder, NULL, 0, &id, &f.why), ecDuplicateName);
	assert_int_equal(mailbox_begin(b.m), 0);
	assert_int_equal(folder_rename(b.m, b.folder, "Headlines"), 0);
	assert_int_equal(folder_copy(b.m, b.folder, b.places[PUBLIC_IPM_SUBTREE], "Copy", true, &copy), 0);
	assert_int_equal(mailbox_commit(b.m), 0);
	assert_false(says_its_address(&b, copy));
	board_unlock(&b);
	size_t before = on("Headlines");
	send_to("Still here", "news@contoso.example", NULL);
	assert_int_equal(on("Headlines"), before + 1);
	assert_int_equal(on("Copy"), before);
}

static void a_client_deletes_the_folder(void **state)
{
	struct rop_logon_request logon = { .open_flags = LOGON_OPEN_PUBLIC };
	struct rop_delete_folder_request r = { .delete_folder_flags = 0x05 };
	struct session *alice = f.session, *administrator = fixture_session(&f, "Administrator");
	struct board b;

	(void)state;
	make("Gone");
	assert_true(has_address("gone@contoso.example"));
	board_lock(&b, "Gone");
	r.folder_id = id_from_counter(b.folder);
	board_unlock(&b);
	fixture_use(&f, administrator);
	const struct rop_logon_response *l = fixture_ok(&f, ROP_LOGON, 0, &logon);
	fixture_open_folder(&f, 0, l->folder_ids.id[PUBLIC_LOGON_FOLDER_IPM_SUBTREE], 1);
	(void)fixture_ok(&f, ROP_DELETE_FOLDER, 1, &r);
	fixture_use(&f, alice);
	session_close(administrator);
	assert_false(has_address("gone@contoso.example"));
	assert_true(has_address("board@contoso.example"));
	fixture_logon(&f, LOGON, "alice");
	send_to("To nobody", "gone@contoso.example", NULL);
	assert_refused("gone@contoso.example", 1, "There is no such address");
}

/* Its address is left where a crash came between the two databases. */
static void a_folder_that_is_gone_takes_nothing(void **state)
{
	struct board b;

	(void)state;
	make("Lost");
	board_lock(&b, "Lost");
	assert_int_equal(mailbox_begin(b.m), 0);
	assert_int_equal(folder_delete(b.m, b.folder), 0);
	assert_int_equal(mailbox_commit(b.m), 0);
	board_unlock(&b);
	assert_true(has_address("lost@contoso.example"));
	send_to("To the lost", "lost@contoso.example", NULL);
	assert_refused("Lost@contoso.example", 1, "The public folder is gone. #550 5.1.1");
	board_lock(&b, "Board");
	assert_int_equal(public_mail_sweep(b.d, b.m, &f.why), 0);
	board_unlock(&b);
	assert_false(has_address("lost@contoso.example"));
	assert_true(has_address("board@contoso.example"));
}

static void addresses_are_taken_away(void **state)
{
	const struct directory_object *o = NULL;
	struct board b;

	(void)state;
	make("Quiet");
	board_lock(&b, "Quiet");
	assert_int_equal(public_mail_find(b.d, b.m, b.folder, &f.arena, &o, &f.why), 0);
	assert_string_equal(directory_text(o, "PrimarySmtpAddress"), "Quiet@contoso.example");
	assert_int_equal(public_mail_disable(b.d, b.m, o, &f.why), 0);
	assert_int_equal(public_mail_find(b.d, b.m, b.folder, &f.arena, &o, &f.why), ecNotFound);
	assert_false(says_its_address(&b, b.folder));
	board_unlock(&b);
	assert_int_equal(on("Quiet"), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins),
		TEST(mail_comes_into_the_folder),
		TEST(by_its_entry_in_the_address_book),
		TEST(two_folders_have_it_both),
		TEST(a_folder_is_a_member_of_groups),
		TEST(rules_of_the_folder_are_run),
		TEST(nothing_is_delivered_twice),
		TEST(who_may_not_create_items_hears_of_it),
		TEST(strangers_have_the_rights_of_anonymous),
		TEST(a_folder_refuses_as_groups_do),
		TEST(a_folder_has_limits_of_its_own),
		TEST(an_address_is_of_one_folder),
		TEST(a_client_deletes_the_folder),
		TEST(a_folder_that_is_gone_takes_nothing),
		TEST(addresses_are_taken_away),
		cmocka_unit_test(transport_ends),
	};

	return FIXTURE_RUN(&f, tests);
}
