/* store/folder: the tree, names, counters, properties, on both engines. */
#include "mailboxes.h"

#include "base/utf16.h"

static struct mailbox *begin(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, "folder");

	mailbox_ok(m, mailbox_begin(m));
	return m;
}

static void end(enum sql_engine e, struct mailbox *m)
{
	mailbox_close(m);
	engine_drop(e, "folder");
}

static uint64_t make(struct mailbox *m, uint64_t parent, const char *name)
{
	uint64_t id = 0;

	mailbox_ok(m, folder_create(m, parent, name, NULL, &id));
	return id;
}

static void assert_path(struct mailbox *m, const char *path, uint64_t expected)
{
	uint64_t id = 0;

	mailbox_ok(m, folder_by_path(m, path, &id));
	assert_int_equal(id, expected);
}

/* Every mailbox has them, each once, in one tree. */
static void special_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = begin(e);
	uint64_t id = 0;
	unsigned n = 0;

	for (enum mailbox_role role = MAILBOX_ROOT; role < MAILBOX_ROLES; role++) {
		struct folder f = look_at_folder(m, role_folder(m, role), &arena);

		assert_int_equal(f.role, role);
		assert_false(f.touched);
		assert_int_equal(f.created, TEST_NOW);
	}
	do {
		mailbox_ok(m, folder_next(m, id, &id));
		n += id != 0;
	} while (id);
	assert_int_equal(n, MAILBOX_ROLES - 1);
	assert_int_equal(look_at_folder(m, role_folder(m, MAILBOX_INBOX), &arena).parent, role_folder(m, MAILBOX_IPM_SUBTREE));
	assert_string_equal(look_at_folder(m, role_folder(m, MAILBOX_CALENDAR), &arena).class_name, "IPF.Appointment");
	assert_path(m, "", role_folder(m, MAILBOX_IPM_SUBTREE));
	assert_path(m, "/inbox", role_folder(m, MAILBOX_INBOX));
	assert_int_equal(folder_by_role(m, MAILBOX_PLAIN, &id), ecNotFound);
	end(e, m);
}

static void special_folders(void **state)
{
	(void)state;
	on_each_engine(special_on);
}

static void names_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = begin(e);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), a = make(m, inbox, "Ärger/Ruhe"), b, id = 0;
	char longest[FOLDER_NAME_MAX + 2];

	assert_path(m, "INBOX/Ärger\\/ruhe", a);
	assert_int_equal(folder_create(m, inbox, "ärger/ruhe", NULL, &id), 0); /* other letters: only ASCII is folded */
	assert_int_equal(folder_create(m, inbox, "ÄRGER/RUHE", NULL, &id), ecDuplicateName);
	assert_int_equal(folder_create(m, inbox, "", NULL, &id), ecInvalidParam);
	memset(longest, 'x', sizeof longest);
	longest[FOLDER_NAME_MAX + 1] = '\0';
	assert_int_equal(folder_create(m, inbox, longest, NULL, &id), ecTooBig);
	longest[FOLDER_NAME_MAX] = '\0';
	b = make(m, inbox, longest);
	assert_int_equal(folder_rename(m, b, "ärger/RUHE"), ecDuplicateName);
	assert_int_equal(folder_rename(m, b, "Ärger/RUHE"), ecDuplicateName);
	assert_int_equal(folder_rename(m, b, "ÄRGER"), 0);
	assert_int_equal(folder_rename(m, b, "Ärger"), 0); /* its own name may change its case */
	assert_string_equal(look_at_folder(m, b, &arena).name, "Ärger");
	assert_int_equal(folder_create(m, 999999, "x", NULL, &id), ecNotFound);
	/* A refusal is no failure of the transaction. */
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(folder_create(m, inbox, "x", NULL, &id), ecInvalidParam);
	assert_non_null(strstr(mailbox_failure(m), "transaction"));
	end(e, m);
}

static void names(void **state)
{
	(void)state;
	on_each_engine(names_on);
}

static void moving_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = begin(e);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), a = make(m, inbox, "a"), b = make(m, a, "b"), c = make(m, b, "c");
	uint64_t cn = look_at_folder(m, a, &arena).cn;

	assert_int_equal(folder_move(m, a, c), ecInvalidParam);
	assert_int_equal(folder_move(m, a, a), ecInvalidParam);
	assert_int_equal(folder_move(m, inbox, a), ecAccessDenied);
	assert_int_equal(folder_move(m, a, 424242), ecNotFound);
	(void)make(m, role_folder(m, MAILBOX_TASKS), "A");
	assert_int_equal(folder_move(m, a, role_folder(m, MAILBOX_TASKS)), ecDuplicateName);
	mailbox_ok(m, folder_move(m, a, role_folder(m, MAILBOX_NOTES)));
	assert_path(m, "Notes/a/b/c", c);
	assert_true(look_at_folder(m, a, &arena).cn > cn);
	assert_int_equal(look_at_folder(m, b, &arena).children, 1);
	/* At once: what the folder was called is not looked for there. */
	mailbox_ok(m, folder_move_as(m, a, role_folder(m, MAILBOX_TASKS), "other"));
	assert_path(m, "Tasks/other/b/c", c);
	assert_int_equal(folder_move_as(m, a, role_folder(m, MAILBOX_TASKS), "A"), ecDuplicateName);
	mailbox_ok(m, folder_move_as(m, a, role_folder(m, MAILBOX_TASKS), "third"));
	assert_path(m, "Tasks/third/b/c", c);
	cn = look_at_folder(m, a, &arena).cn;
	mailbox_ok(m, folder_move_as(m, a, role_folder(m, MAILBOX_TASKS), "third"));
	assert_int_equal(look_at_folder(m, a, &arena).cn, cn);
	end(e, m);
}

static void moving(void **state)
{
	(void)state;
	on_each_engine(moving_on);
}

static void depth_on(enum sql_engine e)
{
	struct mailbox *m = begin(e);
	uint64_t at = role_folder(m, MAILBOX_INBOX);
	status s = ecNone;
	unsigned depth = 0;

	for (; !s && depth < 1000; depth++)
		s = folder_create(m, at, "deeper", NULL, &at);
	assert_int_equal(s, ecTooComplex);
	assert_in_range(depth, FOLDER_DEPTH_MAX - 3, FOLDER_DEPTH_MAX);
	end(e, m);
}

static void too_deep(void **state)
{
	(void)state;
	on_each_engine(depth_on);
}

/* Counters follow what happens, also what is deleted softly. */
static void counters_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = begin(e);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), sent = role_folder(m, MAILBOX_SENT_ITEMS);
	uint64_t a = put_mail(m, inbox, "a"), b = put_mail(m, inbox, "b"), moved = 0;
	uint64_t size = look_at(m, a, &arena).size;
	struct folder f = look_at_folder(m, inbox, &arena);

	assert_int_equal(f.items, 2);
	assert_int_equal(f.unread, 2);
	assert_int_equal(f.size, 2 * size);
	mailbox_ok(m, message_set_read(m, a, true));
	assert_int_equal(look_at_folder(m, inbox, &arena).unread, 1);
	mailbox_ok(m, message_delete(m, b, DELETE_SOFT));
	f = look_at_folder(m, inbox, &arena);
	assert_int_equal(f.items, 1);
	assert_int_equal(f.unread, 0);
	assert_int_equal(f.deleted_items, 1);
	assert_int_equal(f.deleted_size, size);
	mailbox_ok(m, message_restore(m, b, 0));
	mailbox_ok(m, message_move(m, b, sent, &moved));
	assert_int_equal(look_at_folder(m, inbox, &arena).items, 1);
	assert_int_equal(look_at_folder(m, sent, &arena).unread, 1);
	mailbox_ok(m, message_copy(m, moved, inbox, &b));
	mailbox_ok(m, message_delete(m, moved, DELETE_HARD));
	f = look_at_folder(m, sent, &arena);
	assert_int_equal(f.items + f.unread + f.size + f.deleted_items, 0);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_close(m);
	m = open_mailbox(e, "folder");
	assert_int_equal(look_at_folder(m, inbox, &arena).items, 2);
	/* What is rolled back was not counted. */
	mailbox_ok(m, mailbox_begin(m));
	(void)put_mail(m, inbox, "c");
	assert_int_equal(look_at_folder(m, inbox, &arena).items, 3);
	mailbox_rollback(m);
	assert_int_equal(look_at_folder(m, inbox, &arena).items, 2);
	end(e, m);
}

static void counters(void **state)
{
	(void)state;
	on_each_engine(counters_on);
}

static void properties_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(4 << 20);
	static uint8_t big[200000];
	const uint16_t gone[] = { tag_id(PidTagComment) };
	struct mailbox *m = begin(e);
	uint64_t id = make(m, role_folder(m, MAILBOX_INBOX), "a"), cn = look_at_folder(m, id, &arena).cn;
	struct prop_name name = { .lid = 0x8503 };
	uint16_t named = 0;
	struct bag set, got;

	bag_init(&set, &arena);
	bag_init(&got, &arena);
	mailbox_ok(m, mailbox_name_id(m, &name, &named));
	assert_int_equal(bag_set_text(&set, PidTagComment, "remark"), 0);
	assert_int_equal(bag_set_text(&set, PidTagDisplayName, "b"), 0);
	assert_int_equal(bag_set_text(&set, PidTagContainerClass, "IPF.Contact"), 0);
	assert_int_equal(bag_set_bytes(&set, 0x36DA0102, bytes_of(big, sizeof big)), 0);
	assert_int_equal(bag_set_u32(&set, tag_make(named, PT_LONG), 77), 0);
	mailbox_ok(m, folder_set(m, id, &set, NULL, 0));
	mailbox_ok(m, mailbox_commit(m));
	mailbox_close(m);
	m = open_mailbox(e, "folder");
	mailbox_ok(m, folder_props(m, id, &got));
	assert_string_equal(bag_text(&got, tag_id(PidTagDisplayName), 1252, &arena), "b");
	assert_string_equal(bag_text(&got, tag_id(PidTagContainerClass), 1252, &arena), "IPF.Contact");
	assert_string_equal(look_at_folder(m, id, &arena).class_name, "IPF.Contact");
	assert_int_equal(bag_bytes(&got, 0x36DA).n, sizeof big);
	assert_int_equal(bag_u32(&got, named, 0), 77);
	assert_true(look_at_folder(m, id, &arena).cn > cn);
	mailbox_ok(m, mailbox_begin(m));
	bag_init(&set, &arena);
	mailbox_ok(m, folder_set(m, id, &set, gone, 1));
	bag_init(&got, &arena);
	mailbox_ok(m, folder_props(m, id, &got));
	assert_null(bag_find(&got, tag_id(PidTagComment)));
	assert_int_equal(bag_bytes(&got, 0x36DA).n, sizeof big);
	end(e, m);
}

static void properties(void **state)
{
	(void)state;
	on_each_engine(properties_on);
}

static void copying_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = begin(e);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), a = make(m, inbox, "a"), b = make(m, a, "b"), copy = 0, id = 0;

	(void)put_mail(m, a, "one");
	(void)put_mail(m, b, "two");
	mailbox_ok(m, folder_copy(m, a, role_folder(m, MAILBOX_NOTES), "copy", true, &copy));
	mailbox_ok(m, folder_by_path(m, "Notes/copy/b", &id));
	assert_int_equal(look_at_folder(m, copy, &arena).items, 1);
	assert_int_equal(look_at_folder(m, id, &arena).items, 1);
	assert_int_equal(folder_copy(m, a, b, NULL, true, &id), ecInvalidParam);
	mailbox_ok(m, folder_copy(m, a, b, NULL, false, &id));
	assert_int_equal(look_at_folder(m, id, &arena).children, 0);
	/* Gone with everything below it, and only that. */
	assert_int_equal(folder_delete(m, inbox), ecAccessDenied);
	mailbox_ok(m, folder_delete(m, a));
	assert_int_equal(folder_get(m, b, &arena, &(struct folder){ .id = 0 }), ecNotFound);
	assert_int_equal(look_at_folder(m, copy, &arena).items, 1);
	mailbox_ok(m, mailbox_commit(m));
	end(e, m);
}

static void copying_and_deleting(void **state)
{
	(void)state;
	on_each_engine(copying_on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(special_folders), cmocka_unit_test(names),	 cmocka_unit_test(moving),
		cmocka_unit_test(too_deep),	   cmocka_unit_test(counters),	 cmocka_unit_test(properties),
		cmocka_unit_test(copying_and_deleting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
