/* People, and the named properties that are set when mail is read. */
#include "mime/draft.h"

#include <ctype.h>

#include "base/utf16.h"
#include "mime/addresses.h"
#include "mime/card_fields.h"

const struct person_tags person_of_recipient = { PidTagDisplayName, PidTagAddressType, PidTagEmailAddress,
						 PidTagSmtpAddress, PidTagEntryId, PidTagSearchKey };
const struct person_tags person_of_sender = { PidTagSenderName, PidTagSenderAddressType, PidTagSenderEmailAddress,
					      PidTagSenderSmtpAddress, PidTagSenderEntryId, PidTagSenderSearchKey };
const struct person_tags person_of_representing = { PidTagSentRepresentingName, PidTagSentRepresentingAddressType,
						    PidTagSentRepresentingEmailAddress,
						    PidTagSentRepresentingSmtpAddress, PidTagSentRepresentingEntryId,
						    PidTagSentRepresentingSearchKey };

struct bytes one_off_entry_id(struct arena *a, const char *name, const char *type, const char *email)
{
	static const uint8_t head[24] = { 0, 0, 0, 0, 0x81, 0x2b, 0x1f, 0xa4, 0xbe, 0xa3, 0x10, 0x19,
					  0x9d, 0x6e, 0x00, 0xdd, 0x01, 0x0f, 0x54, 0x02, 0, 0, 0x01, 0x80 };
	const char *const texts[] = { name, type, email };
	CLEANUP_BUF struct buf out = BUF_MAX(1 << 20);

	buf_add(&out, head, sizeof head);
	for (size_t i = 0; i < 3; i++) {
		utf16_from_utf8(bytes_of(texts[i], strlen(texts[i])), &out);
		buf_add_u16(&out, 0);
	}
	if (out.failed)
		return bytes_of(NULL, 0);
	return bytes_of(arena_memdup(a, out.p, out.n), out.n);
}

/* "SMTP:SOMEBODY@EXAMPLE.ORG" with its NUL. */
static struct bytes search_key(struct arena *a, const char *type, const char *email)
{
	char *key = arena_printf(a, "%s:%s", type, email);

	for (char *c = key; c && *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return key ? bytes_of(key, strlen(key) + 1) : bytes_of(NULL, 0);
}

static void set_bytes(struct draft *d, struct bag *props, uint32_t tag, struct bytes v)
{
	status st = v.p ? bag_set_bytes(props, tag, v) : ecMemory;

	if (st && !d->failed)
		d->failed = st;
}

static void set_text(struct draft *d, struct bag *props, uint32_t tag, const char *text)
{
	status st = bag_set_text(props, tag, text);

	if (st && !d->failed)
		d->failed = st;
}

static bool is_placeholder(const char *address)
{
	size_t n = strlen(address);

	return n > 10 && address[0] == '"' && strcmp(address + n - 9, "\"@invalid") == 0;
}

void draft_person(struct draft *d, struct bag *props, const struct person_tags *tags, const char *name, const char *address)
{
	struct arena *a = &d->r->arena;
	const char *type = "SMTP", *email = address, *decoded_type, *decoded_email;

	if (!name || !*name)
		name = address ? address : "";
	set_text(d, props, tags->name, name);
	if (!address || !*address || is_placeholder(address))
		return;
	if (address_decapsulate(a, address, &decoded_type, &decoded_email)) {
		type = decoded_type;
		email = decoded_email;
	} else {
		set_text(d, props, tags->smtp, address);
	}
	set_text(d, props, tags->type, type);
	set_text(d, props, tags->email, email);
	set_bytes(d, props, tags->entry_id, one_off_entry_id(a, name, type, email));
	set_bytes(d, props, tags->search_key, search_key(a, type, email));
}

/* Names ----------------------------------------------------------------------------------------------- */

static const struct {
	const struct guid *set;
	uint32_t lid;
} names[] = {
	{ &PSETID_Common, PidLidFlagRequest },
	{ &PSETID_Common, PidLidReminderSet },
	{ &PSETID_Common, PidLidReminderDelta },
	{ &PSETID_Common, PidLidReminderTime },
	{ &PSETID_Common, PidLidReminderSignalTime },
	{ &PSETID_Common, PidLidCommonStart },
	{ &PSETID_Common, PidLidCommonEnd },
	{ &PSETID_Common, PidLidPrivate },
	{ &PSETID_Common, PidLidSideEffects },
	{ &PSETID_Appointment, PidLidAppointmentStartWhole },
	{ &PSETID_Appointment, PidLidAppointmentEndWhole },
	{ &PSETID_Appointment, PidLidAppointmentDuration },
	{ &PSETID_Appointment, PidLidAppointmentSubType },
	{ &PSETID_Appointment, PidLidAppointmentSequence },
	{ &PSETID_Appointment, PidLidAppointmentStateFlags },
	{ &PSETID_Appointment, PidLidAppointmentRecur },
	{ &PSETID_Appointment, PidLidBusyStatus },
	{ &PSETID_Appointment, PidLidLocation },
	{ &PSETID_Appointment, PidLidRecurring },
	{ &PSETID_Appointment, PidLidRecurrenceType },
	{ &PSETID_Appointment, PidLidResponseStatus },
	{ &PSETID_Appointment, PidLidClipStart },
	{ &PSETID_Appointment, PidLidClipEnd },
	{ &PSETID_Appointment, PidLidTimeZoneStruct },
	{ &PSETID_Appointment, PidLidTimeZoneDescription },
	{ &PSETID_Appointment, PidLidOwnerCriticalChange },
	{ &PSETID_Meeting, PidLidGlobalObjectId },
	{ &PSETID_Meeting, PidLidCleanGlobalObjectId },
	{ &PSETID_Task, PidLidTaskStatus },
	{ &PSETID_Task, PidLidPercentComplete },
	{ &PSETID_Task, PidLidTaskStartDate },
	{ &PSETID_Task, PidLidTaskDueDate },
	{ &PSETID_Task, PidLidTaskDateCompleted },
	{ &PSETID_Task, PidLidTaskComplete },
	{ &PSETID_Task, PidLidTaskRecurrence },
	{ &PSETID_Task, PidLidTaskFRecurring },
	{ &PSETID_Address, PidLidWorkAddress },
	{ &PSETID_Address, PidLidHomeAddress },
	{ &PSETID_Address, PidLidOtherAddress },
	{ &PSETID_Address, PidLidHasPicture },
	{ &PSETID_Address, PidLidAddressBookProviderEmailList },
	{ &PSETID_Address, PidLidAddressBookProviderArrayType },
	{ &PSETID_Address, PidLidDistributionListName },
	{ &PSETID_Address, PidLidDistributionListMembers },
	{ &PSETID_Address, PidLidDistributionListOneOffMembers },
	{ &PSETID_Address, PidLidEmail1OriginalEntryId },
	{ &PSETID_Address, PidLidEmail2OriginalEntryId },
	{ &PSETID_Address, PidLidEmail3OriginalEntryId },
};

static status add_lid(struct name_map *m, const struct guid *set, uint32_t lid)
{
	uint16_t id;

	return name_map_assign(m, &(struct prop_name){ .set = *set, .lid = lid }, &id);
}

static status add_card_names(struct name_map *m)
{
	status st = ecNone;

	for (size_t i = 0; i < card_text_count && !st; i++)
		if (card_texts[i].prop.set)
			st = add_lid(m, card_texts[i].prop.set, card_texts[i].prop.tag);
	for (size_t i = 0; i < card_list_count && !st; i++)
		for (unsigned k = 0; k < card_lists[i].count && !st; k++)
			if (card_lists[i].part[k].set)
				st = add_lid(m, card_lists[i].part[k].set, card_lists[i].part[k].tag);
	for (size_t i = 0; i < 3 && !st; i++) {
		const struct card_email *e = &card_emails[i];
		const uint32_t lids[] = { e->name, e->type, e->address, e->original };

		for (size_t k = 0; k < 4 && !st; k++)
			st = add_lid(m, &PSETID_Address, lids[k]);
	}
	return st;
}

static status add_names(struct name_map *m)
{
	static const uint8_t keywords[] = "K\0e\0y\0w\0o\0r\0d\0s"; /* UTF-16LE with the NUL that ends it */
	uint16_t id;
	status st = add_card_names(m);

	for (size_t i = 0; i < sizeof names / sizeof *names && !st; i++)
		st = add_lid(m, names[i].set, names[i].lid);
	if (!st)
		st = name_map_assign(m,
				     &(struct prop_name){ .set = PS_PUBLIC_STRINGS, .by_string = true,
							  .string = bytes_of(keywords, sizeof keywords) },
				     &id);
	return st;
}

struct name_map *reading_names(void)
{
	struct name_map *m = name_map_new();

	if (m && add_names(m)) {
		name_map_free(m);
		m = NULL;
	}
	return m;
}
