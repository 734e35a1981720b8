#include "server/transport_person.h"

#include "base/utf16.h"
#include "mapi/entryid.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MOST ((size_t)1 << 20)
#define CODEPAGE 1252u

const struct person_tags person_sender = { PidTagSenderName, PidTagSenderAddressType, PidTagSenderEmailAddress, PidTagSenderEntryId,
					   PidTagSenderSearchKey, PidTagSenderSmtpAddress };
const struct person_tags person_representing = { PidTagSentRepresentingName, PidTagSentRepresentingAddressType, PidTagSentRepresentingEmailAddress,
						 PidTagSentRepresentingEntryId, PidTagSentRepresentingSearchKey,
						 PidTagSentRepresentingSmtpAddress };
const struct person_tags person_received_by = { PidTagReceivedByName, PidTagReceivedByAddressType, PidTagReceivedByEmailAddress,
						PidTagReceivedByEntryId, PidTagReceivedBySearchKey, PidTagReceivedBySmtpAddress };
const struct person_tags person_received_representing = { PidTagReceivedRepresentingName, PidTagReceivedRepresentingAddressType,
							  PidTagReceivedRepresentingEmailAddress, PidTagReceivedRepresentingEntryId,
							  PidTagReceivedRepresentingSearchKey, 0 };
const struct person_tags person_recipient = { PidTagDisplayName, PidTagAddressType, PidTagEmailAddress, PidTagEntryId, PidTagSearchKey,
					      PidTagSmtpAddress };

status held_put_text(struct property_set *to, uint32_t tag, const char *utf8)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	struct bytes text = utf16_bytes(&arena, utf8 ? utf8 : "");

	return text.p ? property_set_put_text(to, tag, text) : ecMemory;
}

const char *held_text(const struct property_set *from, uint32_t tag, struct arena *arena)
{
	const struct held_prop *h = property_set_find(from, tag_id(tag));

	return h && !(h->p.flags & PROP_LARGE) ? prop_text(&h->p, CODEPAGE, arena) : NULL;
}

status person_put(struct property_set *to, const struct person_tags *as, const struct person *p)
{
	CLEANUP_BUF struct buf id = BUF_MAX(4096), key = BUF_MAX(4096);
	status s = held_put_text(to, as->name, p->display_name);

	if (!s)
		s = held_put_text(to, as->type, "EX");
	if (!s)
		s = held_put_text(to, as->address, p->legacy_dn);
	if (!s)
		s = person_entryid(p, &id);
	if (!s)
		s = property_set_put_bytes(to, as->entryid, buf_bytes(&id));
	if (!s)
		s = person_search_key(p, &key);
	if (!s)
		s = property_set_put_bytes(to, as->search_key, buf_bytes(&key));
	return s || !as->smtp ? s : held_put_text(to, as->smtp, p->smtp);
}

static status one_off(const char *name, const char *smtp, struct buf *out)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	struct entryid id = { .kind = ENTRYID_ONE_OFF };

	id.one_off.provider = entryid_uid_one_off;
	id.one_off.bits = ONE_OFF_UNICODE | ONE_OFF_NO_RICH_INFO;
	id.one_off.text16.name = utf16_bytes(&arena, name);
	id.one_off.text16.type = utf16_bytes(&arena, "SMTP");
	id.one_off.text16.address = utf16_bytes(&arena, smtp);
	return entryid_encode(&id, out, NULL);
}

/* "SMTP:BOB@EXAMPLE.ORG" with its terminator. */
static void search_key(const char *smtp, struct buf *out)
{
	buf_add(out, "SMTP:", 5);
	for (const char *c = smtp; *c; c++)
		buf_add_u8(out, (uint8_t)toupper((unsigned char)*c));
	buf_add_u8(out, 0);
}

status person_put_outside(struct property_set *to, const struct person_tags *as, const char *name, const char *smtp)
{
	CLEANUP_BUF struct buf id = BUF_MAX(8192), key = BUF_MAX(4096);
	status s = held_put_text(to, as->name, name ? name : smtp);

	search_key(smtp, &key);
	if (!s)
		s = held_put_text(to, as->type, "SMTP");
	if (!s)
		s = held_put_text(to, as->address, smtp);
	if (!s)
		s = one_off(name ? name : smtp, smtp, &id);
	if (!s)
		s = property_set_put_bytes(to, as->entryid, buf_bytes(&id));
	if (!s)
		s = property_set_put_bytes(to, as->search_key, buf_bytes(&key));
	return s || !as->smtp ? s : held_put_text(to, as->smtp, smtp);
}

static status copy_one(struct property_set *to, uint32_t tag, const struct property_set *from, uint32_t was)
{
	const struct held_prop *h = was ? property_set_find(from, tag_id(was)) : NULL;
	struct prop p;

	if (!tag)
		return ecNone;
	if (!h || h->p.flags & PROP_LARGE) {
		(void)property_set_remove(to, tag_id(tag));
		return ecNone;
	}
	p = h->p;
	p.tag = (tag & 0xFFFF0000u) | tag_type(h->p.tag);
	return property_set_put(to, &p);
}

status person_copy(struct property_set *to, const struct person_tags *as, const struct property_set *from, const struct person_tags *was)
{
	status s = copy_one(to, as->name, from, was->name);

	if (!s)
		s = copy_one(to, as->type, from, was->type);
	if (!s)
		s = copy_one(to, as->address, from, was->address);
	if (!s)
		s = copy_one(to, as->entryid, from, was->entryid);
	if (!s)
		s = copy_one(to, as->search_key, from, was->search_key);
	return s ? s : copy_one(to, as->smtp, from, was->smtp);
}

/* Of an entry id: a DN, or the address of a one-off. */
static const char *of_entryid(struct bytes v, struct arena *arena, bool *smtp)
{
	struct entryid id;

	if (!v.n || entryid_decode(v, &id, NULL))
		return NULL;
	if (id.kind == ENTRYID_ADDRESS_BOOK) {
		*smtp = false;
		return arena_strndup(arena, (const char *)id.address_book.dn.p, id.address_book.dn.n);
	}
	if (id.kind != ENTRYID_ONE_OFF)
		return NULL;
	*smtp = true;
	if (id.one_off.bits & ONE_OFF_UNICODE)
		return utf16_text(arena, id.one_off.text16.address);
	return arena_strndup(arena, (const char *)id.one_off.text8.address.p, id.one_off.text8.address.n);
}

const char *person_identity(const struct property_set *from, const struct person_tags *as, struct arena *arena, bool *smtp)
{
	const char *type = held_text(from, as->type, arena), *address = held_text(from, as->address, arena);
	const struct held_prop *id = property_set_find(from, tag_id(as->entryid));
	const char *found = NULL;

	*smtp = type && strcasecmp(type, "SMTP") == 0;
	if (address && *address && (!type || !*type || *smtp || strcasecmp(type, "EX") == 0)) {
		*smtp = *address != '/' && strchr(address, '@');
		return address;
	}
	if (id && !(id->p.flags & PROP_LARGE) && !prop_is_list(id->p.tag))
		found = of_entryid(id->p.value, arena, smtp);
	if (found && *found)
		return found;
	*smtp = true;
	found = as->smtp ? held_text(from, as->smtp, arena) : NULL;
	return found && *found ? found : NULL;
}
