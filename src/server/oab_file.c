/* The offline address book as a file. */
#include "net/gnutls_library.h"
#include "net/xml.h"
#include "rop/oab_patch.h"
#include "server/oab.h"

#include <inttypes.h>
#include <stdio.h>

/* [MS-OXOAB] 2.9.1 */
#define OAB_VERSION 0x00000020u

#define OAB_NAME 0x6800001Fu
#define OAB_SEQUENCE 0x68010003u
#define OAB_CONTAINER_GUID 0x6802001Eu
#define OAB_DISTINGUISHED_NAME 0x6804001Eu

enum oab_flag { OAB_ANR = 1, OAB_PRIMARY_KEY = 2 };
enum oab_how { OAB_TEXT, OAB_OBJECT_TYPE, OAB_DISPLAY_TYPE, OAB_DISPLAY_TYPE_EX, OAB_RICH, OAB_PROXIES, OAB_MEMBERS };

#define TEXT8(tag) (((uint32_t)(tag) & 0xFFFF0000u) | PT_STRING8)

static const struct column {
	uint32_t tag, flags;
	uint8_t how, text;
} columns[] = {
	{ TEXT8(PidTagEmailAddress), OAB_PRIMARY_KEY, OAB_TEXT, TEXT_DN },
	{ TEXT8(PidTagSmtpAddress), OAB_ANR, OAB_TEXT, TEXT_SMTP },
	{ PidTagDisplayName, OAB_ANR, OAB_TEXT, TEXT_DISPLAY_NAME },
	{ PidTagAccount, OAB_ANR, OAB_TEXT, TEXT_ALIAS },
	{ PidTagSurname, OAB_ANR, OAB_TEXT, TEXT_SURNAME },
	{ PidTagGivenName, OAB_ANR, OAB_TEXT, TEXT_GIVEN_NAME },
	{ PidTagOfficeLocation, OAB_ANR, OAB_TEXT, TEXT_OFFICE },
	{ PidTagAddressBookProxyAddresses, OAB_ANR, OAB_PROXIES, 0 },
	{ PidTagObjectType, 0, OAB_OBJECT_TYPE, 0 },
	{ PidTagDisplayType, 0, OAB_DISPLAY_TYPE, 0 },
	{ PidTagDisplayTypeEx, 0, OAB_DISPLAY_TYPE_EX, 0 },
	{ PidTagTitle, 0, OAB_TEXT, TEXT_TITLE },
	{ PidTagCompanyName, 0, OAB_TEXT, TEXT_COMPANY },
	{ PidTagDepartmentName, 0, OAB_TEXT, TEXT_DEPARTMENT },
	{ PidTagInitials, 0, OAB_TEXT, TEXT_INITIALS },
	{ PidTagBusinessTelephoneNumber, 0, OAB_TEXT, TEXT_PHONE },
	{ PidTagMobileTelephoneNumber, 0, OAB_TEXT, TEXT_MOBILE },
	{ PidTagHomeTelephoneNumber, 0, OAB_TEXT, TEXT_HOME_PHONE },
	{ PidTagPrimaryFaxNumber, 0, OAB_TEXT, TEXT_FAX },
	{ PidTagStreetAddress, 0, OAB_TEXT, TEXT_STREET },
	{ PidTagLocality, 0, OAB_TEXT, TEXT_CITY },
	{ PidTagStateOrProvince, 0, OAB_TEXT, TEXT_STATE },
	{ PidTagPostalCode, 0, OAB_TEXT, TEXT_POSTAL_CODE },
	{ PidTagCountry, 0, OAB_TEXT, TEXT_COUNTRY },
	{ PidTagComment, 0, OAB_TEXT, TEXT_NOTES },
	{ PidTagSendRichInfo, 0, OAB_RICH, 0 },
	/* Of groups: the DNs of their members. */
	{ 0x8009101Eu, 0, OAB_MEMBERS, 0 },
};
static const uint32_t header_tags[] = { OAB_NAME, OAB_SEQUENCE, OAB_CONTAINER_GUID, OAB_DISTINGUISHED_NAME };

#define COLUMNS (sizeof columns / sizeof *columns)
#define HEADER_TAGS (sizeof header_tags / sizeof *header_tags)

/* Values (2.9.6) ------------------------------------------------------------------------------------------------------- */

/* One byte up to 127; else 0x80 and how many bytes follow. */
static void add_number(struct buf *out, uint32_t v)
{
	unsigned n = v > 0xFFFFFF ? 4 : v > 0xFFFF ? 3 : v > 0xFF ? 2 : 1;

	if (v <= 127) {
		buf_add_u8(out, (uint8_t)v);
		return;
	}
	buf_add_u8(out, (uint8_t)(0x80 + n));
	for (unsigned i = 0; i < n; i++)
		buf_add_u8(out, (uint8_t)(v >> (8 * i)));
}

/* UTF-8 with its NUL, in both kinds of texts: what is 8-bit here is ASCII. */
static void add_text(struct buf *out, const char *text)
{
	buf_add(out, text, strlen(text) + 1);
}

static void add_members(const struct nspi_picture *p, const struct nspi_entry *e, struct buf *out)
{
	uint32_t n = 0;

	for (int write = 0; write < 2; write++) {
		if (write)
			add_number(out, n);
		for (size_t i = 0; i < e->members.n; i++) {
			const struct nspi_entry *m = nspi_by_id(p, e->members.v[i]);
			const char *dn = m && !m->hidden ? nspi_text_of(m, TEXT_DN) : NULL;

			if (dn && write)
				add_text(out, dn);
			n += dn && !write;
		}
	}
}

static bool is_there(const struct nspi_entry *e, const struct column *c)
{
	switch ((enum oab_how)c->how) {
	case OAB_TEXT:
		return nspi_text_of(e, (enum nspi_text)c->text) != NULL;
	case OAB_PROXIES:
		return e->proxies.n > 0;
	case OAB_RICH:
		return !e->group;
	case OAB_MEMBERS:
		return e->members.n > 0;
	default:
		return true;
	}
}

static void add_value(const struct nspi_picture *p, const struct nspi_entry *e, const struct column *c, struct buf *out)
{
	switch ((enum oab_how)c->how) {
	case OAB_TEXT:
		add_text(out, nspi_text_of(e, (enum nspi_text)c->text));
		break;
	case OAB_OBJECT_TYPE:
		add_number(out, nspi_object_type(e));
		break;
	case OAB_DISPLAY_TYPE:
		add_number(out, e->display_type);
		break;
	case OAB_DISPLAY_TYPE_EX:
		add_number(out, e->display_type_ex);
		break;
	case OAB_RICH:
		buf_add_u8(out, 1);
		break;
	case OAB_PROXIES:
		add_number(out, (uint32_t)e->proxies.n);
		for (size_t i = 0; i < e->proxies.n; i++)
			add_text(out, e->proxies.v[i]);
		break;
	case OAB_MEMBERS:
		add_members(p, e, out);
		break;
	}
}

/* Records (2.9.5) ------------------------------------------------------------------------------------------------------- */

static void put_u32(struct buf *out, size_t at, uint32_t v)
{
	for (unsigned i = 0; !out->failed && i < 4; i++)
		out->p[at + i] = (uint8_t)(v >> (8 * i));
}

/* Its size, and bits that are all 0 so far; where it begins. */
static size_t begin_record(struct buf *out, size_t values)
{
	size_t at = out->n;

	buf_add_u32(out, 0);
	buf_add_zeros(out, (values + 7) / 8);
	return at;
}

static void set_present(struct buf *out, size_t at, size_t i)
{
	if (!out->failed)
		out->p[at + 4 + i / 8] |= (uint8_t)(0x80u >> (i % 8));
}

static void end_record(struct buf *out, size_t at)
{
	put_u32(out, at, (uint32_t)(out->n - at));
}

static void add_entry(const struct nspi_picture *p, const struct nspi_entry *e, struct buf *out)
{
	size_t at = begin_record(out, COLUMNS);

	for (size_t i = 0; i < COLUMNS; i++)
		if (is_there(e, &columns[i])) {
			set_present(out, at, i);
			add_value(p, e, &columns[i], out);
		}
	end_record(out, at);
}

static void add_header(const struct nspi_picture *p, uint32_t sequence, struct buf *out)
{
	char guid[GUID_TEXT_SIZE];
	size_t at = begin_record(out, HEADER_TAGS);

	guid_format(&p->server, guid);
	for (size_t i = 0; i < HEADER_TAGS; i++)
		set_present(out, at, i);
	buf_add_str(out, "\\");
	add_text(out, p->lists[0].name);
	add_number(out, sequence);
	add_text(out, guid);
	add_text(out, p->lists[0].dn);
	end_record(out, at);
}

static void add_schema(struct buf *out)
{
	size_t at = out->n;

	buf_add_u32(out, 0);
	buf_add_u32(out, HEADER_TAGS);
	for (size_t i = 0; i < HEADER_TAGS; i++) {
		buf_add_u32(out, header_tags[i]);
		buf_add_u32(out, 0);
	}
	buf_add_u32(out, COLUMNS);
	for (size_t i = 0; i < COLUMNS; i++) {
		buf_add_u32(out, columns[i].tag);
		buf_add_u32(out, columns[i].flags);
	}
	end_record(out, at);
}

status oab_details(const struct nspi_picture *p, uint32_t sequence, struct buf *out, struct reason *why)
{
	size_t at = out->n;
	uint32_t n = 0;

	buf_add_u32(out, OAB_VERSION);
	buf_add_u32(out, 0);
	buf_add_u32(out, 0);
	add_schema(out);
	add_header(p, sequence, out);
	for (uint32_t i = 0; i < p->lists[0].n; i++) {
		const struct nspi_entry *e = nspi_row(p, &p->lists[0], i);

		/* The primary key is what a client knows an entry by. */
		if (!nspi_text_of(e, TEXT_DN))
			continue;
		add_entry(p, e, out);
		n++;
	}
	if (out->failed)
		return reason_set(why, ecTooBig, "the offline address book would be longer than 1 GB");
	put_u32(out, at + 4, oab_crc(bytes_of(out->p + at + 12, out->n - at - 12)));
	put_u32(out, at + 8, n);
	return ecNone;
}

/* The manifest ([MS-OXWOAB] 2.2) ------------------------------------------------------------------------------------------- */

void oab_file_name(const struct nspi_picture *p, enum oab_kind kind, uint32_t sequence, char out[static OAB_NAME_SIZE])
{
	char guid[GUID_TEXT_SIZE];

	guid_format(&p->server, guid);
	(void)snprintf(out, OAB_NAME_SIZE, "%s-%s-%" PRIu32 ".lzx", guid, kind == OAB_FULL ? "data" : "binpatch", sequence);
}

static bool hash_file(struct bytes file, uint8_t hash[static 20])
{
	return !gnutls_load(NULL) && !gt.gnutls_hash_fast(GNUTLS_DIG_SHA1, file.p, file.n, hash);
}

static status add_file(const struct nspi_picture *p, const struct oab_file *f, struct buf *out)
{
	const char *element = f->kind == OAB_FULL ? "Full" : "Diff";
	char name[OAB_NAME_SIZE];
	uint8_t hash[20];

	if (!hash_file(f->data, hash))
		return ecError;
	oab_file_name(p, f->kind, f->sequence, name);
	buf_printf(out, "<%s seq=\"%" PRIu32 "\" ver=\"32\" size=\"%zu\" uncompressedsize=\"%zu\" SHA=\"", element, f->sequence, f->data.n, f->uncompressed);
	for (size_t i = 0; i < sizeof hash; i++)
		buf_printf(out, "%02x", hash[i]);
	buf_printf(out, "\">%s</%s>\r\n", name, element);
	return ecNone;
}

status oab_manifest(const struct nspi_picture *p, const struct oab_file *files, size_t n, struct buf *out)
{
	char guid[GUID_TEXT_SIZE];
	status s = ecNone;

	guid_format(&p->server, guid);
	buf_printf(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<OAB>\r\n<OAL id=\"%s\" dn=\"%s\" name=\"\\", guid, p->lists[0].dn);
	xml_text(out, p->lists[0].name);
	buf_add_str(out, "\">\r\n");
	for (size_t i = 0; i < n && !s; i++)
		s = add_file(p, &files[i], out);
	buf_add_str(out, "</OAL>\r\n</OAB>\r\n");
	return s ? s : buf_status(out);
}

status oab_hash(const struct nspi_picture *p, uint8_t hash[static 20], struct reason *why)
{
	CLEANUP_BUF struct buf file = BUF_MAX(OAB_MOST);
	status s = oab_details(p, 0, &file, why);

	if (!s && !hash_file(buf_bytes(&file), hash))
		s = reason_set(why, ecError, "the hash of the offline address book could not be computed");
	return s;
}
