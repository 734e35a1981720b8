#include "store/backup_manifest.h"

#include "base/reader.h"
#include "store/directory.h"

#include <stdlib.h>
#include <strings.h>

#define TEXT_MAX 4096u

static void put_text(struct buf *b, const char *text)
{
	size_t n = text ? strnlen(text, TEXT_MAX) : 0;

	buf_add_u16(b, (uint16_t)n);
	buf_add(b, text, n);
}

static void put_part(struct buf *b, const struct backup_part *p)
{
	put_text(b, p->file);
	buf_add(b, p->seal.digest.b, sizeof p->seal.digest.b);
	buf_add_u64(b, p->seal.size);
	buf_add_u64(b, p->seal.raw);
	buf_add_u64(b, p->since);
	buf_add_u64(b, p->upto);
	buf_add_u64(b, p->rows);
	buf_add_u64(b, p->messages);
	buf_add_u64(b, p->erased);
}

static void put_entry(struct buf *b, const struct backup_entry *e)
{
	buf_add_u8(b, (uint8_t)(e->directory | e->carried << 1));
	buf_add(b, e->mailbox.b, 16);
	put_text(b, e->name);
	put_text(b, e->address);
	put_text(b, e->database);
	buf_add(b, e->database_guid.b, 16);
	buf_add(b, e->lineage.b, 16);
	buf_add(b, e->tables.b, sizeof e->tables.b);
	buf_add_u64(b, e->taken);
	buf_add_u64(b, e->upto);
	buf_add_u64(b, e->schema);
	buf_add_u64(b, e->folders);
	buf_add_u64(b, e->messages);
	buf_add_u64(b, e->bytes);
	buf_add_u32(b, e->n);
	for (uint32_t i = 0; i < e->n; i++)
		put_part(b, &e->parts[i]);
}

void backup_manifest_encode(const struct backup_manifest *m, struct buf *out)
{
	buf_add_u64(out, m->number);
	buf_add_u64(out, m->parent);
	buf_add(out, m->id.b, 16);
	buf_add(out, m->site.b, 16);
	buf_add_u64(out, m->time);
	put_text(out, m->organization);
	put_text(out, m->location);
	put_text(out, m->version);
	buf_add_u8(out, m->whole);
	buf_add_u32(out, m->n);
	for (uint32_t i = 0; i < m->n; i++)
		put_entry(out, &m->entries[i]);
}

/* The least bytes that a part and an entry have. */
#define PART_LEAST 90
#define ENTRY_LEAST 139

static const char *get_text(struct reader *r, struct arena *arena)
{
	struct bytes b = reader_bytes(r, reader_u16(r));
	const char *text = NULL;

	if (!r->failed && b.n <= TEXT_MAX && !(b.n && memchr(b.p, 0, b.n)))
		text = arena_strndup(arena, b.n ? (const char *)b.p : "", b.n);
	if (!text)
		(void)reader_fail(r);
	return text ? text : "";
}

static void get_bytes(struct reader *r, uint8_t *to, size_t n)
{
	struct bytes b = reader_bytes(r, n);

	if (b.n == n)
		memcpy(to, b.p, n);
}

/* Of names that we make: nothing that leads out of the folder. */
static bool file_good(const char *file)
{
	return strncmp(file, "parts/", 6) == 0 && !strstr(file, "..") && strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789-./") == strlen(file);
}

static void get_part(struct reader *r, struct arena *arena, struct backup_part *p)
{
	p->file = get_text(r, arena);
	get_bytes(r, p->seal.digest.b, sizeof p->seal.digest.b);
	p->seal.size = reader_u64(r);
	p->seal.raw = reader_u64(r);
	p->since = reader_u64(r);
	p->upto = reader_u64(r);
	p->rows = reader_u64(r);
	p->messages = reader_u64(r);
	p->erased = reader_u64(r);
	if (!file_good(p->file))
		(void)reader_fail(r);
}

static void get_entry(struct reader *r, struct arena *arena, struct backup_entry *e)
{
	uint8_t bits = reader_u8(r);

	e->directory = bits & 1;
	e->carried = bits & 2;
	get_bytes(r, e->mailbox.b, 16);
	e->name = get_text(r, arena);
	e->address = get_text(r, arena);
	e->database = get_text(r, arena);
	get_bytes(r, e->database_guid.b, 16);
	get_bytes(r, e->lineage.b, 16);
	get_bytes(r, e->tables.b, sizeof e->tables.b);
	e->taken = reader_u64(r);
	e->upto = reader_u64(r);
	e->schema = reader_u64(r);
	e->folders = reader_u64(r);
	e->messages = reader_u64(r);
	e->bytes = reader_u64(r);
	e->n = reader_u32(r);
	if (bits > 3 || !e->n || e->n > reader_left(r) / PART_LEAST)
		(void)reader_fail(r);
	e->parts = r->failed ? NULL : arena_array(arena, e->n, sizeof *e->parts);
	if (!e->parts)
		(void)reader_fail(r);
	for (uint32_t i = 0; !r->failed && i < e->n; i++) {
		get_part(r, arena, &e->parts[i]);
		/* Each goes on where the one before it ended. */
		if (e->parts[i].since != (i ? e->parts[i - 1].upto : 0))
			(void)reader_fail(r);
	}
}

status backup_manifest_decode(struct bytes data, struct arena *arena, struct backup_manifest *out, struct reason *why)
{
	struct reader r = reader_of(data);
	struct backup_manifest m = { .seal = out->seal };

	m.number = reader_u64(&r);
	m.parent = reader_u64(&r);
	get_bytes(&r, m.id.b, 16);
	get_bytes(&r, m.site.b, 16);
	m.time = reader_u64(&r);
	m.organization = get_text(&r, arena);
	m.location = get_text(&r, arena);
	m.version = get_text(&r, arena);
	m.whole = reader_u8(&r);
	m.n = reader_u32(&r);
	if (!m.number || m.n > reader_left(&r) / ENTRY_LEAST)
		(void)reader_fail(&r);
	m.entries = r.failed ? NULL : arena_array(arena, m.n ? m.n : 1, sizeof *m.entries);
	if (!m.entries)
		(void)reader_fail(&r);
	for (uint32_t i = 0; !r.failed && i < m.n; i++)
		get_entry(&r, arena, &m.entries[i]);
	if (!reader_done(&r))
		return reason_set(why, ecCorruptData, "the list of parts is damaged, or too long to be read");
	*out = m;
	return ecNone;
}

const struct backup_entry *backup_manifest_directory(const struct backup_manifest *m)
{
	for (uint32_t i = 0; i < m->n; i++)
		if (m->entries[i].directory)
			return &m->entries[i];
	return NULL;
}

const struct backup_entry *backup_manifest_mailbox(const struct backup_manifest *m, const struct guid *mailbox)
{
	for (uint32_t i = 0; i < m->n; i++)
		if (!m->entries[i].directory && guid_equal(&m->entries[i].mailbox, mailbox))
			return &m->entries[i];
	return NULL;
}

static bool named_so(const struct backup_entry *e, const char *identity, const struct guid *guid)
{
	size_t alias = strcspn(e->address, "@");

	return (guid && guid_equal(guid, &e->mailbox)) || strcasecmp(e->name, identity) == 0 || strcasecmp(e->address, identity) == 0 ||
	       (alias == strlen(identity) && strncasecmp(e->address, identity, alias) == 0);
}

status backup_manifest_find(const struct backup_manifest *m, const char *identity, const struct backup_entry **out, struct reason *why)
{
	const struct backup_entry *found = NULL;
	struct guid guid;
	bool is_guid = guid_parse(identity, &guid);

	for (uint32_t i = 0; i < m->n; i++) {
		const struct backup_entry *e = &m->entries[i];

		if (e->directory || !named_so(e, identity, is_guid ? &guid : NULL))
			continue;
		if (found)
			return reason_set(why, ecAmbiguousRecip, "the backup has several mailboxes that \"%s\" fits: %s <%s>, %s <%s>", identity,
					  found->name, found->address, e->name, e->address);
		found = e;
	}
	if (!found)
		return reason_set(why, ecNotFound, "the backup has no mailbox \"%s\"; 'postern backup list -v' shows those it has", identity);
	*out = found;
	return ecNone;
}
