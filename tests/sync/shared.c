/*
 * Somebody else's mailbox and the public folders: a computer of alice's, and one on which bob has what he may see of hers.  What he may do comes to her, what he may
 * not comes back to him as she has it, and what he made of it is kept; wherever the connection breaks.
 */
#include "support.h"

#include <signal.h>
#include <stdio.h>

#include "client/sync_issues.h"
#include "device.h"
#include "relay.h"
#include "steps.h"
#include "torture.h"

#define TELL_MOST    ((size_t)1 << 20)
#define SETTLE_MOST  4u
#define CUTS_SAMPLED (SANITIZED ? 2u : 6u)
enum { ALICE, BOB };

static const char *const people[] = { "alice", "bob", NULL };
static struct served served;
static struct relay *relay;
static struct device alice, bob; /* both of alice's mailbox */
static char scene[20]; /* its name */
static unsigned scenes;

static void well(struct device *d, status s, const char *what)
{
	if (s)
		fail_msg("%s: %s: 0x%x: %s", d->profile.name, what, s, d->why.text);
}

static void sync_well(struct device *d, const char *what)
{
	well(d, device_sync(d), what);
}

static uint64_t scene_of(struct device *d)
{
	uint64_t id = 0;

	well(d, device_open(d), "open");
	return folder_by_path(cache_mailbox(d->cache), scene, &id) ? 0 : id;
}

static void act(struct device *d, const char *steps)
{
	uint64_t id = scene_of(d);

	assert_int_not_equal(id, 0);
	well(d, steps_do(cache_mailbox(d->cache), id, steps, &d->why), steps);
}

static void administer(const char *command)
{
	device_close(&alice);
	device_close(&bob);
	assert_int_equal(served_stop(&served, SIGTERM), 0);
	if (served_shell(&served, command, NULL) || served_start(&served, NULL))
		fail_msg("%s: %s", command, served.why.text);
}

static void tell(struct device *d, bool ids, struct buf *out)
{
	well(d, device_tell(d, scene_of(d), ids, out), "tell");
}

static void assert_same(const char *what, struct buf *a, struct buf *b)
{
	CLEANUP_BUF struct buf d = BUF_MAX(TELL_MOST);

	device_difference(buf_cstr(a), buf_cstr(b), &d);
	if (d.n)
		fail_msg("%s:\n%.2000s", what, buf_cstr(&d));
}

static void settle(void)
{
	for (unsigned i = 0; i < SETTLE_MOST; i++) {
		sync_well(&bob, "settling");
		sync_well(&alice, "settling");
	}
}

static void assert_equal(const char *what)
{
	CLEANUP_BUF struct buf a = BUF_MAX(TELL_MOST), b = BUF_MAX(TELL_MOST);

	tell(&alice, true, &a);
	tell(&bob, true, &b);
	assert_same(what, &a, &b);
}

static void make_scene(struct device *d)
{
	uint64_t top = 0, id = 0;

	well(d, device_open(d), "open");
	struct mailbox *m = cache_mailbox(d->cache);
	(void)snprintf(scene, sizeof scene, "Scene%u", ++scenes);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(folder_by_role(m, MAILBOX_IPM_SUBTREE, &top), 0);
	assert_int_equal(folder_create(m, top, scene, NULL, &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
}

/* Add, Set or, without a role, Remove. */
static void permit(const char *verb, const char *folder, const char *role)
{
	char command[300];

	(void)snprintf(command, sizeof command, "%s-MailboxFolderPermission alice:\\%s -User bob %s%s | Out-Null", verb, folder, role ? "-AccessRights " : "-Confirm:$false",
		       role ? role : "");
	administer(command);
}

/* A new scene, in which bob has this role. */
static void begin_scene(const char *role, const char *before)
{
	char name[20];

	make_scene(&alice);
	sync_well(&alice, "the scene");
	permit("Add", scene, role);
	act(&alice, before);
	sync_well(&alice, "the beginning");
	device_close(&bob);
	(void)snprintf(name, sizeof name, "bob%u", scenes);
	device_init(&bob, &served, arena_strdup(&served.arena, name), BOB, relay_port(relay));
	device_of_store(&bob, REMOTE_OTHER, ALICE);
	sync_well(&bob, "the beginning");
	assert_equal("what may be seen");
}

/* What is in Server Failures. */
static void kept(struct device *d, struct buf *out)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TELL_MOST);
	uint64_t folder = 0, id = 0;

	well(d, device_open(d), "open");
	struct mailbox *m = cache_mailbox(d->cache);
	if (folder_by_path(m, "Sync Issues/Server Failures", &folder))
		return;
	while (!message_next(m, folder, false, false, id, &id) && id) {
		struct message_info i;
		struct prop body;

		well(d, message_info(m, id, &arena, &i), "a copy");
		well(d, message_value(m, id, tag_id(PidTagBody), &arena, &body), "its text");
		buf_printf(out, "%s | flag %u | %s\n", i.subject, i.flag_status, prop_text(&body, 1252, &arena));
	}
}

/* An editor ----------------------------------------------------------------------------------------------------------------------- */

static const struct both {
	const char *here, *there; /* bob and alice, not knowing of each other */
	const char *holds, *lacks;
} editing[] = {
	{ "change A mine", "", "| mine", NULL },
	{ "flag A; read A", "important A", "importance 2, flag 2", NULL },
	{ "put E; attach E", "put F", "E |", NULL },
	{ "delete B", "", NULL, "| B |" },
	{ "move B D", "", "/D | B", NULL },
	{ "change B mine", "delete B", "| mine", NULL },
	{ "change C mine", "change C other", "| C", NULL },
	{ "associated X", "", NULL, NULL },
};

/* Who may edit, edits as the owner does. Only what an owner alone may write is refused, and stays here. */
static void test_editor(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof editing / sizeof *editing; i++) {
		CLEANUP_BUF struct buf seen = BUF_MAX(TELL_MOST);
		const struct both *e = &editing[i];

		begin_scene("Editor", "mkdir D; put A; put B; put C");
		act(&bob, e->here);
		if (*e->there)
			act(&alice, e->there);
		sync_well(&alice, "there");
		settle();
		if (!strstr(e->here, "associated"))
			assert_equal(e->here);
		tell(&alice, false, &seen);
		if (e->holds && !strstr(buf_cstr(&seen), e->holds))
			fail_msg("%s: not there: \"%s\"\n%s", e->here, e->holds, buf_cstr(&seen));
		if (e->lacks && strstr(buf_cstr(&seen), e->lacks))
			fail_msg("%s: still there: \"%s\"\n%s", e->here, e->lacks, buf_cstr(&seen));
		if (strstr(e->here, "associated"))
			assert_null(strstr(buf_cstr(&seen), "(associated)"));
	}
}

/* A reviewer ---------------------------------------------------------------------------------------------------------------------- */

#define REVIEWED "mkdir D; mkdir G; mkdir H; mkdir I H; put P I; put Q H; put A; put B; put C; put E; put N; many 5"
#define REFUSED  "change A mine; flag B; delete C; purge E; move N D; delete M1; delete M2; namedir G K; rmdir H"

static void assert_given_back(struct buf *before)
{
	CLEANUP_BUF struct buf now = BUF_MAX(TELL_MOST), failures = BUF_MAX(TELL_MOST);

	settle();
	assert_equal("what may not be changed");
	tell(&bob, true, &now);
	assert_same("not as it was", before, &now);
	kept(&bob, &failures);
	if (!strstr(buf_cstr(&failures), "A | flag 0 | mine") || !strstr(buf_cstr(&failures), "B | flag 2") || !strstr(buf_cstr(&failures), "N | flag 0"))
		fail_msg("what was made of it is not kept:\n%s", buf_cstr(&failures));
	assert_int_equal(bob.counts.pending + bob.counts.server_failures, 0);
}

static void test_reviewer(void **state)
{
	CLEANUP_BUF struct buf before = BUF_MAX(TELL_MOST);
	uint64_t answers, step;

	(void)state;
	begin_scene("Reviewer", REVIEWED);
	tell(&bob, true, &before);
	act(&bob, REFUSED);
	device_close(&bob);
	relay_cut(relay, 0);
	sync_well(&bob, "refused");
	answers = relay_answers(relay);
	assert_true(bob.counts.server_failures >= 7);
	assert_given_back(&before);
	step = torture_all() || answers <= CUTS_SAMPLED ? 1 : answers / CUTS_SAMPLED;
	for (uint64_t at = 1; at <= answers; at += step) {
		act(&bob, REFUSED);
		device_close(&bob);
		relay_cut(relay, at);
		(void)!device_sync(&bob);
		device_close(&bob);
		relay_cut(relay, 0);
		assert_given_back(&before);
	}
}

/* What is new waits: there may be permission one day. */
static void test_new_ones_wait(void **state)
{
	CLEANUP_BUF struct buf seen = BUF_MAX(TELL_MOST);

	(void)state;
	begin_scene("Reviewer", "put A");
	act(&bob, "put E");
	sync_well(&bob, "refused");
	assert_int_equal(bob.counts.pending, 1);
	permit("Set", scene, "Author");
	settle();
	assert_int_equal(bob.counts.pending, 0);
	assert_equal("with permission");
	/* An author may change what they made, and nothing else. */
	act(&bob, "change E mine; change A mine");
	sync_well(&bob, "an author");
	settle();
	assert_equal("an author");
	tell(&alice, false, &seen);
	assert_non_null(strstr(buf_cstr(&seen), "E | IPM.Note | unread | importance 1, flag 0 | mine"));
	assert_null(strstr(buf_cstr(&seen), "A | IPM.Note | unread | importance 1, flag 0 | mine"));
}

/* Taken away ---------------------------------------------------------------------------------------------------------------------- */

static void test_taken_away(void **state)
{
	CLEANUP_BUF struct buf before = BUF_MAX(TELL_MOST), now = BUF_MAX(TELL_MOST);
	uint32_t refused = 0;
	char below[40];

	(void)state;
	begin_scene("Editor", "mkdir D; put A; put B D");
	permit("Add", "Notes", "Reviewer");
	sync_well(&bob, "another folder");
	tell(&bob, true, &before);
	(void)snprintf(below, sizeof below, "%s\\D", scene);
	permit("Remove", scene, NULL);
	permit("Remove", below, NULL);
	sync_well(&bob, "taken away");
	assert_int_equal(bob.counts.folders_deleted, 0);
	tell(&bob, true, &now);
	assert_same("it stays", &before, &now);
	well(&bob, cache_refused(bob.cache, scene_of(&bob), &refused), "refused");
	assert_int_not_equal(refused, 0);
	/* What is done meanwhile waits. */
	act(&bob, "change A mine");
	sync_well(&bob, "meanwhile");
	assert_int_equal(bob.counts.pending, 1);
	act(&alice, "put E; flag A");
	sync_well(&alice, "meanwhile");
	permit("Add", scene, "Editor");
	permit("Add", below, "Editor");
	settle();
	assert_equal("given again");
	well(&bob, cache_refused(bob.cache, scene_of(&bob), &refused), "refused");
	assert_int_equal(refused, 0);
	buf_clear(&now);
	tell(&alice, false, &now);
	if (!strstr(buf_cstr(&now), "flag 2 | mine"))
		fail_msg("both changes:\n%s", buf_cstr(&now));
	permit("Remove", "Notes", NULL);
}

/* A folder within one that may not be seen stands at the top, and nothing of what is above it is known. */
static void test_only_below(void **state)
{
	CLEANUP_BUF struct buf seen = BUF_MAX(TELL_MOST);
	char below[60];

	(void)state;
	device_close(&bob);
	make_scene(&alice);
	act(&alice, "put Hidden; mkdir Closed; mkdir Open Closed; put Seen Open");
	sync_well(&alice, "the scene");
	(void)snprintf(below, sizeof below, "%s\\Closed\\Open", scene);
	permit("Add", below, "Editor");
	device_init(&bob, &served, "below", BOB, served.port);
	device_of_store(&bob, REMOTE_OTHER, ALICE);
	sync_well(&bob, "below");
	well(&bob, device_tell(&bob, 0, false, &seen), "tell");
	assert_non_null(strstr(buf_cstr(&seen), "/Open | Seen |"));
	assert_null(strstr(buf_cstr(&seen), "/Closed"));
	assert_null(strstr(buf_cstr(&seen), scene));
	assert_null(strstr(buf_cstr(&seen), "| Hidden |"));
	/* And later with what is above it. */
	permit("Add", scene, "Editor");
	sync_well(&bob, "all of it");
	buf_clear(&seen);
	well(&bob, device_tell(&bob, 0, false, &seen), "tell");
	assert_non_null(strstr(buf_cstr(&seen), "| Hidden |"));
	assert_non_null(strstr(buf_cstr(&seen), "/Open | Seen |"));
	sync_well(&bob, "again");
	assert_int_equal(bob.counts.folders_new + bob.counts.folders_changed + bob.counts.messages_new + bob.counts.pending, 0);
}

/* Only the store knows whether there is anything that bob may see. */
static void test_no_permission(void **state)
{
	struct device other;

	(void)state;
	device_init(&other, &served, "nothing", ALICE, served.port);
	device_of_store(&other, REMOTE_OTHER, BOB);
	assert_int_not_equal(device_sync(&other), 0);
	assert_non_null(strstr(other.why.text, "cannot be opened"));
	assert_false(cache_exists(other.folder));
	device_close(&other);
}

/* Public folders ------------------------------------------------------------------------------------------------------------------ */

static void test_public_folders(void **state)
{
	CLEANUP_BUF struct buf a = BUF_MAX(TELL_MOST), b = BUF_MAX(TELL_MOST);
	struct device one, two;

	(void)state;
	device_init(&one, &served, "public1", ALICE, served.port);
	device_of_store(&one, REMOTE_PUBLIC, 0);
	device_init(&two, &served, "public2", BOB, served.port);
	device_of_store(&two, REMOTE_PUBLIC, 0);
	sync_well(&one, "public folders");
	make_scene(&one);
	act(&one, "put A; put B");
	sync_well(&one, "a post");
	assert_int_equal(one.counts.pending, 0);
	sync_well(&two, "a post");
	tell(&one, true, &a);
	tell(&two, true, &b);
	assert_same("of the other", &a, &b);
	/* Everybody may post, and change what they posted. */
	act(&two, "put C; change A mine");
	sync_well(&two, "an answer");
	sync_well(&two, "an answer");
	act(&two, "change C mine");
	sync_well(&two, "an answer");
	sync_well(&one, "an answer");
	buf_clear(&a);
	buf_clear(&b);
	tell(&one, true, &a);
	tell(&two, true, &b);
	assert_same("answered", &a, &b);
	buf_clear(&a);
	tell(&one, false, &a);
	assert_non_null(strstr(buf_cstr(&a), "C | IPM.Note | unread | importance 1, flag 0 | mine"));
	assert_null(strstr(buf_cstr(&a), "A | IPM.Note | unread | importance 1, flag 0 | mine"));
	assert_int_equal(one.counts.sent + two.counts.sent, 0);
	device_close(&one);
	device_close(&two);
}

static bool says_read(struct device *d, const char *subject)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct message_info info;
	uint64_t folder = scene_of(d), id = 0;

	well(d, steps_find(cache_mailbox(d->cache), folder, subject, &id), subject);
	well(d, message_info(cache_mailbox(d->cache), id, &arena, &info), subject);
	return info.read;
}

/* What she has read her other computer knows, and nobody else's. */
static void test_read_in_public_folders(void **state)
{
	struct device one, other, his;

	(void)state;
	device_init(&one, &served, "reads1", ALICE, served.port);
	device_of_store(&one, REMOTE_PUBLIC, 0);
	device_init(&other, &served, "reads2", ALICE, served.port);
	device_of_store(&other, REMOTE_PUBLIC, 0);
	device_init(&his, &served, "reads3", BOB, served.port);
	device_of_store(&his, REMOTE_PUBLIC, 0);
	sync_well(&his, "public folders");
	make_scene(&his);
	act(&his, "put P; put Q; unread Q");
	sync_well(&his, "posts");
	sync_well(&one, "posts");
	sync_well(&other, "posts");
	assert_false(says_read(&one, "P") || says_read(&one, "Q"));
	act(&one, "read Q");
	sync_well(&one, "what was read");
	assert_int_equal(one.counts.up_read, 1);
	assert_int_equal(one.counts.pending, 0);
	sync_well(&other, "what was read");
	assert_int_equal(other.counts.read_states, 1);
	assert_true(says_read(&other, "Q") && !says_read(&other, "P"));
	sync_well(&his, "what was read");
	assert_int_equal(his.counts.read_states, 0);
	assert_false(says_read(&his, "Q"));
	/* What somebody changes is unread again for the others. */
	act(&his, "change Q his");
	sync_well(&his, "a change");
	sync_well(&one, "a change");
	assert_false(says_read(&one, "Q"));
	device_close(&one);
	device_close(&other);
	device_close(&his);
}

static int begin(void **state)
{
	struct reason why;

	(void)state;
	if (served_make(&served, people) || served_start(&served, NULL) || relay_start(served.port, &relay, &why)) {
		print_message("# %s\n", served.why.text);
		return 1;
	}
	device_init(&alice, &served, "alice", ALICE, served.port);
	sync_well(&alice, "the first time");
	return 0;
}

static int end(void **state)
{
	(void)state;
	device_close(&alice);
	device_close(&bob);
	relay_stop(relay);
	assert_int_equal(served_stop(&served, SIGTERM), 0);
	served_free(&served);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_permission), cmocka_unit_test(test_editor),	 cmocka_unit_test(test_reviewer),
		cmocka_unit_test(test_new_ones_wait), cmocka_unit_test(test_taken_away), cmocka_unit_test(test_only_below),
		cmocka_unit_test(test_public_folders), cmocka_unit_test(test_read_in_public_folders),
	};

	return cmocka_run_group_tests_name("shared", tests, begin, end);
}
