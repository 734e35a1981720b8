/* store/receive: the folder for a class of messages. */
#include "steps.h"

#include "store/receive.h"

#define NAME "receive_test"

static void test_classes(void **state)
{
	char text[RECEIVE_CLASS_MAX + 2];

	(void)state;
	assert_true(receive_class_valid(""));
	assert_true(receive_class_valid("IPM.Note"));
	assert_true(receive_class_valid("a b.c~"));
	assert_false(receive_class_valid(".IPM"));
	assert_false(receive_class_valid("IPM."));
	assert_false(receive_class_valid("."));
	assert_false(receive_class_valid("IPM..Note"));
	assert_false(receive_class_valid("IPM\tNote"));
	assert_false(receive_class_valid("IPM.\xC3\xA4"));
	memset(text, 'x', sizeof text);
	text[RECEIVE_CLASS_MAX] = '\0';
	assert_true(receive_class_valid(text));
	text[RECEIVE_CLASS_MAX] = 'x';
	text[RECEIVE_CLASS_MAX + 1] = '\0';
	assert_false(receive_class_valid(text));
}

static void assert_found(struct mailbox *m, const char *class_name, uint64_t folder, const char *as)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct receive_folder f = { .folder = 0 };

	mailbox_ok(m, receive_folder_find(m, class_name, &arena, &f));
	assert_int_equal(f.folder, folder);
	assert_string_equal(f.class_name, as);
	assert_true(f.modified == 0 || f.modified == TEST_NOW);
}

static void set(struct mailbox *m, const char *class_name, uint64_t folder)
{
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, receive_folder_set(m, class_name, folder));
	mailbox_ok(m, mailbox_commit(m));
}

static void finding(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), root = role_folder(m, MAILBOX_ROOT), faxes, notes;

	assert_found(m, "", inbox, "");
	assert_found(m, "IPM.Note.Fax", inbox, "IPM");
	assert_found(m, "ipm", inbox, "IPM");
	assert_found(m, "IPMX.Note", inbox, "");
	assert_found(m, "REPORT.IPM.Note.NDR", inbox, "REPORT.IPM");
	assert_found(m, "Report.Other", inbox, "");
	assert_found(m, "IPC.Order", root, "IPC");
	faxes = new_folder(m, inbox, "Faxes");
	notes = new_folder(m, inbox, "Notes");
	set(m, "IPM.Note.Fax", faxes);
	set(m, "IPM.Note", notes);
	set(m, "ipc", notes);
	assert_found(m, "ipm.note.FAX.Colour", faxes, "IPM.Note.Fax");
	assert_found(m, "IPM.Note.Fa", notes, "IPM.Note");
	assert_found(m, "IPM.NoteX", inbox, "IPM");
	assert_found(m, "IPC.Order", notes, "ipc");
	set(m, "IPM.NOTE.Fax", notes);
	assert_found(m, "IPM.Note.Fax", notes, "IPM.NOTE.Fax");
	set(m, "IPM.Note.Fax", 0);
	set(m, "IPM.Note.Fax", 0);
	set(m, "IPC", 0);
	assert_found(m, "IPM.Note.Fax", notes, "IPM.Note");
	assert_found(m, "IPC", root, "IPC");
	set(m, "", faxes);
	assert_found(m, "", faxes, "");
	assert_found(m, "Other", faxes, "");
	/* A folder that goes is a receive folder no more. */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_delete(m, faxes));
	mailbox_ok(m, folder_delete(m, notes));
	mailbox_ok(m, mailbox_commit(m));
	assert_found(m, "Other", inbox, "");
	assert_found(m, "IPM.Note.Fax", inbox, "IPM");
	mailbox_close(m);
}

static void refusals(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct receive_folder f = { .folder = 7 };

	mailbox_refused(m, receive_folder_set(m, "IPM.Note", inbox), ecInvalidParam);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_refused(m, receive_folder_set(m, "IPM..Note", inbox), ecInvalidParam);
	mailbox_refused(m, receive_folder_set(m, "ipm", inbox), ecAccessDenied);
	mailbox_refused(m, receive_folder_set(m, "Report.IPM", 0), ecAccessDenied);
	mailbox_refused(m, receive_folder_set(m, "", 0), ecError);
	mailbox_refused(m, receive_folder_set(m, "IPM.Note", 999999), ecNotFound);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_refused(m, receive_folder_find(m, "IPM.", &arena, &f), ecInvalidParam);
	assert_int_equal(f.folder, 7);
	assert_found(m, "IPM.Note", inbox, "IPM");
	mailbox_close(m);
}

static void listing(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), drafts = role_folder(m, MAILBOX_DRAFTS);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	static const char *const classes[] = { "", "ipc", "IPM", "IPM.Note", "REPORT.IPM" };
	struct receive_folder *v = NULL;
	size_t n = 0;

	set(m, "IPM.Note", drafts);
	set(m, "ipc", drafts);
	mailbox_ok(m, receive_folder_list(m, &arena, &v, &n));
	assert_int_equal(n, 5);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(v[i].class_name, classes[i]);
		assert_int_equal(v[i].folder, i == 1 || i == 3 ? drafts : inbox);
		assert_int_equal(v[i].modified, i == 1 || i == 3 ? TEST_NOW : 0);
	}
	mailbox_close(m);
}

static void limit(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t drafts = role_folder(m, MAILBOX_DRAFTS);
	char text[32];

	mailbox_ok(m, mailbox_begin(m));
	for (unsigned i = 0; i < RECEIVE_FOLDERS_MAX; i++) {
		(void)snprintf(text, sizeof text, "IPM.Note.N%u", i);
		mailbox_ok(m, receive_folder_set(m, text, drafts));
	}
	mailbox_refused(m, receive_folder_set(m, "IPM.More", drafts), ecTooBig);
	mailbox_ok(m, receive_folder_set(m, text, role_folder(m, MAILBOX_INBOX)));
	mailbox_ok(m, mailbox_commit(m));
	mailbox_close(m);
}

ON_EACH(finding)
ON_EACH(refusals)
ON_EACH(listing)
ON_EACH(limit)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes), cmocka_unit_test(test_finding), cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_listing), cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
