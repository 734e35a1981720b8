/* One vCard as a contact or a distribution list [MS-OXVCARD] 2.1.3: versions 3.0 and 4.0, and 2.1 but for its quoted-printable texts. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/filetime.h"
#include "mime/card_fields.h"
#include "mime/card_in.h"
#include "mime/file_type.h"

#define MEMBERS_MAX 4096
#define CHILDREN_MAX 16
#define NOTE_MAX ((size_t)4 << 20)

/* What has been read of one card. */
struct card {
	struct draft *d;
	bool *lists_set; /* of card_lists[] */
	unsigned emails;
	bool group, picture;
	const char *name;
	struct bytes *members; /* one-off entry ids */
	size_t member_count;
	const char *children[CHILDREN_MAX];
	size_t child_count;
	struct buf note;
};

static uint32_t tag_of(struct card *c, struct card_prop p)
{
	return p.set ? draft_named(c->d, p.set, p.tag, PT_UNICODE) : p.tag;
}

/* Does the line have every one of the types "HOME,VOICE" wants? VOICE is what goes without saying. */
static bool fits(const struct card_line *l, const char *types)
{
	char one[16];

	while (types && *types) {
		size_t n = strcspn(types, ",");

		snprintf(one, sizeof one, "%.*s", (int)n, types);
		if (strcasecmp(one, "VOICE") != 0 && !card_has_type(l, one))
			return false;
		types += n;
		types += *types == ',';
	}
	return true;
}

static bool take_text(struct card *c, const struct card_line *l)
{
	for (size_t i = 0; i < card_text_count; i++) {
		uint32_t tag;

		if (!card_line_is(l, card_texts[i].name) || !fits(l, card_texts[i].type))
			continue;
		tag = tag_of(c, card_texts[i].prop);
		if (bag_find(&c->d->o.props, tag_id(tag)))
			continue;
		draft_text(c->d, tag, card_unescape(&c->d->r->arena, l->value));
		return true;
	}
	return false;
}

static void set_address_text(struct card *c, const char *type, const char *const part[7])
{
	static const struct {
		const char *type;
		uint32_t lid;
	} kinds[] = { { "WORK", PidLidWorkAddress }, { "HOME", PidLidHomeAddress }, { "POSTAL", PidLidOtherAddress } };

	for (size_t i = 0; i < 3; i++)
		if (strcmp(type, kinds[i].type) == 0)
			draft_text(c->d, draft_named(c->d, &PSETID_Address, kinds[i].lid, PT_UNICODE),
				   arena_printf(&c->d->r->arena, "%s\r\n%s %s %s\r\n%s", part[2], part[3], part[4], part[5], part[6]));
}

static bool take_list(struct card *c, const struct card_line *l)
{
	for (size_t i = 0; i < card_list_count; i++) {
		const struct card_list *list = &card_lists[i];
		const char *part[7] = { "", "", "", "", "", "", "" };
		/* An address of no kind is "other". */
		bool other = list->type && strcmp(list->type, "POSTAL") == 0;

		if (!card_line_is(l, list->name) || c->lists_set[i] || (!other && !fits(l, list->type)))
			continue;
		(void)card_split(&c->d->r->arena, l->value, ';', part, list->count);
		for (unsigned k = 0; k < list->count; k++)
			if (list->part[k].tag)
				draft_text(c->d, tag_of(c, list->part[k]), part[k]);
		if (list->type)
			set_address_text(c, list->type, part);
		c->lists_set[i] = true;
		return true;
	}
	return false;
}

static bool take_email(struct card *c, const struct card_line *l)
{
	const char *address = card_unescape(&c->d->r->arena, l->value);
	static const uint32_t ids[] = { PidLidEmail1OriginalEntryId, PidLidEmail2OriginalEntryId, PidLidEmail3OriginalEntryId };
	const struct card_email *e;

	if (!card_line_is(l, "EMAIL") || c->emails == 3 || !address || !*address)
		return false;
	e = &card_emails[c->emails];
	draft_text(c->d, draft_named(c->d, &PSETID_Address, e->address, PT_UNICODE), address);
	draft_text(c->d, draft_named(c->d, &PSETID_Address, e->type, PT_UNICODE), "SMTP");
	draft_text(c->d, draft_named(c->d, &PSETID_Address, e->name, PT_UNICODE), address);
	draft_text(c->d, draft_named(c->d, &PSETID_Address, e->original, PT_UNICODE), address);
	draft_bytes(c->d, draft_named(c->d, &PSETID_Address, ids[c->emails], PT_BINARY),
		    one_off_entry_id(&c->d->r->arena, address, "SMTP", address));
	c->emails++;
	return true;
}

static bool take_email_name(struct card *c, const struct card_line *l)
{
	static const char prefix[] = "X-MS-EMAIL-NAME-";
	const char *number = l->name + sizeof prefix - 1;
	unsigned i;

	if (strncasecmp(l->name, prefix, sizeof prefix - 1) != 0 || number[0] < '1' || number[0] > '3' || number[1])
		return false;
	i = (unsigned)(number[0] - '1');
	draft_text(c->d, draft_named(c->d, &PSETID_Address, card_emails[i].name, PT_UNICODE),
		   card_unescape(&c->d->r->arena, l->value));
	return true;
}

/* "1980-02-29", "19800229" or either with a time: noon of that day [MS-OXOCNTC] 2.2.1.5.1. */
static bool take_day(struct card *c, const struct card_line *l)
{
	uint32_t tag = card_line_is(l, "BDAY") ? PidTagBirthday : PidTagWeddingAnniversary;
	char digits[9] = "", text[FILETIME_TEXT_SIZE];
	uint64_t t;
	size_t n = 0;

	if (!card_line_is(l, "BDAY") && !card_line_is(l, "ANNIVERSARY") && !card_line_is(l, "X-MS-ANNIVERSARY"))
		return false;
	for (const char *s = l->value; *s && *s != 'T' && n < 8; s++)
		if (*s >= '0' && *s <= '9')
			digits[n++] = *s;
	snprintf(text, sizeof text, "%.4s-%.2s-%.2s", digits, digits + (n < 4 ? n : 4), digits + (n < 6 ? n : 6));
	if (n != 8 || !filetime_parse(text, &t))
		return false;
	draft_time(c->d, tag, t + (11 * 60 + 59) * 60 * FILETIME_PER_SECOND);
	return true;
}

/* Pictures and files that are in the card itself. */
static bool take_data(struct card *c, const struct card_line *l)
{
	bool photo = card_line_is(l, "PHOTO");
	const char *encoding = card_parameter(l, "ENCODING"), *name = card_parameter(l, "X-FILENAME");
	struct extent raw = l->raw;
	struct draft_attachment *a;
	status st;

	if (!photo && !card_line_is(l, "X-MS-ATTACH"))
		return false;
	if (l->value && strncasecmp(l->value, "data:", 5) == 0) {
		const char *comma = strstr(l->value, ";base64,");

		if (!comma)
			return false;
		raw = extent_part(&l->raw, (uint64_t)(comma + 8 - l->value), l->raw.n);
	} else if (!encoding || (strcasecmp(encoding, "b") != 0 && strcasecmp(encoding, "base64") != 0)) {
		return false;
	}
	a = draft_add_attachment(c->d);
	if (!a)
		return false;
	a->data = raw;
	a->encoding = PART_BASE64;
	name = photo ? "ContactPicture.jpg" : name ? name : "attachment";
	st = bag_set_text(&a->props, PidTagAttachLongFilename, name);
	if (!st)
		st = bag_set_text(&a->props, PidTagDisplayName, name);
	if (!st)
		st = bag_set_text(&a->props, PidTagAttachMimeTag, photo ? "image/jpeg" : file_type_of_name(name));
	if (!st && photo)
		st = bag_set_bool(&a->props, PidTagAttachmentContactPhoto, true);
	if (st && !c->d->failed)
		c->d->failed = st;
	c->picture = c->picture || photo;
	return true;
}

static bool take_member(struct card *c, const struct card_line *l)
{
	const char *name = card_parameter(l, "X-CN"), *address;

	if (!card_line_is(l, "MEMBER") || strncasecmp(l->value, "mailto:", 7) != 0 || c->member_count == MEMBERS_MAX)
		return false;
	if (!c->members)
		c->members = arena_array(&c->d->r->arena, MEMBERS_MAX, sizeof *c->members);
	address = arena_strdup(&c->d->r->arena, l->value + 7);
	if (!c->members || !address)
		return false;
	c->members[c->member_count++] = one_off_entry_id(&c->d->r->arena, name ? name : address, "SMTP", address);
	return true;
}

static bool take_words(struct card *c, const struct card_line *l)
{
	const char *words[64];
	size_t n;

	if (card_line_is(l, "X-MS-CHILD") || card_line_is(l, "X-CHILD")) {
		n = card_split(&c->d->r->arena, l->value, ',', words, CHILDREN_MAX - c->child_count);
		memcpy(c->children + c->child_count, words, n * sizeof *words);
		c->child_count += n;
		return true;
	}
	if (!card_line_is(l, "CATEGORIES"))
		return false;
	n = card_split(&c->d->r->arena, l->value, ',', words, 64);
	draft_list(c->d, draft_string_named(c->d, &PS_PUBLIC_STRINGS, "Keywords", MV_FLAG | PT_UNICODE), words, n);
	return true;
}

static bool take_single(struct card *c, const struct card_line *l)
{
	if (card_line_is(l, "FN")) {
		c->name = card_unescape(&c->d->r->arena, l->value);
	} else if (card_line_is(l, "KIND") || card_line_is(l, "X-ADDRESSBOOKSERVER-KIND")) {
		c->group = strcasecmp(l->value, "group") == 0;
	} else if (card_line_is(l, "CLASS")) {
		draft_u32(c->d, PidTagSensitivity, strcasecmp(l->value, "PRIVATE") == 0 ? 2 : strcasecmp(l->value, "CONFIDENTIAL") == 0 ? 3 : 0);
	} else if (card_line_is(l, "REV")) {
		struct ical_when w;

		if (ical_when(NULL, l->value, NULL, &w))
			draft_time(c->d, PidTagLastModificationTime, ical_filetime(&w));
	} else if (card_line_is(l, "NOTE")) {
		const char *text = card_unescape(&c->d->r->arena, l->value);

		if (c->note.n)
			buf_add_str(&c->note, "\r\n");
		buf_add_str(&c->note, text ? text : "");
	} else {
		return card_line_is(l, "VERSION") || card_line_is(l, "PRODID") ||
		       card_line_is(l, "BEGIN") || card_line_is(l, "END");
	}
	return true;
}

/* What no property says goes into the note as it stands, so that it is not lost. */
static void keep(struct card *c, const struct card_line *l)
{
	if (!l->value || !*l->value || l->raw.n > 1000)
		return;
	if (c->note.n)
		buf_add_str(&c->note, "\r\n");
	buf_printf(&c->note, "%s: %s", l->name, l->value);
}

/* A text too long to be taken apart becomes a file. */
static void keep_long(struct card *c, const struct card_line *l)
{
	struct draft_attachment *a = draft_add_attachment(c->d);
	const char *name = arena_printf(&c->d->r->arena, "%.40s.txt", l->name);
	status st = name ? ecNone : ecMemory;

	if (!a)
		return;
	a->data = l->raw;
	if (!st)
		st = bag_set_text(&a->props, PidTagAttachLongFilename, name);
	if (st && !c->d->failed)
		c->d->failed = st;
}

static void take(struct card *c, const struct card_line *l)
{
	if (take_data(c, l))
		return;
	if (!l->value) {
		keep_long(c, l);
		return;
	}
	if (take_single(c, l) || take_text(c, l) || take_list(c, l) || take_email(c, l) || take_email_name(c, l) ||
	    take_day(c, l) || take_member(c, l) || take_words(c, l))
		return;
	keep(c, l);
}

static void finish_group(struct card *c)
{
	uint32_t lists[2] = { draft_named(c->d, &PSETID_Address, PidLidDistributionListMembers, MV_FLAG | PT_BINARY),
			      draft_named(c->d, &PSETID_Address, PidLidDistributionListOneOffMembers, MV_FLAG | PT_BINARY) };

	draft_text(c->d, PidTagMessageClass, "IPM.DistList");
	draft_text(c->d, draft_named(c->d, &PSETID_Address, PidLidDistributionListName, PT_UNICODE), c->name);
	for (size_t i = 0; i < 2 && c->member_count; i++) {
		struct prop p = { .tag = lists[i], .count = (uint32_t)c->member_count, .values = c->members };
		status st = bag_set(&c->d->o.props, &p);

		if (st && !c->d->failed)
			c->d->failed = st;
	}
}

static void finish(struct card *c)
{
	if (c->group)
		finish_group(c);
	else
		draft_text(c->d, PidTagMessageClass, "IPM.Contact");
	draft_text(c->d, PidTagDisplayName, c->name);
	draft_text(c->d, PidTagSubject, c->name);
	draft_text(c->d, PidTagNormalizedSubject, c->name);
	if (c->child_count)
		draft_list(c->d, PidTagChildrensNames, c->children, c->child_count);
	if (c->picture)
		draft_bool(c->d, draft_named(c->d, &PSETID_Address, PidLidHasPicture, PT_BOOLEAN), true);
	draft_text(c->d, PidTagBody, buf_cstr(&c->note));
	mail_finish_flags(c->d);
}

void vcard_into_draft(struct draft *d, const struct extent *text)
{
	struct card_reader *r = malloc(sizeof *r);
	struct card c = { .d = d, .note = BUF_MAX(NOTE_MAX) };
	struct card_line l;

	c.lists_set = arena_array(&d->r->arena, card_list_count, sizeof *c.lists_set);
	if (r && c.lists_set) {
		card_reader_init(r, text);
		while (card_reader_next(r, &l))
			take(&c, &l);
		if (card_reader_status(r))
			d->failed = card_reader_status(r);
		finish(&c);
	} else {
		d->failed = ecMemory;
	}
	free(r);
	buf_free(&c.note);
}
