/* mapi/tag, mapi/propset: the lists have the order the searches rely on, and say what is known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "mapi/propset.h"
#include "mapi/tag.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What the lists had when they were written; a row lost is a mistake, a row more is not. */
enum {
	TAGS_LEAST = 1482,
	CANONICAL_LEAST = 944,
	LIDS_LEAST = 419,
	STRINGS_LEAST = 139,
	SETS_LEAST = 45
};

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* The other case of every letter. */
static const char *swapped(const char *s)
{
	static char to[128];
	size_t n = 0;

	for (; s[n] && n < sizeof to - 1; n++)
		to[n] = (s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z')
				? (char)(s[n] ^ 0x20)
				: s[n];
	assert_int_equal(s[n], 0);
	to[n] = 0;
	return to;
}

/* --- constants --- */

static const uint32_t initialised[] = { PidTagSubject, PidTagAddressBookManager,
					PidTagEmsAbServer };

static const char *labelled(uint32_t tag)
{
	switch (tag) {
	case PidTagSubject:
		return "subject";
	case PidTagPstHiddenCount:
		return "hidden";
	case PidTagAddressBookManager:
		return "manager";
	case PidTagAddressBookContainerId:
		return "container";
	default:
		return "";
	}
}

static void tags_are_constants(void **state)
{
	(void)state;
	assert_int_equal(initialised[0], 0x0037001F);
	assert_int_equal(initialised[1], 0x8005000D);
	assert_int_equal(initialised[2], 0xFFFE001F);
	assert_string_equal(labelled(0x0037001F), "subject");
	assert_string_equal(labelled(0x66350003), "hidden");
	assert_string_equal(labelled(0x8005000D), "manager");
	assert_string_equal(labelled(0xFFFD0003), "container");
	assert_int_equal(tag_id(PidTagAddressBookContainerId), 0xFFFD);
	assert_int_equal(tag_type(PidTagAddressBookContainerId), PT_LONG);
	assert_int_equal(tag_make(0x0037, PT_UNICODE), PidTagSubject);
	assert_int_equal(tag_make(0xFFFE, PT_UNICODE), PidTagEmsAbServer);
}

/* --- the list of tags --- */

static void tags_are_ordered_and_unique(void **state)
{
	const struct tag_info *before = tag_info_at(0), *info;
	size_t n = 1, canonical = 0;

	(void)state;
	assert_non_null(before);
	for (; (info = tag_info_at(n)) != NULL; n++, before = info)
		if (before->tag >= info->tag)
			fail_msg("%s 0x%08X stands before %s 0x%08X", before->name, before->tag,
				 info->name, info->tag);
	for (size_t i = 0; i < n; i++)
		canonical += begins(tag_info_at(i)->name, "PidTag") ||
			     begins(tag_info_at(i)->name, "MetaTag");
	assert_true(n >= TAGS_LEAST);
	assert_true(canonical >= CANONICAL_LEAST);
	assert_null(tag_info_at(n));
	assert_null(tag_info_at(SIZE_MAX));
}

static void tags_are_of_known_types(void **state)
{
	const struct tag_info *info;

	(void)state;
	for (size_t i = 0; (info = tag_info_at(i)) != NULL; i++)
		if (!prop_type_known(tag_type(info->tag)) || tag_type(info->tag) == PT_UNSPECIFIED)
			fail_msg("%s 0x%08X has no type", info->name, info->tag);
}

static void every_tag_is_found(void **state)
{
	const struct tag_info *info;

	(void)state;
	for (size_t i = 0; (info = tag_info_at(i)) != NULL; i++) {
		const struct tag_info *found = tag_id(info->tag) < 0x8000
						       ? tag_info(info->tag)
						       : tag_info_address_book(info->tag);

		if (found != info || tag_info_by_name(info->name) != info ||
		    tag_info_by_name(swapped(info->name)) != info)
			fail_msg("%s 0x%08X is not found", info->name, info->tag);
		if (info->mapi_name && tag_info_by_name(info->mapi_name) != info)
			fail_msg("%s is not found", info->mapi_name);
		if (info->mapi_name && !begins(info->mapi_name, "PR_"))
			fail_msg("%s is no name of MAPI", info->mapi_name);
	}
}

static void spellings_are_ordered(void **state)
{
	static const char *const spellings[] = {
#define NAME(spelling, row) #spelling,
#include "mapi/tag_list.def"
	};

	(void)state;
	for (size_t i = 0; i < COUNT(spellings); i++) {
		if (i && strcasecmp(spellings[i - 1], spellings[i]) >= 0)
			fail_msg("%s stands before %s", spellings[i - 1], spellings[i]);
		if (!tag_info_by_name(spellings[i]))
			fail_msg("%s is not found", spellings[i]);
	}
}

static void second_names_lead_to_the_tag(void **state)
{
	static const struct {
		uint32_t tag;
		const char *name;
	} aliases[] = {
#define ALIAS(tag, name) { tag, #name },
#include "mapi/tag_list.def"
	};

	(void)state;
	assert_true(COUNT(aliases) >= 20);
	for (size_t i = 0; i < COUNT(aliases); i++) {
		const struct tag_info *info = tag_info_by_name(aliases[i].name);

		if (!info || info->tag != aliases[i].tag ||
		    !strcasecmp(info->name, aliases[i].name))
			fail_msg("%s does not lead to 0x%08X", aliases[i].name, aliases[i].tag);
	}
}

/* --- tags as specifications and real stores have them --- */

static const struct tag_info known[] = {
	{ 0x00170003, "PidTagImportance", "PR_IMPORTANCE" },
	{ 0x001A001F, "PidTagMessageClass", "PR_MESSAGE_CLASS" },
	{ 0x0037001F, "PidTagSubject", "PR_SUBJECT" },
	{ 0x00390040, "PidTagClientSubmitTime", "PR_CLIENT_SUBMIT_TIME" },
	{ 0x0C1A001F, "PidTagSenderName", "PR_SENDER_NAME" },
	{ 0x0E060040, "PidTagMessageDeliveryTime", "PR_MESSAGE_DELIVERY_TIME" },
	{ 0x0E070003, "PidTagMessageFlags", "PR_MESSAGE_FLAGS" },
	{ 0x0FFF0102, "PidTagEntryId", "PR_ENTRYID" },
	{ 0x1000001F, "PidTagBody", "PR_BODY" },
	{ 0x10090102, "PidTagRtfCompressed", "PR_RTF_COMPRESSED" },
	{ 0x10130102, "PidTagHtml", "PR_HTML" },
	{ 0x1035001F, "PidTagInternetMessageId", "PR_INTERNET_MESSAGE_ID" },
	{ 0x3001001F, "PidTagDisplayName", "PR_DISPLAY_NAME" },
	{ 0x35E00102, "PidTagIpmSubTreeEntryId", "PR_IPM_SUBTREE_ENTRYID" },
	{ 0x3701000D, "PidTagAttachDataObject", "PR_ATTACH_DATA_OBJ" },
	{ 0x37010102, "PidTagAttachDataBinary", "PR_ATTACH_DATA_BIN" },
	{ 0x37050003, "PidTagAttachMethod", "PR_ATTACH_METHOD" },
	{ 0x37000040, "PidTagClientActivelyEditingUntil", "PR_CLIENT_ACTIVELY_EDITING_UNTIL" },
	{ 0x39FE001F, "PidTagSmtpAddress", "PR_SMTP_ADDRESS" },
	{ 0x3FDE0003, "PidTagInternetCodepage", "PR_INTERNET_CPID" },
	{ 0x65E00102, "PidTagSourceKey", "PR_SOURCE_KEY" },
	{ 0x65E10102, "PidTagParentSourceKey", "PR_PARENT_SOURCE_KEY" },
	{ 0x65E20102, "PidTagChangeKey", "PR_CHANGE_KEY" },
	{ 0x65E30102, "PidTagPredecessorChangeList", "PR_PREDECESSOR_CHANGE_LIST" },
	{ 0x67480014, "PidTagFolderId", NULL },
	{ 0x674A0014, "PidTagMid", NULL },
	{ 0x67A40014, "PidTagChangeNumber", NULL },
	/* [MS-PST], which says PtypInteger32 of PidTagReplItemid; every file seen has it binary */
	{ 0x00010003, "PidTagNameidBucketCount", "PR_NAMEID_BUCKET_COUNT" },
	{ 0x0E300102, "PidTagReplItemid", "PR_REPL_ITEMID" },
	{ 0x0E330014, "PidTagReplChangenum", "PR_REPL_CHANGENUM" },
	{ 0x0E340102, "PidTagReplVersionHistory", "PR_REPL_VERSIONHISTORY" },
	{ 0x0E380003, "PidTagReplFlags", "PR_REPL_FLAGS" },
	{ 0x0E3C0102, "PidTagReplCopiedfromVersionhistory", "PR_REPL_COPIEDFROM_VERSIONHISTORY" },
	{ 0x0E3D0102, "PidTagReplCopiedfromItemid", "PR_REPL_COPIEDFROM_ITEMID" },
	{ 0x66350003, "PidTagPstHiddenCount", "PR_PST_HIDDEN_COUNT" },
	{ 0x66360003, "PidTagPstHiddenUnread", "PR_PST_HIDDEN_UNREAD" },
	{ 0x66FA0003, "PidTagLatestPstEnsure", "PR_LATEST_PST_ENSURE" },
	{ 0x6700001F, "PidTagPstPath", "PR_PST_PATH" },
	{ 0x67F10003, "PidTagLtpParentNid", "PR_LTP_PARENT_NID" },
	{ 0x67F20003, "PidTagLtpRowId", "PR_LTP_ROW_ID" },
	{ 0x67F30003, "PidTagLtpRowVer", "PR_LTP_ROW_VER" },
	{ 0x67FF0003, "PidTagPstPassword", "PR_PST_PASSWORD" },
	/* .ost, without a published name */
	{ 0x66140102, "PR_PST_LRSTM_ICS", "PR_PST_LRSTM_ICS" },
	{ 0x66150048, "PR_PST_LRMAILBOX_GUID", "PR_PST_LRMAILBOX_GUID" },
	{ 0x67F40014, "PR_LTP_CKEY", "PR_LTP_CKEY" },
	{ 0x5FE5001F, "RecipientSipUri", NULL },
	/* [MS-OXCFXICS] 2.2.1.1 */
	{ 0x40170003, "MetaTagIdsetGiven", NULL },
	{ 0x67960102, "MetaTagCnsetSeen", NULL },
	{ 0x67D20102, "MetaTagCnsetRead", NULL },
	{ 0x67DA0102, "MetaTagCnsetSeenFAI", NULL },
};

static void known_tags(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		const struct tag_info *info = tag_info(known[i].tag);

		if (!info || info->tag != known[i].tag)
			fail_msg("0x%08X is not in the list", known[i].tag);
		assert_string_equal(info->name, known[i].name);
		if (known[i].mapi_name) {
			assert_non_null(info->mapi_name);
			assert_string_equal(info->mapi_name, known[i].mapi_name);
		}
	}
}

static void nearest_tag(void **state)
{
	const struct tag_info *info;

	(void)state;
	/* The other kind of string, also of many. */
	assert_int_equal(tag_info(0x0037001E)->tag, PidTagSubject);
	assert_int_equal(
		tag_info(tag_make(tag_id(PidTagScheduleInfoDelegateNamesW), PT_MV_STRING8))->tag,
		PidTagScheduleInfoDelegateNamesW);
	/* Another type of the id: the first; the caller compares. */
	info = tag_info(tag_make(0x0037, PT_BINARY));
	assert_non_null(info);
	assert_int_equal(info->tag, PidTagSubject);
	info = tag_info(0x0E300003);
	assert_non_null(info);
	assert_string_equal(info->name, "PidTagReplItemid");
	/* Two types, two tags. */
	assert_int_equal(tag_info(0x3701000D)->tag, PidTagAttachDataObject);
	assert_int_equal(tag_info(0x37010102)->tag, PidTagAttachDataBinary);
	/* Nothing near. */
	assert_null(tag_info(0));
	assert_null(tag_info(0x0000001F));
	assert_null(tag_info(0x2FFF001F));
	assert_null(tag_info(0x7BFF001F));
}

/* From 0x8000 an id means something in the address book; in a store only its map of names does. */
static void address_book(void **state)
{
	(void)state;
	assert_null(tag_info(PidTagAddressBookManager));
	assert_null(tag_info(0xFFFFFFFF));
	assert_string_equal(tag_info_address_book(0x8005000D)->name, "PidTagAddressBookManager");
	assert_string_equal(tag_info_address_book(0x8005001E)->name,
			    "PidTagAddressBookManagerDistinguishedName");
	assert_string_equal(tag_info_address_book(0x800F101E)->name,
			    "PidTagAddressBookProxyAddresses");
	assert_string_equal(tag_info_address_book(0xFFFD0003)->mapi_name, "PR_EMS_AB_CONTAINERID");
	assert_string_equal(tag_info_address_book(PidTagDisplayName)->name, "PidTagDisplayName");
	assert_null(tag_info_address_book(0xFFFFFFFF));
	assert_int_equal(tag_info_by_name("PR_EMS_AB_PROXY_ADDRESSES")->tag,
			 PidTagAddressBookProxyAddresses);
}

static void tags_by_name(void **state)
{
	static const char *const strangers[] = {
		"",	       "P",	      "PidTag", "PidTagSubjec", "PidTagSubject ",
		"PidTagSubjects", "PR_SUBJECT_", "zzz",	"@",		"\xC3\xA4",
	};

	(void)state;
	assert_int_equal(tag_info_by_name("pidtagsubject")->tag, PidTagSubject);
	assert_int_equal(tag_info_by_name("pr_Subject")->tag, PidTagSubject);
	/* More than one name of MAPI's. */
	assert_int_equal(tag_info_by_name("PR_OFFICE_TELEPHONE_NUMBER")->tag,
			 PidTagBusinessTelephoneNumber);
	assert_int_equal(tag_info_by_name("PR_CELLULAR_TELEPHONE_NUMBER")->tag,
			 PidTagMobileTelephoneNumber);
	/* A second canonical name: the row of the first. */
	assert_ptr_equal(tag_info_by_name("PidTagMemberEntryId"),
			 tag_info_by_name("PidTagEntryId"));
	for (size_t i = 0; i < COUNT(strangers); i++)
		assert_null(tag_info_by_name(strangers[i]));
}

/* --- types --- */

static const struct {
	uint16_t type;
	size_t size;
	const char *name, *mapi_name, *many;
} all_types[] = {
	{ PT_UNSPECIFIED, 0, "PtypUnspecified", "PT_UNSPECIFIED", NULL },
	{ PT_NULL, 0, "PtypNull", "PT_NULL", NULL },
	{ PT_SHORT, 2, "PtypInteger16", "PT_SHORT", "PtypMultipleInteger16" },
	{ PT_LONG, 4, "PtypInteger32", "PT_LONG", "PtypMultipleInteger32" },
	{ PT_FLOAT, 4, "PtypFloating32", "PT_FLOAT", "PtypMultipleFloating32" },
	{ PT_DOUBLE, 8, "PtypFloating64", "PT_DOUBLE", "PtypMultipleFloating64" },
	{ PT_CURRENCY, 8, "PtypCurrency", "PT_CURRENCY", "PtypMultipleCurrency" },
	{ PT_APPTIME, 8, "PtypFloatingTime", "PT_APPTIME", "PtypMultipleFloatingTime" },
	{ PT_ERROR, 4, "PtypErrorCode", "PT_ERROR", NULL },
	{ PT_BOOLEAN, 1, "PtypBoolean", "PT_BOOLEAN", NULL },
	{ PT_OBJECT, 0, "PtypObject", "PT_OBJECT", NULL },
	{ PT_I8, 8, "PtypInteger64", "PT_I8", "PtypMultipleInteger64" },
	{ PT_STRING8, 0, "PtypString8", "PT_STRING8", "PtypMultipleString8" },
	{ PT_UNICODE, 0, "PtypString", "PT_UNICODE", "PtypMultipleString" },
	{ PT_SYSTIME, 8, "PtypTime", "PT_SYSTIME", "PtypMultipleTime" },
	{ PT_CLSID, 16, "PtypGuid", "PT_CLSID", "PtypMultipleGuid" },
	{ PT_SVREID, 0, "PtypServerId", "PT_SVREID", NULL },
	{ PT_SRESTRICTION, 0, "PtypRestriction", "PT_SRESTRICTION", NULL },
	{ PT_ACTIONS, 0, "PtypRuleAction", "PT_ACTIONS", NULL },
	{ PT_BINARY, 0, "PtypBinary", "PT_BINARY", "PtypMultipleBinary" },
};

static void types(void **state)
{
	unsigned known_types = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(all_types); i++) {
		uint16_t many = all_types[i].type | MV_FLAG;

		assert_string_equal(prop_type_name(all_types[i].type), all_types[i].name);
		assert_string_equal(prop_type_mapi_name(all_types[i].type), all_types[i].mapi_name);
		assert_int_equal(prop_type_fixed_size(all_types[i].type), all_types[i].size);
		assert_int_equal(prop_type_fixed_size(many), all_types[i].size);
		assert_true(prop_type_known(all_types[i].type));
		assert_int_equal(prop_type_known(many), all_types[i].many != NULL);
		if (all_types[i].many)
			assert_string_equal(prop_type_name(many), all_types[i].many);
		else
			assert_null(prop_type_mapi_name(many));
	}
	assert_string_equal(prop_type_mapi_name(PT_MV_UNICODE), "PT_MV_UNICODE");
	assert_int_equal(PT_MV_BINARY, 0x1102);
	for (uint32_t type = 0; type <= UINT16_MAX; type++)
		known_types += prop_type_known((uint16_t)type);
	assert_int_equal(known_types, 20 + 12);
}

/* --- property sets --- */

static void sets_are_ordered(void **state)
{
	const struct guid *before = NULL, *set;
	const char *name;
	size_t n = 0;

	(void)state;
	for (; (set = propset_at(n, &name)) != NULL; n++, before = set) {
		if (before && memcmp(before->b, set->b, sizeof set->b) >= 0)
			fail_msg("%s is out of order", name);
		assert_ptr_equal(propset_name(set), name);
	}
	assert_true(n >= SETS_LEAST);
	assert_ptr_equal(propset_at(0, NULL), propset_at(0, &name));
	assert_null(propset_name(&(struct guid){ { 0 } }));
}

static void known_sets(void **state)
{
	static const struct {
		const struct guid *set;
		const char *name, *text;
	} sets[] = {
		{ &PS_PUBLIC_STRINGS, "PS_PUBLIC_STRINGS", "00020329-0000-0000-c000-000000000046" },
		{ &PS_MAPI, "PS_MAPI", "00020328-0000-0000-c000-000000000046" },
		{ &PS_INTERNET_HEADERS, "PS_INTERNET_HEADERS",
		  "00020386-0000-0000-c000-000000000046" },
		{ &PSETID_Common, "PSETID_Common", "00062008-0000-0000-c000-000000000046" },
		{ &PSETID_Address, "PSETID_Address", "00062004-0000-0000-c000-000000000046" },
		{ &PSETID_Appointment, "PSETID_Appointment",
		  "00062002-0000-0000-c000-000000000046" },
		{ &PSETID_Meeting, "PSETID_Meeting", "6ed8da90-450b-101b-98da-00aa003f1305" },
		{ &PSETID_Log, "PSETID_Log", "0006200a-0000-0000-c000-000000000046" },
		{ &PSETID_Messaging, "PSETID_Messaging", "41f28f13-83f4-4114-a584-eedb5a6b0bff" },
		{ &PSETID_Note, "PSETID_Note", "0006200e-0000-0000-c000-000000000046" },
		{ &PSETID_PostRss, "PSETID_PostRss", "00062041-0000-0000-c000-000000000046" },
		{ &PSETID_Task, "PSETID_Task", "00062003-0000-0000-c000-000000000046" },
		{ &PSETID_UnifiedMessaging, "PSETID_UnifiedMessaging",
		  "4442858e-a9e3-4e80-b900-317a210cc15b" },
		{ &PSETID_AirSync, "PSETID_AirSync", "71035549-0739-4dcb-9163-00f0580dbbdf" },
		{ &PSETID_Sharing, "PSETID_Sharing", "00062040-0000-0000-c000-000000000046" },
		{ &PSETID_XmlExtractedEntities, "PSETID_XmlExtractedEntities",
		  "23239608-685d-4732-9c55-4c95cb4e8e33" },
		{ &PSETID_Attachment, "PSETID_Attachment", "96357f7f-59e1-47d0-99a7-46515c183b54" },
		{ &PSETID_CalendarAssistant, "PSETID_CalendarAssistant",
		  "11000e07-b51b-40d6-af21-caa85edab1d0" },
		{ &PSETID_Remote, "PSETID_Remote", "00062014-0000-0000-c000-000000000046" },
		{ &PSETID_Report, "PSETID_Report", "00062013-0000-0000-c000-000000000046" },
	};
	char text[GUID_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(sets); i++) {
		guid_format(sets[i].set, text);
		assert_string_equal(text, sets[i].text);
		assert_string_equal(propset_name(sets[i].set), sets[i].name);
	}
}

/* --- named properties --- */

static int order_of(const struct named_info *a, const struct named_info *b)
{
	int order = memcmp(a->set->b, b->set->b, sizeof a->set->b);

	if (order || a->kind != b->kind)
		return order ? order : a->kind - b->kind;
	if (a->kind == NAMED_STRING)
		return strcasecmp(a->string, b->string);
	return a->lid < b->lid ? -1 : a->lid > b->lid;
}

static void names_are_ordered_and_whole(void **state)
{
	const struct named_info *before = NULL, *info;
	size_t n = 0, lids = 0, strings = 0;

	(void)state;
	for (; (info = named_info_at(n)) != NULL; n++, before = info) {
		if (before && order_of(before, info) >= 0)
			fail_msg("%s stands before %s", before->name, info->name);
		assert_non_null(propset_name(info->set));
		if (!prop_type_known(info->type) || info->type == PT_UNSPECIFIED)
			fail_msg("%s has no type", info->name);
		assert_int_equal(info->string != NULL, info->kind == NAMED_STRING);
		if (begins(info->name, "PidName") != (info->kind == NAMED_STRING))
			fail_msg("%s is of the wrong kind", info->name);
		lids += info->kind == NAMED_LID;
		strings += info->kind == NAMED_STRING;
	}
	assert_true(lids >= LIDS_LEAST);
	assert_true(strings >= STRINGS_LEAST);
	assert_null(named_info_at(SIZE_MAX));
}

static void every_name_is_found(void **state)
{
	static const char *const spellings[] = {
#define NAMED(spelling, row) #spelling,
#include "mapi/named_list.def"
	};
	const struct named_info *info;

	(void)state;
	for (size_t i = 0; (info = named_info_at(i)) != NULL; i++) {
		struct guid copy = *info->set;
		const struct named_info *found =
			info->kind == NAMED_LID
				? named_info_by_lid(&copy, info->lid)
				: named_info_by_string(&copy, swapped(info->string));

		if (found != info || named_info_by_name(info->name) != info ||
		    named_info_by_name(swapped(info->name)) != info)
			fail_msg("%s is not found", info->name);
	}
	for (size_t i = 0; i < COUNT(spellings); i++) {
		if (i && strcasecmp(spellings[i - 1], spellings[i]) >= 0)
			fail_msg("%s stands before %s", spellings[i - 1], spellings[i]);
		if (!named_info_by_name(spellings[i]))
			fail_msg("%s is not found", spellings[i]);
	}
}

static void known_lids(void **state)
{
	static const struct {
		const struct guid *set;
		uint32_t lid;
		uint16_t type;
		const char *name;
	} wanted[] = {
		{ &PSETID_Appointment, 0x8205, PT_LONG, "PidLidBusyStatus" },
		{ &PSETID_Appointment, 0x820D, PT_SYSTIME, "PidLidAppointmentStartWhole" },
		{ &PSETID_Appointment, 0x8216, PT_BINARY, "PidLidAppointmentRecur" },
		{ &PSETID_Meeting, 0x0003, PT_BINARY, "PidLidGlobalObjectId" },
		{ &PSETID_Common, 0x8503, PT_BOOLEAN, "PidLidReminderSet" },
		{ &PSETID_Address, 0x8083, PT_UNICODE, "PidLidEmail1EmailAddress" },
		{ &PSETID_Address, 0x8055, PT_MV_BINARY, "PidLidDistributionListMembers" },
		{ &PSETID_Task, 0x8102, PT_DOUBLE, "PidLidPercentComplete" },
		{ &PSETID_Log, 0x8700, PT_UNICODE, "PidLidLogType" },
		{ &PSETID_Note, 0x8B00, PT_LONG, "PidLidNoteColor" },
		{ &PSETID_Sharing, 0x8A01, PT_BINARY, "PidLidSharingProviderGuid" },
		{ &PSETID_Remote, 0x8F01, PT_BINARY, "PidLidRemoteEntryId" },
		{ &PSETID_CalendarAssistant, 0x0015, PT_LONG, "PidLidClientIntent" },
		{ &PS_PUBLIC_STRINGS, 0x9000, PT_MV_UNICODE, "PidLidCategories" },
	};

	(void)state;
	assert_int_equal(PidLidBusyStatus, 0x8205);
	for (size_t i = 0; i < COUNT(wanted); i++) {
		const struct named_info *info = named_info_by_lid(wanted[i].set, wanted[i].lid);

		if (!info)
			fail_msg("%s is not in the list", wanted[i].name);
		assert_string_equal(info->name, wanted[i].name);
		assert_int_equal(info->type, wanted[i].type);
	}
	assert_null(named_info_by_lid(&PSETID_Meeting, 0x8205));
	assert_null(named_info_by_lid(&PSETID_Appointment, 0x18205));
	assert_null(named_info_by_lid(&(struct guid){ { 0 } }, 0x8205));
}

static void known_strings(void **state)
{
	const struct named_info *info = named_info_by_string(&PS_PUBLIC_STRINGS, "Keywords");

	(void)state;
	assert_non_null(info);
	assert_string_equal(info->name, "PidNameKeywords");
	assert_int_equal(info->type, PT_MV_UNICODE);
	assert_int_equal(info->kind, NAMED_STRING);
	assert_ptr_equal(named_info_by_string(&PS_PUBLIC_STRINGS, "KEYWORDS"), info);
	assert_ptr_equal(named_info_by_name("pidnamekeywords"), info);
	assert_null(named_info_by_string(&PSETID_Common, "Keywords"));
	assert_null(named_info_by_string(&PS_PUBLIC_STRINGS, "Keyword"));
	assert_null(named_info_by_string(&PS_PUBLIC_STRINGS, ""));
	/* One string, two canonical names; the same string in two sets. */
	assert_ptr_equal(named_info_by_name("PidNameLocationUrl"),
			 named_info_by_name("PidNameCalendarLocationUrl"));
	assert_string_equal(named_info_by_string(&PS_INTERNET_HEADERS, "subject")->name,
			    "PidNameInternetSubject");
	assert_string_equal(named_info_by_string(&PS_PUBLIC_STRINGS, "subject")->name,
			    "PidNameSubject");
	assert_string_equal(named_info_by_string(&PS_INTERNET_HEADERS, "content-class")->name,
			    "PidNameContentClass");
	assert_string_equal(named_info_by_name("PidNameExchDatabaseSchema")->string,
			    "urn:schemas-microsoft-com:exch-data:baseschema");
	assert_null(named_info_by_name("PidNameKeyword"));
	assert_null(named_info_by_name(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_constants),
		cmocka_unit_test(tags_are_ordered_and_unique),
		cmocka_unit_test(tags_are_of_known_types),
		cmocka_unit_test(every_tag_is_found),
		cmocka_unit_test(spellings_are_ordered),
		cmocka_unit_test(second_names_lead_to_the_tag),
		cmocka_unit_test(known_tags),
		cmocka_unit_test(nearest_tag),
		cmocka_unit_test(address_book),
		cmocka_unit_test(tags_by_name),
		cmocka_unit_test(types),
		cmocka_unit_test(sets_are_ordered),
		cmocka_unit_test(known_sets),
		cmocka_unit_test(names_are_ordered_and_whole),
		cmocka_unit_test(every_name_is_found),
		cmocka_unit_test(known_lids),
		cmocka_unit_test(known_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
