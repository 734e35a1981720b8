#include "client/sync_issues.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/folder.h"
#include "store/message.h"

#define LOG_MOST   ((size_t)1 << 20)
#define LINE_MOST  1024u
#define ARENA_MOST ((size_t)8 << 20)
#define KINDS      (ISSUE_NOTE + 1)

struct sync_issues {
	struct cache *cache;
	struct buf log;
	uint64_t counts[KINDS];
	bool cut; /* there was more than the log has room for */
};

static const char *const names[KINDS] = {
	[ISSUE_CONFLICT_MERGED] = "merged",
	[ISSUE_CONFLICT_OURS] = "conflict, kept as it is here",
	[ISSUE_CONFLICT_THEIRS] = "conflict, the server's was taken",
	[ISSUE_LOCAL_FAILURE] = "failed here",
	[ISSUE_SERVER_FAILURE] = "refused by the server",
	[ISSUE_NOTE] = "note",
};

static const char *const folders[KINDS] = {
	[ISSUE_CONFLICT_MERGED] = "Conflicts",
	[ISSUE_CONFLICT_OURS] = "Conflicts",
	[ISSUE_CONFLICT_THEIRS] = "Conflicts",
	[ISSUE_LOCAL_FAILURE] = "Local Failures",
	[ISSUE_SERVER_FAILURE] = "Server Failures",
};

status sync_issues_open(struct cache *c, struct sync_issues **out)
{
	struct sync_issues *i = calloc(1, sizeof *i);

	if (!i)
		return ecMemory;
	i->cache = c;
	buf_init(&i->log, LOG_MOST);
	*out = i;
	return ecNone;
}

void sync_issue(struct sync_issues *i, enum sync_issue kind, uint64_t message, const char *subject, const char *format, ...)
{
	char line[LINE_MOST];
	va_list more;

	va_start(more, format);
	(void)vsnprintf(line, sizeof line, format, more);
	va_end(more);
	i->counts[kind]++;
	if (i->log.n + LINE_MOST * 2 > LOG_MOST) {
		i->cut = true;
		return;
	}
	buf_printf(&i->log, "%s: ", names[kind]);
	if (message)
		buf_printf(&i->log, "\"%s\" (%llx): ", subject ? subject : "", (unsigned long long)message);
	buf_printf(&i->log, "%s\r\n", line);
}

uint64_t sync_issues_count(const struct sync_issues *i, enum sync_issue kind)
{
	return i->counts[kind];
}

bool sync_issues_is_local(struct cache *c, uint64_t folder)
{
	return cache_is_local(c, folder);
}

/* Folders ------------------------------------------------------------------------------------------------------------------------- */

static status ensure(struct cache *c, uint64_t parent, const char *name, uint64_t *id)
{
	struct mailbox *m = cache_mailbox(c);
	status s = folder_by_name(m, parent, name, id);

	if (s == ecNotFound)
		s = folder_create(m, parent, name, NULL, id);
	return s ? s : cache_set_local(c, *id);
}

status sync_issues_folder(struct cache *c, enum sync_issue kind, uint64_t *id)
{
	uint64_t top = 0, issues = 0;
	status s = folder_by_role(cache_mailbox(c), MAILBOX_IPM_SUBTREE, &top);

	if (!s)
		s = ensure(c, top, "Sync Issues", &issues);
	if (!s && folders[kind])
		return ensure(c, issues, folders[kind], id);
	*id = issues;
	return s;
}

status sync_issues_keep(struct sync_issues *i, enum sync_issue kind, uint64_t message)
{
	uint64_t folder = 0, copy = 0;
	status s = sync_issues_folder(i->cache, kind, &folder);

	return s ? s : message_copy(cache_mailbox(i->cache), message, folder, &copy);
}

/* The log ------------------------------------------------------------------------------------------------------------------------- */

static status log_bag(struct sync_issues *i, struct bag *b)
{
	char subject[160];
	uint64_t conflicts = i->counts[ISSUE_CONFLICT_MERGED] + i->counts[ISSUE_CONFLICT_OURS] + i->counts[ISSUE_CONFLICT_THEIRS];
	uint64_t now = mailbox_clock(cache_mailbox(i->cache))->now(mailbox_clock(cache_mailbox(i->cache)));
	status s;

	(void)snprintf(subject, sizeof subject, "Synchronization log: %llu conflicts, %llu failures here, %llu refused by the server", (unsigned long long)conflicts,
		       (unsigned long long)i->counts[ISSUE_LOCAL_FAILURE], (unsigned long long)i->counts[ISSUE_SERVER_FAILURE]);
	if (i->cut)
		buf_printf(&i->log, "... and more than there is room for.\r\n");
	s = bag_set_text(b, PidTagMessageClass, "IPM.Note");
	if (!s)
		s = bag_set_text(b, PidTagSubject, subject);
	if (!s)
		s = bag_set_text(b, PidTagBody, buf_cstr(&i->log));
	if (!s)
		s = bag_set_u64(b, PidTagMessageDeliveryTime, now);
	return s ? s : bag_set_u32(b, PidTagMessageFlags, 0);
}

static status write_log(struct sync_issues *i, uint64_t folder)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct message_options o = { .associated = false };
	struct message_writer *w = NULL;
	struct item_result result = { 0 };
	struct bag b;
	uint64_t id;
	status s;

	bag_init(&b, &arena);
	s = log_bag(i, &b);
	if (!s)
		s = message_writer_new(cache_mailbox(i->cache), folder, &o, &w);
	if (!s)
		s = item_message_begin(message_writer_sink(w), &(struct message_event){ .confidence = 100, .props = &b });
	if (!s)
		s = item_message_end(message_writer_sink(w), &result);
	if (!s)
		s = message_writer_finish(w, &id);
	message_writer_free(w);
	return s;
}

status sync_issues_close(struct sync_issues *i)
{
	uint64_t folder = 0;
	status s = ecNone;

	if (i->log.n) {
		s = cache_apply_begin(i->cache);
		if (!s)
			s = sync_issues_folder(i->cache, ISSUE_NOTE, &folder);
		if (!s)
			s = write_log(i, folder);
		s = cache_apply_end(i->cache, s);
	}
	buf_free(&i->log);
	free(i);
	return s;
}
