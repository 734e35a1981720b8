#include "device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client/sync_issues.h"
#include "mapi/fingerprint.h"
#include "store/folder.h"
#include "store/message.h"

#define DEPTH_MOST 8u
#define ARENA_MOST ((size_t)64 << 20)
#define BODY_SHOWN 60

void device_init(struct device *d, const struct served *s, const char *name, unsigned person,
		 uint16_t port)
{
	char none[300];

	*d = (struct device){ .served = s, .person = s->people[person], .dn = s->dn[person], .store_dn = s->dn[person], .clock = &clock_system };
	(void)snprintf(d->folder, sizeof d->folder, "%s/%s", s->folder, name);
	(void)mkdir(d->folder, 0700);
	/* Only the site's own authority is to be believed: reading all those of the system costs more than a run that moves nothing. */
	(void)snprintf(none, sizeof none, "%s/no-roots", s->folder);
	(void)mkdir(none, 0700);
	(void)setenv("SSL_CERT_DIR", none, 1);
	(void)snprintf(d->url, sizeof d->url, "https://localhost:%u/mapi/emsmdb/", port);
	(void)snprintf(d->roots, sizeof d->roots, "%s/site/tls/authority.pem", s->folder);
	d->profile = (struct profile){ .name = name,
				       .address = d->person,
				       .user = d->person,
				       .display_name = d->person,
				       .mailbox_dn = d->dn,
				       .server_dn = "",
				       .mail_url = d->url,
				       .book_url = "",
				       .oab_url = "",
				       .autodiscover_url = "",
				       .roots_file = d->roots,
				       .password_command = "",
				       .download = PROFILE_FULL,
				       .cached = true,
				       .encrypt = true };
}

void device_of_store(struct device *d, enum remote_store kind, unsigned owner)
{
	d->kind = kind;
	d->store_dn = d->profile.mailbox_dn = kind == REMOTE_PUBLIC ? "" : d->served->dn[owner];
}

static status connect_to(struct device *d)
{
	struct session_options o = { .url = d->url,
				     .user = d->person,
				     .password = SERVED_PASSWORD,
				     .user_dn = d->dn,
				     .roots_file = d->roots,
				     .cached = true,
				     .encrypt = true };
	status s = ecNone;

	if (d->remote && session_failure(d->session) == SESSION_FINE)
		return ecNone;
	remote_close(d->remote);
	d->remote = NULL;
	if (!d->session)
		s = session_new(&o, &d->session, &d->why);
	return s ? s : remote_open_store(d->session, d->kind, d->store_dn, &d->remote, &d->why);
}

status device_open(struct device *d)
{
	return d->cache ? ecNone : cache_open(d->folder, &clock_system, 5000, &d->cache, &d->why);
}

status device_sync(struct device *d)
{
	struct sync_options o = { .profile = &d->profile, .clock = d->clock, .link = &d->link, .hurry = d->hurry, .at_once_max = d->at_once, .canceled = d->canceled, .context = d->context };
	status s = connect_to(d);

	if (!s && !d->cache && !cache_exists(d->folder))
		s = sync_make_cache(d->folder, &d->profile, d->remote, &clock_system, &d->cache,
				    &d->why);
	if (!s)
		s = device_open(d);
	d->counts = (struct sync_counts){ 0 };
	return s ? s : sync_run(d->cache, d->remote, &o, &d->counts, &d->why);
}

void device_close(struct device *d)
{
	remote_close(d->remote);
	session_free(d->session);
	cache_close(d->cache);
	d->remote = NULL;
	d->session = NULL;
	d->cache = NULL;
}

/* Telling ------------------------------------------------------------------------------------------------------------------------ */

/* The sum of everything in a message. */
struct summing {
	struct item_sink sink;
	const struct name_map *names;
	struct prop_fingerprint work, large;
	struct fingerprint sum[2 * DEPTH_MOST];
	unsigned depth;
};

/* What a server says in a message by itself when it gets it ([MS-OXCMSG] 3.2.5.2), and the computer that it came from does not have. */
static bool is_the_servers(uint32_t tag)
{
	static const uint32_t says[] = { PidTagMessageSize, PidTagTrustSender,	     PidTagLocalCommitTime, PidTagMessageLocaleId,
					 PidTagLocaleId,    PidTagDisplayTo,	     PidTagDisplayCc,	    PidTagDisplayBcc,
					 PidTagSearchKey,   PidTagCreatorName,	     PidTagCreatorEntryId,  PidTagLastModifierName,
					 PidTagSensitivity, PidTagLastModifierEntryId, PidTagCreationTime,
					 PidTagLastModificationTime, PidTagRowid,	     PidTagAttachNumber };

	for (size_t i = 0; i < sizeof says / sizeof *says; i++)
		if (tag_id(says[i]) == tag_id(tag))
			return true;
	return false;
}

/* That it was read and is unread again is only known where that was done, when the other side never saw it read. */
static void add_flags(struct summing *s, const struct prop *p)
{
	uint8_t bytes[4];
	struct prop flags = *p;

	put_le32(bytes, le32(p->value.p) & ~MSGFLAG_EVER_READ);
	flags.value = bytes_of(bytes, sizeof bytes);
	fingerprint_add(&s->sum[s->depth], prop_fingerprint(&s->work, &flags, s->names, 1252));
}

static void add_bag(struct summing *s, const struct bag *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct prop *p = &b->v[i];

		if (p->tag == PidTagMessageFlags)
			add_flags(s, p);
		else if (!(p->flags & PROP_LARGE) && !is_the_servers(p->tag))
			fingerprint_add(&s->sum[s->depth],
					prop_fingerprint(&s->work, p, s->names, 1252));
	}
}

static status down(struct summing *s, const struct bag *b)
{
	if (++s->depth == 2 * DEPTH_MOST)
		return ecTooComplex;
	s->sum[s->depth] = (struct fingerprint){ 0 };
	add_bag(s, b);
	return ecNone;
}

static void up(struct summing *s, char kind)
{
	struct fingerprint sealed = fingerprint_seal(s->sum[s->depth--], kind);

	fingerprint_add(&s->sum[s->depth], sealed);
}

static status on_message(struct item_sink *sink, const struct message_event *e)
{
	return down((struct summing *)sink, e->props);
}

static status on_message_end(struct item_sink *sink, struct item_result *result)
{
	up((struct summing *)sink, 'm');
	result->outcome = OUTCOME_WRITTEN;
	return ecNone;
}

static status on_recipient(struct item_sink *sink, const struct bag *props)
{
	status s = down((struct summing *)sink, props);

	up((struct summing *)sink, 'r');
	return s;
}

static status on_attachment(struct item_sink *sink, const struct attachment_event *e)
{
	return down((struct summing *)sink, e->props);
}

static status on_attachment_end(struct item_sink *sink)
{
	up((struct summing *)sink, 'a');
	return ecNone;
}

static status on_value(struct item_sink *sink, const struct prop *p)
{
	struct summing *s = (struct summing *)sink;

	prop_fingerprint_begin(&s->large, p, s->names, 1252);
	return ecNone;
}

static status on_chunk(struct item_sink *sink, struct bytes chunk)
{
	prop_fingerprint_chunk(&((struct summing *)sink)->large, chunk);
	return ecNone;
}

static status on_value_end(struct item_sink *sink, bool complete)
{
	struct summing *s = (struct summing *)sink;

	fingerprint_add(&s->sum[s->depth], prop_fingerprint_end(&s->large));
	return complete ? ecNone : ecCorruptData;
}

static const struct item_sink_ops summing_ops = { .message_begin = on_message,
						  .message_end = on_message_end,
						  .recipient = on_recipient,
						  .attachment_begin = on_attachment,
						  .attachment_end = on_attachment_end,
						  .value_begin = on_value,
						  .value_chunk = on_chunk,
						  .value_end = on_value_end };

static status sum_up(struct mailbox *m, uint64_t id, struct fingerprint *out)
{
	struct summing s = { .sink.ops = &summing_ops, .names = mailbox_names(m) };
	struct item_result result = { 0 };
	status st = message_emit(m, id, &s.sink, &result);

	prop_fingerprint_free(&s.work);
	prop_fingerprint_free(&s.large);
	*out = s.sum[0];
	return st;
}

struct telling {
	struct device *d;
	struct mailbox *m;
	struct arena arena;
	bool ids;
	char **lines;
	size_t n, cap;
};

static status add_line(struct telling *t, const char *line)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 256;
		char **more = realloc(t->lines, cap * sizeof *more);

		if (!more)
			return ecMemory;
		t->lines = more;
		t->cap = cap;
	}
	t->lines[t->n] = arena_strdup(&t->arena, line);
	return t->lines[t->n++] ? ecNone : ecMemory;
}

static status tell_message(struct telling *t, const char *path, uint64_t id)
{
	CLEANUP_BUF struct buf line = BUF_MAX(8192);
	struct message_info i;
	struct fingerprint sum = { 0 };
	struct prop body = { 0 };
	status s = message_info(t->m, id, &t->arena, &i);
	const char *text = "";

	if (!s && t->ids)
		s = sum_up(t->m, id, &sum);
	if (!s && !message_value(t->m, id, tag_id(PidTagBody), &t->arena, &body))
		text = prop_text(&body, 1252, &t->arena);
	if (s)
		return s;
	buf_printf(&line, "%s | %s%s | %s | %s | importance %u, flag %u | %.*s", path, i.subject,
		   i.associated ? " (associated)" : "", i.class_name, i.read ? "read" : "unread",
		   i.importance, i.flag_status, BODY_SHOWN, text ? text : "");
	if (t->ids)
		buf_printf(&line, " | %llx of %llu %016llx%016llx", (unsigned long long)id, (unsigned long long)i.modified,
			   (unsigned long long)sum.hi, (unsigned long long)sum.lo);
	return add_line(t, buf_cstr(&line));
}

static status tell_messages(struct telling *t, const char *path, uint64_t folder, bool associated)
{
	uint64_t id = 0;
	status s;

	while (!(s = message_next(t->m, folder, associated, false, id, &id)) && id && !s)
		s = tell_message(t, path, id);
	return s;
}

static status tell_folder(struct telling *t, const char *above, uint64_t id)
{
	struct folder f;
	status s = folder_get(t->m, id, &t->arena, &f);
	uint64_t child = 0;

	if (s || f.is_search || sync_issues_is_local(t->d->cache, id))
		return s;
	const char *path = arena_printf(&t->arena, "%s/%s", above, f.name);
	const char *line =
		!path    ? NULL
		: t->ids ? arena_printf(&t->arena, "%s: %s, %llx, %llu items, %llu unread", path,
					f.class_name, (unsigned long long)id,
					(unsigned long long)f.items, (unsigned long long)f.unread)
			 : arena_printf(&t->arena, "%s: %s", path, f.class_name);
	s = line ? add_line(t, line) : ecMemory;
	if (!s)
		s = tell_messages(t, path, id, false);
	if (!s)
		s = tell_messages(t, path, id, true);
	while (!s && !(s = folder_next_child(t->m, id, child, &child)) && child)
		s = tell_folder(t, path, child);
	return s;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

status device_tell(struct device *d, uint64_t folder, bool ids, struct buf *out)
{
	struct telling t = { .d = d, .ids = ids, .arena = ARENA_BUDGET(ARENA_MOST) };
	status s = device_open(d);

	if (!s) {
		t.m = cache_mailbox(d->cache);
		if (!folder)
			s = folder_by_role(t.m, MAILBOX_IPM_SUBTREE, &folder);
	}
	if (!s)
		s = tell_folder(&t, "", folder);
	if (!s && t.n)
		qsort(t.lines, t.n, sizeof *t.lines, by_text);
	for (size_t i = 0; !s && i < t.n; i++)
		buf_printf(out, "%s\n", t.lines[i]);
	free(t.lines);
	arena_free(&t.arena);
	return s;
}

static void only_in(const char *text, const char *other, char sign, struct buf *out)
{
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, "\n");
		const char *found = other;

		while ((found = memmem(found, strlen(found), at, n)) && !((found == other || found[-1] == '\n') && (found[n] == '\n' || !found[n])))
			found++;
		if (!found)
			buf_printf(out, "%c %.*s\n", sign, (int)n, at);
		at += n + (at[n] == '\n');
	}
}

void device_difference(const char *a, const char *b, struct buf *out)
{
	only_in(a, b, '-', out);
	only_in(b, a, '+', out);
}
