#include "client/address_own.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/crc32.h"
#include "base/map.h"
#include "client/address_book.h"
#include "client/address_file.h"
#include "client/mail_list.h"
#include "mapi/propset.h"
#include "store/folder.h"
#include "store/message.h"

#define PEOPLE_MOST  20000u
#define STATE_RANGES 100000u
#define STATE_MOST   ((size_t)8 << 20)
#define KEPT_MOST    ((size_t)64 << 20)

struct own {
	struct cache *cache;
	struct mailbox *mailbox;
	struct arena kept, scratch;
	struct map known; /* folded address: the place in v, + 1 */
	struct address_entry *v;
	size_t n;
	unsigned depth; /* of messages within messages */
};

/* Somebody, once: the newest name holds, unless it says no more than the address. */
static status add(struct own *o, const struct address_entry *e)
{
	CLEANUP_BUF struct buf key = BUF_MAX(4096);
	struct address_entry c;
	const uint64_t *at;
	status s;

	if (!address_entry_clean(e, &o->scratch, &c) || o->n == PEOPLE_MOST)
		return ecNone;
	address_fold(c.address, &key);
	at = map_get(&o->known, buf_bytes(&key));
	if (at) {
		struct address_entry *old = &o->v[*at - 1];

		old->weight += c.weight;
		if (strcmp(old->name, old->address) == 0 && strcmp(c.name, c.address) != 0)
			old->name = arena_strdup(&o->kept, c.name);
		return old->name ? ecNone : ecMemory;
	}
	s = map_put(&o->known, buf_bytes(&key), o->n + 1);
	if (!s && !address_entry_clean(&c, &o->kept, &o->v[o->n]))
		s = ecMemory;
	o->n += !s;
	return s;
}

static const char *text_of(const struct bag *b, uint32_t tag, struct own *o)
{
	const char *text = bag_text(b, tag_id(tag), 1252, &o->scratch);

	return text ? text : "";
}

/* Contacts ------------------------------------------------------------------------------------------------------------ */

/* PidLidEmail1EmailAddress and its like [MS-OXOCNTC] 2.2.1.2. */
static const uint32_t email_lids[] = { 0x8083, 0x8093, 0x80A3 };

static const char *named_text(struct own *o, const struct bag *b, uint32_t lid)
{
	struct prop_name name = { .set = PSETID_Address, .lid = lid };
	uint16_t id = name_map_id(mailbox_names(o->mailbox), &name);

	return id ? text_of(b, tag_make(id, PT_UNICODE), o) : "";
}

static status add_contact(struct own *o, uint64_t id)
{
	struct address_entry e;
	struct bag b;
	status s;

	bag_init(&b, &o->scratch);
	s = message_props(o->mailbox, id, &b);
	if (s)
		return s == ecNotFound || s == ecCorruptData ? ecNone : s;
	address_entry_init(&e);
	e.source = ADDRESS_CONTACT;
	e.name = text_of(&b, PidTagDisplayName, o);
	e.alias = text_of(&b, PidTagNickname, o);
	e.given = text_of(&b, PidTagGivenName, o);
	e.surname = text_of(&b, PidTagSurname, o);
	e.title = text_of(&b, PidTagTitle, o);
	e.department = text_of(&b, PidTagDepartmentName, o);
	e.office = text_of(&b, PidTagOfficeLocation, o);
	e.phone = text_of(&b, PidTagBusinessTelephoneNumber, o);
	if (!*e.name)
		e.name = text_of(&b, PidTagSubject, o);
	for (size_t i = 0; !s && i < sizeof email_lids / sizeof *email_lids; i++) {
		e.address = named_text(o, &b, email_lids[i]);
		/* Of somebody of the organisation, the address of the Internet stands in PidLidEmail1OriginalDisplayName, if anywhere. */
		if (!strchr(e.address, '@'))
			e.address = named_text(o, &b, email_lids[i] + 1);
		s = add(o, &e);
	}
	return s;
}

static status add_contacts(struct own *o, uint64_t folder)
{
	uint64_t id = 0;
	status s = ecNone;

	for (unsigned i = 0; !s && i < ADDRESS_OWN_CONTACTS_MOST; i++) {
		s = message_next(o->mailbox, folder, false, false, id, &id);
		if (s || !id)
			break;
		s = add_contact(o, id);
		arena_reset(&o->scratch);
	}
	return s;
}

/* Sent Items ---------------------------------------------------------------------------------------------------------- */

struct own_sink {
	struct item_sink sink;
	struct own *own;
};

static status on_message(struct item_sink *sink, const struct message_event *e)
{
	(void)e;
	((struct own_sink *)sink)->own->depth++;
	return ecNone;
}

static status on_message_end(struct item_sink *sink, struct item_result *result)
{
	((struct own_sink *)sink)->own->depth--;
	result->outcome = OUTCOME_WRITTEN;
	return ecNone;
}

static status on_recipient(struct item_sink *sink, const struct bag *props)
{
	struct own *o = ((struct own_sink *)sink)->own;
	struct address_entry e;

	if (o->depth != 1)
		return ecNone;
	address_entry_init(&e);
	e.source = ADDRESS_WRITTEN;
	e.weight = 1;
	e.name = text_of(props, PidTagDisplayName, o);
	e.address = text_of(props, PidTagSmtpAddress, o);
	if (!*e.address)
		e.address = text_of(props, PidTagEmailAddress, o);
	return add(o, &e);
}

/* Large values are passed over. */
static status pass_over(struct item_sink *sink, const struct prop *p, const struct message_large *where)
{
	(void)sink;
	(void)p;
	(void)where;
	return ecNone;
}

static status add_sent(struct own *o, uint64_t folder, struct reason *why)
{
	static const struct item_sink_ops ops = { .message_begin = on_message, .message_end = on_message_end, .recipient = on_recipient };
	struct mail_query q = { .folder = folder, .limit = ADDRESS_OWN_SENT_MOST };
	struct own_sink sink = { { .ops = &ops }, o };
	struct mail_page page;
	status s = mail_list(o->mailbox, &q, mailbox_clock(o->mailbox), &o->kept, &page, why);

	for (size_t i = 0; !s && i < page.n; i++) {
		struct item_result result = { .outcome = OUTCOME_WRITTEN };

		o->depth = 0;
		s = message_outline(o->mailbox, page.rows[i].id, &sink.sink, pass_over, &result);
		s = s == ecNotFound || s == ecCorruptData ? ecNone : s;
		arena_reset(&o->scratch);
	}
	return s;
}

/* Is it still so? ------------------------------------------------------------------------------------------------------ */

static status add_mark(struct own *o, uint64_t folder, struct buf *mark)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(STATE_RANGES);
	CLEANUP_BUF struct buf bytes = BUF_MAX(STATE_MOST);
	struct folder f;
	status s = cache_state(o->cache, folder, &state);

	if (!s)
		s = sync_state_encode(&state, false, &bytes);
	if (!s)
		s = folder_get(o->mailbox, folder, &o->scratch, &f);
	if (!s)
		buf_printf(mark, "%" PRIx64 ":%" PRIu64 ":%" PRIu64 ":%08x ", folder, f.items, f.size, crc32_pst(0, buf_bytes(&bytes)));
	return s;
}

static status make(struct own *o, const char *path, const char *mark, uint64_t contacts, uint64_t sent, struct reason *why)
{
	CLEANUP_ADDRESS_WRITER struct address_writer w;
	status s = contacts ? add_contacts(o, contacts) : ecNone;

	address_writer_init(&w);
	if (!s && sent)
		s = add_sent(o, sent, why);
	for (size_t i = 0; !s && i < o->n; i++)
		s = address_writer_add(&w, &o->v[i]);
	if (s)
		return reason_set(why, s, "contacts and recipients cannot be read: %s", mailbox_failure(o->mailbox));
	return address_writer_commit(&w, path, mark, why);
}

static bool is_current(const char *path, const char *mark)
{
	struct address_file f;
	bool same;

	if (address_file_open(path, &f, NULL))
		return false;
	same = strcmp(f.mark, mark) == 0;
	address_file_close(&f);
	return same;
}

/* A folder that is not there is 0. */
static status folder_of(struct mailbox *m, enum mailbox_role role, uint64_t *id)
{
	status s = folder_by_role(m, role, id);

	if (s == ecNotFound)
		*id = 0;
	return s == ecNotFound ? ecNone : s;
}

status address_own_update(struct cache *c, const char *folder, bool *changed, struct reason *why)
{
	struct own o = { .cache = c, .mailbox = cache_mailbox(c), .kept = ARENA_BUDGET(KEPT_MOST), .scratch = ARENA_BUDGET(KEPT_MOST) };
	CLEANUP_BUF struct buf mark = BUF_MAX(1024);
	uint64_t contacts = 0, sent = 0;
	char path[4096];
	bool current = false;
	status s = folder_of(o.mailbox, MAILBOX_CONTACTS, &contacts);

	(void)snprintf(path, sizeof path, "%s/%s", folder, ADDRESS_BOOK_OWN);
	map_init(&o.known, PEOPLE_MOST);
	if (!s)
		s = folder_of(o.mailbox, MAILBOX_SENT_ITEMS, &sent);
	if (!s && contacts)
		s = add_mark(&o, contacts, &mark);
	if (!s && sent)
		s = add_mark(&o, sent, &mark);
	if (s)
		s = reason_set(why, s, "the state of the contacts cannot be read");
	else
		current = is_current(path, buf_cstr(&mark));
	if (!s && !current) {
		o.v = arena_array(&o.kept, PEOPLE_MOST, sizeof *o.v);
		s = o.v ? make(&o, path, buf_cstr(&mark), contacts, sent, why) : reason_set(why, ecMemory, "out of memory");
	}
	if (!s && changed)
		*changed = !current;
	map_free(&o.known);
	arena_free(&o.kept);
	arena_free(&o.scratch);
	return s;
}
