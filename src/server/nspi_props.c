/* The properties of what is in the address book ([MS-OXOABK] 2.2), made of what the directory says. */
#include "base/utf16.h"
#include "mapi/string_kind.h"
#include "server/nspi_work.h"

#include <ctype.h>
#include <stdlib.h>

/* [MS-OXOABK] 2.2.2.1 */
#define AB_RECIPIENTS 0x00000001u
#define AB_UNMODIFIABLE 0x00000008u

#define ID(tag) ((uint16_t)((tag) >> 16))
/* The type of a tag, of a constant. */
#define TYPED(tag, type) (((uint32_t)(tag) & 0xFFFF0000u) | (type))
/* PidTagAddressBookIsMemberOfDistributionList as the table that it is. */
#define MEMBER_OF 0x8008000Du
#define CUSTOM(i, tag) { tag, HOW_TEXT, TEXT_CUSTOM_1 + (i) - 1 }

enum how {
	HOW_TEXT,	   /* `detail`: enum nspi_text */
	HOW_NUMBER,	   /* `detail`: enum number */
	HOW_PERMANENT,	   /* entry id that lasts */
	HOW_ENTRYID,	   /* as the client wants it */
	HOW_INSTANCE_KEY,
	HOW_SEARCH_KEY,
	HOW_MAPPING,
	HOW_ADDRESS_TYPE,
	HOW_TIME,	   /* `detail`: 1 the last change */
	HOW_OBJECTS,	   /* a table of other entries */
	HOW_LIST,	   /* `detail`: enum list */
	HOW_BLOBS,	   /* `detail`: 1 those that the owner published */
	HOW_TARGET,
	HOW_GUID,
	HOW_HOME,
	HOW_RICH,
	HOW_CONTENTS,
};

enum list { LIST_PROXIES, LIST_PHONES, LIST_HOME_PHONES };

enum number { NUMBER_ZERO, NUMBER_MID, NUMBER_OBJECT_TYPE, NUMBER_DISPLAY_TYPE, NUMBER_DISPLAY_TYPE_EX, NUMBER_CONTAINER_FLAGS, NUMBER_MEMBERS };

/* In the order of ids: looked for by halving. */
static const struct known {
	uint32_t tag;
	uint8_t how, detail;
} knowns[] = {
	{ PidTagInstanceKey, HOW_INSTANCE_KEY, 0 },
	{ PidTagMappingSignature, HOW_MAPPING, 0 },
	{ PidTagRecordKey, HOW_PERMANENT, 0 },
	{ PidTagObjectType, HOW_NUMBER, NUMBER_OBJECT_TYPE },
	{ PidTagEntryId, HOW_ENTRYID, 0 },
	{ PidTagDisplayName, HOW_TEXT, TEXT_DISPLAY_NAME },
	{ PidTagAddressType, HOW_ADDRESS_TYPE, 0 },
	{ PidTagEmailAddress, HOW_TEXT, TEXT_DN },
	{ PidTagComment, HOW_TEXT, TEXT_NOTES },
	{ PidTagCreationTime, HOW_TIME, 0 },
	{ PidTagLastModificationTime, HOW_TIME, 1 },
	{ PidTagSearchKey, HOW_SEARCH_KEY, 0 },
	{ PidTagContainerFlags, HOW_NUMBER, NUMBER_CONTAINER_FLAGS },
	{ PidTagContainerContents, HOW_CONTENTS, 0 },
	{ PidTagDisplayType, HOW_NUMBER, NUMBER_DISPLAY_TYPE },
	{ PidTagTemplateid, HOW_PERMANENT, 0 },
	{ PidTagDisplayTypeEx, HOW_NUMBER, NUMBER_DISPLAY_TYPE_EX },
	{ PidTagSmtpAddress, HOW_TEXT, TEXT_SMTP },
	{ PidTagAddressBookDisplayNamePrintable, HOW_TEXT, TEXT_PRINTABLE },
	{ PidTagAccount, HOW_TEXT, TEXT_ALIAS },
	{ PidTagGivenName, HOW_TEXT, TEXT_GIVEN_NAME },
	{ PidTagBusinessTelephoneNumber, HOW_TEXT, TEXT_PHONE },
	{ PidTagHomeTelephoneNumber, HOW_TEXT, TEXT_HOME_PHONE },
	{ PidTagInitials, HOW_TEXT, TEXT_INITIALS },
	{ PidTagSurname, HOW_TEXT, TEXT_SURNAME },
	{ PidTagCompanyName, HOW_TEXT, TEXT_COMPANY },
	{ PidTagTitle, HOW_TEXT, TEXT_TITLE },
	{ PidTagDepartmentName, HOW_TEXT, TEXT_DEPARTMENT },
	{ PidTagOfficeLocation, HOW_TEXT, TEXT_OFFICE },
	{ PidTagPrimaryTelephoneNumber, HOW_TEXT, TEXT_PHONE },
	{ PidTagBusiness2TelephoneNumbers, HOW_LIST, LIST_PHONES },
	{ PidTagMobileTelephoneNumber, HOW_TEXT, TEXT_MOBILE },
	{ PidTagTransmittableDisplayName, HOW_TEXT, TEXT_DISPLAY_NAME },
	{ PidTagPrimaryFaxNumber, HOW_TEXT, TEXT_FAX },
	{ PidTagBusinessFaxNumber, HOW_TEXT, TEXT_FAX },
	{ PidTagCountry, HOW_TEXT, TEXT_COUNTRY },
	{ PidTagLocality, HOW_TEXT, TEXT_CITY },
	{ PidTagStateOrProvince, HOW_TEXT, TEXT_STATE },
	{ PidTagStreetAddress, HOW_TEXT, TEXT_STREET },
	{ PidTagPostalCode, HOW_TEXT, TEXT_POSTAL_CODE },
	{ PidTagHome2TelephoneNumbers, HOW_LIST, LIST_HOME_PHONES },
	{ PidTagAssistant, HOW_TEXT, TEXT_ASSISTANT },
	{ PidTagSendRichInfo, HOW_RICH, 0 },
	{ PidTagUserX509Certificate, HOW_BLOBS, 1 },
	{ PidTagInitialDetailsPane, HOW_NUMBER, NUMBER_ZERO },
	{ PidTagAddressBookManager, HOW_OBJECTS, 0 },
	{ PidTagAddressBookHomeMessageDatabase, HOW_HOME, 0 },
	{ MEMBER_OF, HOW_OBJECTS, 0 },
	{ PidTagAddressBookMember, HOW_OBJECTS, 0 },
	{ PidTagAddressBookOwner, HOW_OBJECTS, 0 },
	{ PidTagAddressBookReports, HOW_OBJECTS, 0 },
	{ PidTagAddressBookProxyAddresses, HOW_LIST, LIST_PROXIES },
	{ PidTagAddressBookTargetAddress, HOW_TARGET, 0 },
	{ PidTagAddressBookPublicDelegates, HOW_OBJECTS, 0 },
	{ PidTagAddressBookOwnerBackLink, HOW_OBJECTS, 0 },
	CUSTOM(1, PidTagAddressBookExtensionAttribute1), CUSTOM(2, PidTagAddressBookExtensionAttribute2),
	CUSTOM(3, PidTagAddressBookExtensionAttribute3), CUSTOM(4, PidTagAddressBookExtensionAttribute4),
	CUSTOM(5, PidTagAddressBookExtensionAttribute5), CUSTOM(6, PidTagAddressBookExtensionAttribute6),
	CUSTOM(7, PidTagAddressBookExtensionAttribute7), CUSTOM(8, PidTagAddressBookExtensionAttribute8),
	CUSTOM(9, PidTagAddressBookExtensionAttribute9), CUSTOM(10, PidTagAddressBookExtensionAttribute10),
	{ PidTagAddressBookObjectDistinguishedName, HOW_TEXT, TEXT_DN },
	CUSTOM(11, PidTagAddressBookExtensionAttribute11), CUSTOM(12, PidTagAddressBookExtensionAttribute12),
	CUSTOM(13, PidTagAddressBookExtensionAttribute13), CUSTOM(14, PidTagAddressBookExtensionAttribute14),
	CUSTOM(15, PidTagAddressBookExtensionAttribute15),
	{ PidTagAddressBookX509Certificate, HOW_BLOBS, 0 },
	{ PidTagAddressBookObjectGuid, HOW_GUID, 0 },
	{ PidTagAddressBookPhoneticDisplayName, HOW_TEXT, TEXT_PHONETIC },
	{ PidTagAddressBookDisplayTypeExtended, HOW_NUMBER, NUMBER_DISPLAY_TYPE_EX },
	{ PidTagAddressBookDistributionListMemberCount, HOW_NUMBER, NUMBER_MEMBERS },
	/* [MS-OXOABK] 2.2.2.3: a Minimal Entry ID, and 0 would be the Global Address List. */
	{ PidTagAddressBookContainerId, HOW_NUMBER, NUMBER_MID },
};

static uint32_t default_columns[] = {
	PidTagAddressBookContainerId,
	PidTagObjectType,
	PidTagDisplayType,
	TYPED(PidTagDisplayName, PT_STRING8),
	TYPED(PidTagPrimaryTelephoneNumber, PT_STRING8),
	TYPED(PidTagDepartmentName, PT_STRING8),
	TYPED(PidTagOfficeLocation, PT_STRING8),
};
const struct nspi_ids nspi_default_columns = { sizeof default_columns / sizeof *default_columns, default_columns };

static const struct known *find_known(uint16_t id)
{
	size_t low = 0, high = sizeof knowns / sizeof *knowns;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ID(knowns[middle].tag) < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sizeof knowns / sizeof *knowns && ID(knowns[low].tag) == id ? &knowns[low] : NULL;
}

/* Values of one's own -------------------------------------------------------------------------------------------------- */

status nspi_set_bytes(const struct nspi_work *w, uint32_t tag, struct bytes v, struct prop *out)
{
	const uint8_t *copy = arena_memdup(w->a, v.n ? v.p : (const uint8_t *)"", v.n ? v.n : 1);

	if (!copy)
		return reason_set(w->why, ecMemory, "the answer takes more memory than there is");
	*out = (struct prop){ .tag = tag, .count = 1, .size = v.n, .value = bytes_of(copy, v.n) };
	return ecNone;
}

status nspi_set_u32(const struct nspi_work *w, uint32_t tag, uint32_t v, struct prop *out)
{
	uint8_t b[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

	return nspi_set_bytes(w, tag, bytes_of(b, sizeof b), out);
}

static status set_u64(const struct nspi_work *w, uint32_t tag, uint64_t v, struct prop *out)
{
	uint8_t b[8];

	for (unsigned i = 0; i < 8; i++)
		b[i] = (uint8_t)(v >> (8 * i));
	return nspi_set_bytes(w, tag, bytes_of(b, sizeof b), out);
}

status nspi_set_text(const struct nspi_work *w, uint32_t tag, const char *utf8, unsigned codepage, struct prop *out)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)1 << 20);
	struct bytes from = bytes_of(utf8, strlen(utf8));

	if (tag_type(tag) == PT_UNICODE)
		utf16_from_utf8(from, &text);
	else
		codepage_from_utf8(codepage, from, &text);
	return text.failed ? reason_set(w->why, ecMemory, "out of memory") : nspi_set_bytes(w, tag, buf_bytes(&text), out);
}

status nspi_values_of(const struct nspi_work *w, const struct prop *props, uint32_t n, struct nspi_values *out)
{
	struct tagged_value *v = arena_array(w->a, (size_t)n + 1, sizeof *v);

	if (!v)
		return reason_set(w->why, ecMemory, "the answer takes more memory than there is");
	for (uint32_t i = 0; i < n; i++)
		v[i].prop = props[i];
	*out = (struct nspi_values){ n, { n, v } };
	return ecNone;
}

status nspi_set_permanent(const struct nspi_work *w, uint32_t tag, uint32_t display_type, const char *dn, struct prop *out)
{
	CLEANUP_BUF struct buf id = BUF_MAX(65536);
	status s = nspi_permanent_encode(display_type, dn, &id);

	return s ? s : nspi_set_bytes(w, tag, buf_bytes(&id), out);
}

bool nspi_codepage(uint32_t codepage)
{
	return codepage == NSPI_CODEPAGE_TELETEX || (codepage != NSPI_CODEPAGE_UNICODE && codepage_name(codepage) != NULL);
}

/* Other entries --------------------------------------------------------------------------------------------------------- */

static bool has_id(const struct nspi_ids64 *ids, uint64_t id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->v[i] == id)
			return true;
	return false;
}

/* Does `other` refer back to the entry by what makes up the property? */
static bool refers_back(const struct nspi_entry *other, uint16_t id, const struct nspi_entry *e)
{
	switch (id) {
	case ID(PidTagAddressBookReports):
		return other->manager == e->id;
	case ID(PidTagAddressBookOwnerBackLink):
		return has_id(&other->owners, e->id);
	default:
		return has_id(&other->members, e->id);
	}
}

static size_t gather_back(const struct nspi_picture *p, const struct nspi_entry *e, uint16_t id, const struct nspi_entry **out)
{
	size_t n = 0;

	for (uint32_t i = 0; i < p->n; i++)
		if (!p->entries[i].hidden && refers_back(&p->entries[i], id, e)) {
			if (out)
				out[n] = &p->entries[i];
			n++;
		}
	return n;
}

static bool gather_ids(const struct nspi_picture *p, const struct nspi_ids64 *ids, struct arena *a, const struct nspi_entry ***out, size_t *n)
{
	*out = arena_array(a, ids->n + 1, sizeof **out);
	if (!*out)
		return false;
	for (size_t i = 0; i < ids->n; i++) {
		const struct nspi_entry *e = nspi_by_id(p, ids->v[i]);

		if (e && !e->hidden)
			(*out)[(*n)++] = e;
	}
	nspi_put_in_order(*out, *n, NSPI_SORT_DISPLAY_NAME);
	return true;
}

bool nspi_objects(const struct nspi_work *w, const struct nspi_entry *e, uint16_t id, struct arena *a, const struct nspi_entry ***out, size_t *n)
{
	struct nspi_ids64 manager = { (uint64_t *)(uintptr_t)&e->manager, e->manager ? 1 : 0 };

	*n = 0;
	switch (id) {
	case ID(PidTagAddressBookManager):
		return gather_ids(w->p, &manager, a, out, n);
	case ID(PidTagAddressBookMember):
		return gather_ids(w->p, &e->members, a, out, n);
	case ID(PidTagAddressBookOwner):
		return gather_ids(w->p, &e->owners, a, out, n);
	case ID(PidTagAddressBookPublicDelegates):
		return gather_ids(w->p, &e->delegates, a, out, n);
	case ID(PidTagAddressBookReports):
	case ID(PidTagAddressBookOwnerBackLink):
	case ID(MEMBER_OF):
		*out = arena_array(a, gather_back(w->p, e, id, NULL) + 1, sizeof **out);
		*n = *out ? gather_back(w->p, e, id, *out) : 0;
		return *out != NULL;
	default:
		return false;
	}
}

/* Has it any? What refers back is shown as a table that may be empty: to know would be to ask everybody, for each row. */
static bool has_objects(const struct nspi_entry *e, uint16_t id)
{
	switch (id) {
	case ID(PidTagAddressBookManager):
		return e->manager != 0;
	case ID(PidTagAddressBookMember):
		return e->members.n != 0;
	case ID(PidTagAddressBookOwner):
		return e->owners.n != 0;
	case ID(PidTagAddressBookPublicDelegates):
		return e->delegates.n != 0;
	case ID(PidTagAddressBookReports):
		return !e->group && !e->folder;
	default:
		return true;
	}
}

/* Values -------------------------------------------------------------------------------------------------------------- */

static const char *text_value(const struct nspi_entry *e, enum nspi_text which)
{
	const char *text = nspi_text_of(e, which);

	return text || which != TEXT_PRINTABLE ? text : nspi_text_of(e, TEXT_DISPLAY_NAME);
}

static uint32_t number_value(const struct nspi_entry *e, enum number which)
{
	switch (which) {
	case NUMBER_MID:
		return e->mid;
	case NUMBER_OBJECT_TYPE:
		return nspi_object_type(e);
	case NUMBER_DISPLAY_TYPE:
		return e->display_type;
	case NUMBER_DISPLAY_TYPE_EX:
		return e->display_type_ex;
	case NUMBER_CONTAINER_FLAGS:
		return AB_RECIPIENTS | AB_UNMODIFIABLE;
	case NUMBER_MEMBERS:
		return (uint32_t)e->members.n;
	case NUMBER_ZERO:
	default:
		return 0;
	}
}

static const struct nspi_texts *list_of(const struct nspi_entry *e, enum list which)
{
	return which == LIST_PROXIES ? &e->proxies : which == LIST_PHONES ? &e->phones : &e->home_phones;
}

static const struct nspi_blobs *blobs_of(const struct nspi_entry *e, bool published)
{
	return published ? &e->smime_certificates : &e->certificates;
}

static bool is_there(const struct nspi_entry *e, const struct known *k)
{
	switch ((enum how)k->how) {
	case HOW_TEXT:
		return text_value(e, (enum nspi_text)k->detail) != NULL;
	case HOW_NUMBER:
		return e->display_type == NSPI_DT_DISTLIST || (k->detail != NUMBER_CONTAINER_FLAGS && k->detail != NUMBER_MEMBERS);
	case HOW_CONTENTS:
		return e->display_type == NSPI_DT_DISTLIST;
	case HOW_OBJECTS:
		return has_objects(e, ID(k->tag));
	case HOW_LIST:
		return list_of(e, (enum list)k->detail)->n != 0;
	case HOW_BLOBS:
		return blobs_of(e, k->detail)->n != 0;
	case HOW_TARGET:
		return nspi_text_of(e, TEXT_EXTERNAL) != NULL;
	case HOW_HOME:
		return e->mailbox && e->database;
	case HOW_RICH:
		return !e->group;
	case HOW_PERMANENT:
	case HOW_SEARCH_KEY:
		return nspi_text_of(e, TEXT_DN) != NULL;
	default:
		return true;
	}
}

static status entryid_value(const struct nspi_work *w, const struct nspi_entry *e, uint32_t tag, bool ephemeral, struct prop *out)
{
	CLEANUP_BUF struct buf id = BUF_MAX(65536);
	const char *dn = nspi_text_of(e, TEXT_DN);
	status s = ephemeral ? nspi_ephemeral_encode(&w->p->server, e->display_type, e->mid, &id) :
			       nspi_permanent_encode(e->display_type, dn ? dn : "", &id);

	return s ? s : nspi_set_bytes(w, tag, buf_bytes(&id), out);
}

/* [MS-OXOABK] 2.2.3.5: "EX:" and the DN in capitals, with its NUL. */
static status search_key(const struct nspi_work *w, const struct nspi_entry *e, uint32_t tag, struct prop *out)
{
	CLEANUP_BUF struct buf key = BUF_MAX(65536);

	buf_add_str(&key, "EX:");
	for (const char *c = nspi_text_of(e, TEXT_DN); c && *c; c++)
		buf_add_u8(&key, (uint8_t)toupper((unsigned char)*c));
	buf_add_u8(&key, 0);
	return key.failed ? ecMemory : nspi_set_bytes(w, tag, buf_bytes(&key), out);
}

static status home_value(const struct nspi_work *w, const struct nspi_entry *e, struct prop *out)
{
	const char *dn = arena_printf(w->a, "/o=%s/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=%s"
					    "/cn=Microsoft Private MDB",
				      w->p->organization, nspi_book_fqdn(w->caller->book));

	(void)e;
	return dn ? nspi_set_text(w, tag_make(ID(PidTagAddressBookHomeMessageDatabase), PT_UNICODE), dn, 0, out) : ecMemory;
}

static status texts_value(const struct nspi_work *w, const char *const *texts, size_t n, uint32_t tag, struct prop *out)
{
	struct bytes *v = arena_array(w->a, n + 1, sizeof *v);

	if (!v)
		return reason_set(w->why, ecMemory, "out of memory");
	for (size_t i = 0; i < n; i++) {
		v[i] = utf16_bytes(w->a, texts[i]);
		if (!v[i].p)
			return reason_set(w->why, ecMemory, "out of memory");
	}
	*out = (struct prop){ .tag = tag, .count = (uint32_t)n, .values = v };
	return ecNone;
}

/* They stand in the picture, which is held as long as the answer is made. */
static status blobs_value(const struct nspi_work *w, const struct nspi_blobs *b, uint32_t tag, struct prop *out)
{
	struct bytes *v = arena_array(w->a, b->n, sizeof *v);

	for (size_t i = 0; v && i < b->n; i++)
		if (!(v[i] = bytes_of(arena_memdup(w->a, b->v[i].p, b->v[i].n), b->v[i].n)).p)
			v = NULL;
	*out = (struct prop){ .tag = tag, .count = (uint32_t)b->n, .values = v };
	return v ? ecNone : reason_set(w->why, ecMemory, "out of memory");
}

/* "SMTP:dora@fabrikam.example" */
static status target_value(const struct nspi_work *w, const struct nspi_entry *e, uint32_t tag, struct prop *out)
{
	const char *text = arena_printf(w->a, "SMTP:%s", nspi_text_of(e, TEXT_EXTERNAL));

	return text ? nspi_set_text(w, tag, text, 0, out) : ecMemory;
}

static status make(const struct nspi_work *w, const struct nspi_entry *e, const struct known *k, bool ephemeral, struct prop *out)
{
	uint8_t key[4] = { (uint8_t)e->mid, (uint8_t)(e->mid >> 8), (uint8_t)(e->mid >> 16), (uint8_t)(e->mid >> 24) }, yes = 1;

	switch ((enum how)k->how) {
	case HOW_TEXT:
		return nspi_set_text(w, k->tag, text_value(e, (enum nspi_text)k->detail), 0, out);
	case HOW_NUMBER:
		return nspi_set_u32(w, k->tag, number_value(e, (enum number)k->detail), out);
	case HOW_PERMANENT:
		return entryid_value(w, e, k->tag, false, out);
	case HOW_ENTRYID:
		return entryid_value(w, e, k->tag, ephemeral, out);
	case HOW_INSTANCE_KEY:
		return nspi_set_bytes(w, k->tag, bytes_of(key, sizeof key), out);
	case HOW_SEARCH_KEY:
		return search_key(w, e, k->tag, out);
	case HOW_MAPPING:
		return nspi_set_bytes(w, k->tag, bytes_of(entryid_uid_address_book.b, 16), out);
	case HOW_ADDRESS_TYPE:
		return nspi_set_text(w, k->tag, "EX", 0, out);
	case HOW_TIME:
		return set_u64(w, k->tag, k->detail ? e->changed : e->created, out);
	case HOW_LIST:
		return texts_value(w, list_of(e, (enum list)k->detail)->v, list_of(e, (enum list)k->detail)->n, k->tag, out);
	case HOW_BLOBS:
		return blobs_value(w, blobs_of(e, k->detail), k->tag, out);
	case HOW_TARGET:
		return target_value(w, e, k->tag, out);
	case HOW_GUID:
		return nspi_set_bytes(w, k->tag, bytes_of(e->guid.b, 16), out);
	case HOW_HOME:
		return home_value(w, e, out);
	case HOW_RICH:
		return nspi_set_bytes(w, k->tag, bytes_of(&yes, 1), out);
	default:
		return nspi_set_bytes(w, k->tag, bytes_of(NULL, 0), out);
	}
}

static bool is_text(uint16_t type)
{
	return (type & ~MV_FLAG) == PT_STRING8 || (type & ~MV_FLAG) == PT_UNICODE;
}

/* PidTagAddressBookManagerDistinguishedName and the like: a text in place of a table. */
static status dn_value(const struct nspi_work *w, const struct nspi_entry *e, uint16_t id, struct prop *out, bool *there)
{
	const struct nspi_entry *other = id == ID(PidTagAddressBookManager) ? nspi_by_id(w->p, e->manager) : NULL;
	const char *dn = other ? nspi_text_of(other, TEXT_DN) : NULL;

	*there = dn != NULL;
	return dn ? nspi_set_text(w, tag_make(id, PT_UNICODE), dn, 0, out) : ecNone;
}

/*
 * The DNs of those in the table, as a list of texts: PidTagAddressBookMember as PtypMultipleString8 and the like.  Who refers
 * back is asked of everybody, which is done for one entry and not for each row of a table.
 */
static status dns_value(const struct nspi_work *w, const struct nspi_entry *e, uint16_t id, bool row, struct prop *out, bool *there)
{
	bool back = id == ID(PidTagAddressBookReports) || id == ID(PidTagAddressBookOwnerBackLink) || id == ID(MEMBER_OF);
	const struct nspi_entry **others = NULL;
	struct bytes *v;
	size_t n = 0;

	*there = id != ID(PidTagAddressBookManager) && !(back && row);
	if (!*there)
		return ecNone;
	if (!nspi_objects(w, e, id, w->a, &others, &n) || !(v = arena_array(w->a, n + 1, sizeof *v)))
		return reason_set(w->why, ecMemory, "the answer takes more memory than there is");
	*out = (struct prop){ .tag = tag_make(id, PT_UNICODE | MV_FLAG), .values = v };
	for (size_t i = 0; i < n; i++) {
		const char *dn = nspi_text_of(others[i], TEXT_DN);

		if (dn && !(v[out->count++] = utf16_bytes(w->a, dn)).p)
			return reason_set(w->why, ecMemory, "the answer takes more memory than there is");
	}
	*there = out->count != 0;
	return ecNone;
}

/* As the column wants it; not at all when it is of another kind. */
static status convert(const struct nspi_work *w, uint16_t type, unsigned codepage, struct prop *out, bool *there)
{
	uint16_t native = prop_type(out);

	if (type == PT_UNSPECIFIED || type == native)
		return ecNone;
	/* Texts of 8 bits cannot be in the code page that stands for Unicode. */
	*there = is_text(type) && is_text(native) && (type & MV_FLAG) == (native & MV_FLAG) &&
		 !((type & ~MV_FLAG) == PT_STRING8 && codepage == NSPI_CODEPAGE_UNICODE);
	return *there ? string_kind_set(out, type, codepage, w->a) : ecNone;
}

static status table_value(const struct nspi_work *w, uint32_t tag, bool row, struct prop *out)
{
	uint16_t type = tag_type(tag);

	if (type != PT_OBJECT && type != PT_UNSPECIFIED)
		return nspi_set_u32(w, tag_make(tag_id(tag), PT_ERROR), ecNotFound, out);
	if (!row)
		return nspi_set_u32(w, tag_make(tag_id(tag), PT_ERROR), ecMemory, out);
	*out = (struct prop){ .tag = tag_make(tag_id(tag), PT_NULL), .count = 1 };
	return ecNone;
}

status nspi_prop(const struct nspi_work *w, const struct nspi_entry *e, uint32_t tag, const struct nspi_want *want, struct prop *out)
{
	const struct known *k = find_known(tag_id(tag));
	uint16_t type = tag_type(tag);
	bool there = e && k && is_there(e, k);
	struct prop p = { .count = 0 };
	status s = ecNone;

	if (there && k->how == HOW_OBJECTS && is_text(type))
		s = type & MV_FLAG ? dns_value(w, e, tag_id(tag), want->row, &p, &there) : dn_value(w, e, tag_id(tag), &p, &there);
	else if (there && (k->how == HOW_OBJECTS || k->how == HOW_CONTENTS))
		return table_value(w, tag, want->row, out);
	else if (there)
		s = make(w, e, k, want->ephemeral, &p);
	if (!s && there)
		s = convert(w, type, want->codepage, &p, &there);
	if (!s && !there)
		s = nspi_set_u32(w, tag_make(tag_id(tag), PT_ERROR), ecNotFound, &p);
	if (!s)
		*out = p;
	return s;
}

bool nspi_has(const struct nspi_work *w, const struct nspi_entry *e, uint16_t id)
{
	const struct known *k = find_known(id);

	(void)w;
	return k && is_there(e, k);
}

/* As a column of a table, which no table can be: those that are tables are so the DNs of who is in them. */
static uint32_t column_tag(const struct known *k)
{
	if (k->how != HOW_OBJECTS)
		return k->tag;
	return tag_make(ID(k->tag), k->tag == PidTagAddressBookManager ? PT_UNICODE : PT_UNICODE | MV_FLAG);
}

status nspi_tags(const struct nspi_work *w, const struct nspi_entry *e, uint16_t text, bool objects, struct nspi_ids *out)
{
	size_t most = sizeof knowns / sizeof *knowns;
	uint32_t *v = arena_array(w->a, most, sizeof *v), n = 0;

	if (!v)
		return reason_set(w->why, ecMemory, "out of memory");
	for (size_t i = 0; i < most; i++) {
		uint32_t tag = e ? knowns[i].tag : column_tag(&knowns[i]);
		uint16_t type = tag_type(tag);

		if ((e && !is_there(e, &knowns[i])) || (type == PT_OBJECT && !(e && objects)))
			continue;
		if (is_text(type))
			tag = tag_make(ID(tag), (uint16_t)((type & MV_FLAG) | text));
		v[n++] = tag;
	}
	*out = (struct nspi_ids){ n, v };
	return ecNone;
}
