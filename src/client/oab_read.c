/* The file of an offline address book: [MS-OXOAB] 2.9. */
#include <string.h>
#include <strings.h>

#include "base/reader.h"
#include "client/oab.h"
#include "mapi/prop.h"

#define OAB_VERSION   0x20u
#define OAB_NAME      0x6800u
#define COLUMNS_MOST  1024u
#define ENTRY_MOST    ((size_t)4 << 20) /* of memory, while it is read */
#define MAPI_DISTLIST 8u                /* PidTagObjectType [MS-OXOABK] 2.2.3.10 */

struct columns {
	uint32_t n;
	uint32_t *tags;
};

struct oab_reading {
	struct columns header, entries;
	oab_take *take;
	void *context;
	struct reason *why;
};

/* Values (2.9.6) ------------------------------------------------------------------------------------------------------ */

/* A byte up to 127, else 0x80 and how many bytes follow: 1 to 4. */
static uint32_t take_number(struct reader *r)
{
	uint8_t first = reader_u8(r);
	uint32_t v = 0;

	if (first < 0x80)
		return first;
	if (first < 0x81 || first > 0x84)
		return reader_fail(r);
	for (unsigned i = 0; i < first - 0x80u; i++)
		v |= (uint32_t)reader_u8(r) << (8 * i);
	return v;
}

static void pass_bytes(struct reader *r)
{
	(void)reader_bytes(r, take_number(r));
}

static void pass_one(struct reader *r, uint16_t type)
{
	switch (type) {
	case PT_LONG:
		(void)take_number(r);
		break;
	case PT_BOOLEAN:
		(void)reader_u8(r);
		break;
	case PT_STRING8:
	case PT_UNICODE:
		(void)reader_text(r);
		break;
	case PT_BINARY:
		pass_bytes(r);
		break;
	default:
		/* What is behind it in this entry cannot be found any more. */
		(void)reader_fail(r);
	}
}

static void pass_value(struct reader *r, uint32_t tag)
{
	uint32_t n = tag_type(tag) & MV_FLAG ? take_number(r) : 1;

	/* Each takes a byte at least, so a count is no promise that keeps anybody busy. */
	for (uint32_t i = 0; i < n && !r->failed; i++)
		pass_one(r, tag_type(tag) & (uint16_t)~MV_FLAG);
}

/* Entries (2.9.5) ----------------------------------------------------------------------------------------------------- */

static const char **text_of(struct address_entry *e, uint16_t id)
{
	switch (id) {
	case PidTagDisplayName >> 16:
		return &e->name;
	case PidTagSmtpAddress >> 16:
		return &e->address;
	case PidTagAccount >> 16:
		return &e->alias;
	case PidTagGivenName >> 16:
		return &e->given;
	case PidTagSurname >> 16:
		return &e->surname;
	case PidTagTitle >> 16:
		return &e->title;
	case PidTagDepartmentName >> 16:
		return &e->department;
	case PidTagOfficeLocation >> 16:
		return &e->office;
	case PidTagBusinessTelephoneNumber >> 16:
		return &e->phone;
	default:
		return NULL;
	}
}

/* Of "SMTP:a@b", "smtp:c@d", "X500:/o=..." those of the Internet, a line for each. */
static void take_proxies(struct reader *r, struct arena *arena, struct address_entry *e)
{
	CLEANUP_BUF struct buf lines = BUF_MAX(4096);
	uint32_t n = take_number(r);

	for (uint32_t i = 0; i < n && !r->failed; i++) {
		const char *text = reader_text(r);

		if (strncasecmp(text, "smtp:", 5) == 0 && address_is_one(text + 5) && strcasecmp(text + 5, e->address) != 0)
			buf_printf(&lines, "%s%s", lines.n ? "\n" : "", text + 5);
	}
	const char *all = lines.n ? arena_strndup(arena, (const char *)lines.p, lines.n) : NULL;
	e->others = all ? all : "";
}

static void take_value(struct reader *r, uint32_t tag, struct arena *arena, struct address_entry *e)
{
	uint16_t type = tag_type(tag);
	const char **text = type == PT_STRING8 || type == PT_UNICODE ? text_of(e, tag_id(tag)) : NULL;

	if (text)
		*text = reader_text(r);
	else if (tag_id(tag) == tag_id(PidTagAddressBookProxyAddresses) && (type == PT_MV_UNICODE || type == PT_MV_STRING8))
		take_proxies(r, arena, e);
	else if (tag_id(tag) == tag_id(PidTagObjectType) && type == PT_LONG)
		e->group = take_number(r) == MAPI_DISTLIST;
	else
		pass_value(r, tag);
}

/* A record as a reader of its own, behind its size. */
static struct reader take_record(struct reader *r)
{
	uint32_t size = reader_u32(r);

	return reader_window(r, size >= 4 ? size - 4 : SIZE_MAX);
}

static bool is_there(struct bytes present, uint32_t i)
{
	return present.p[i / 8] & (0x80u >> (i % 8));
}

static status take_entry(const struct oab_reading *o, struct reader *all, struct arena *arena)
{
	struct reader r = take_record(all);
	struct bytes present = reader_bytes(&r, (o->entries.n + 7) / 8);
	struct address_entry e;

	address_entry_init(&e);
	for (uint32_t i = 0; i < o->entries.n && !r.failed; i++)
		if (is_there(present, i))
			take_value(&r, o->entries.tags[i], arena, &e);
	if (r.failed)
		return reason_set(o->why, ecCorruptData, "an entry of the address book is damaged");
	return *e.address ? o->take(o->context, &e) : ecNone;
}

/* The head (2.9.2 to 2.9.4) ------------------------------------------------------------------------------------------- */

static bool take_columns(struct reader *r, struct arena *arena, struct columns *out)
{
	uint32_t n = reader_u32(r);

	if (r->failed || n > COLUMNS_MOST || reader_left(r) / 8 < n)
		return reader_fail(r);
	out->tags = arena_array(arena, n + 1, sizeof *out->tags);
	if (!out->tags)
		return reader_fail(r);
	for (uint32_t i = 0; i < n; i++) {
		out->tags[i] = reader_u32(r);
		(void)reader_u32(r); /* flags: what a client should index */
	}
	out->n = n;
	return !r->failed;
}

static status take_head(struct oab_reading *o, struct reader *all, struct arena *arena, const char **name)
{
	struct reader schema = take_record(all), r;
	struct bytes present;

	*name = "";
	if (!take_columns(&schema, arena, &o->header) || !take_columns(&schema, arena, &o->entries))
		return reason_set(o->why, ecCorruptData, "the address book does not say what is in it");
	r = take_record(all);
	present = reader_bytes(&r, (o->header.n + 7) / 8);
	for (uint32_t i = 0; i < o->header.n && !r.failed; i++) {
		uint32_t tag = o->header.tags[i];

		if (!is_there(present, i))
			continue;
		if (tag_id(tag) == OAB_NAME && (tag_type(tag) == PT_UNICODE || tag_type(tag) == PT_STRING8))
			*name = reader_text(&r);
		else
			pass_value(&r, tag);
	}
	if (r.failed)
		return reason_set(o->why, ecCorruptData, "the head of the address book is damaged");
	*name = arena_strndup(arena, *name, strnlen(*name, 256));
	return *name ? ecNone : ecMemory;
}

status oab_read(struct bytes file, oab_take *take, void *context, struct arena *arena, const char **name, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(ENTRY_MOST);
	struct oab_reading o = { .take = take, .context = context, .why = why };
	struct reader r = reader_of(file);
	uint32_t version = reader_u32(&r), serial = reader_u32(&r), n = reader_u32(&r);
	status s;

	(void)serial; /* a hash of the rest, or a number that counts: the container has hashes of its own */
	if (r.failed)
		return reason_set(why, ecCorruptData, "the address book is cut off");
	if (version != OAB_VERSION)
		return reason_set(why, ecNotSupported, "the address book is of version 0x%x, not 0x20", version);
	s = take_head(&o, &r, arena, name);
	for (uint32_t i = 0; i < n && !s; i++) {
		s = take_entry(&o, &r, &scratch);
		arena_reset(&scratch);
	}
	return s ? s : reader_done(&r) ? ecNone : reason_set(why, ecCorruptData, "there is something behind the address book");
}
