#include "mime/card_fields.h"

#define TAG_PROP(tag) { tag, NULL }
#define ADDRESS_LID(lid) { lid, &PSETID_Address }
#define NOTHING { 0, NULL }

/* Reading takes the first row that fits and whose property is free: what says most about itself stands first. */
const struct card_text card_texts[] = {
	{ "NICKNAME", NULL, TAG_PROP(PidTagNickname), false },
	{ "TITLE", NULL, TAG_PROP(PidTagTitle), false },
	{ "ROLE", NULL, TAG_PROP(PidTagProfession), false },
	{ "TEL", "WORK,FAX", TAG_PROP(PidTagBusinessFaxNumber), false },
	{ "TEL", "HOME,FAX", TAG_PROP(PidTagHomeFaxNumber), false },
	{ "TEL", "FAX", TAG_PROP(PidTagPrimaryFaxNumber), false },
	{ "TEL", "PAGER,VOICE", TAG_PROP(PidTagPagerTelephoneNumber), false },
	{ "TEL", "CAR,VOICE", TAG_PROP(PidTagCarTelephoneNumber), false },
	{ "TEL", "CELL,VOICE", TAG_PROP(PidTagMobileTelephoneNumber), false },
	{ "TEL", "ISDN", TAG_PROP(PidTagIsdnNumber), false },
	{ "TEL", "WORK,VOICE", TAG_PROP(PidTagBusinessTelephoneNumber), false },
	{ "TEL", "WORK,VOICE", TAG_PROP(PidTagBusiness2TelephoneNumber), false },
	{ "TEL", "HOME,VOICE", TAG_PROP(PidTagHomeTelephoneNumber), false },
	{ "TEL", "HOME,VOICE", TAG_PROP(PidTagHome2TelephoneNumber), false },
	{ "TEL", "PREF,VOICE", TAG_PROP(PidTagPrimaryTelephoneNumber), false },
	{ "TEL", "VOICE", TAG_PROP(PidTagOtherTelephoneNumber), false },
	{ "X-MS-TEL", "COMPANY", TAG_PROP(PidTagCompanyMainTelephoneNumber), false },
	{ "X-MS-TEL", "ASSISTANT", TAG_PROP(PidTagAssistantTelephoneNumber), false },
	{ "X-MS-TEL", "CALLBACK", TAG_PROP(PidTagCallbackTelephoneNumber), false },
	{ "X-MS-TEL", "RADIO", TAG_PROP(PidTagRadioTelephoneNumber), false },
	{ "X-MS-TEL", "TELEX", TAG_PROP(PidTagTelexNumber), false },
	{ "X-MS-TEL", "TTYTDD", TAG_PROP(PidTagTelecommunicationsDeviceForDeafTelephoneNumber), false },
	{ "URL", "WORK", TAG_PROP(PidTagBusinessHomePage), false },
	{ "URL", "HOME", TAG_PROP(PidTagPersonalHomePage), false },
	{ "X-MS-IMADDRESS", NULL, ADDRESS_LID(PidLidInstantMessagingAddress), false },
	{ "X-MS-ASSISTANT", NULL, TAG_PROP(PidTagAssistant), false },
	{ "X-MS-MANAGER", NULL, TAG_PROP(PidTagManagerName), false },
	{ "X-MS-SPOUSE", NULL, TAG_PROP(PidTagSpouseName), false },
	{ "X-MS-HOBBIES", NULL, TAG_PROP(PidTagHobbies), false },
	{ "X-MS-OFFICE", NULL, TAG_PROP(PidTagOfficeLocation), false },
	{ "X-MS-FILE-AS", NULL, ADDRESS_LID(PidLidFileUnder), false },
	{ "FBURL", NULL, ADDRESS_LID(PidLidFreeBusyLocation), false },
	{ "X-PHONETIC-FIRST-NAME", NULL, ADDRESS_LID(PidLidYomiFirstName), false },
	{ "X-PHONETIC-LAST-NAME", NULL, ADDRESS_LID(PidLidYomiLastName), false },
	{ "URL", NULL, TAG_PROP(PidTagBusinessHomePage), true },
	{ "IMPP", NULL, ADDRESS_LID(PidLidInstantMessagingAddress), true },
};
const size_t card_text_count = sizeof card_texts / sizeof *card_texts;

const struct card_list card_lists[] = {
	{ "N", NULL,
	  { TAG_PROP(PidTagSurname), TAG_PROP(PidTagGivenName), TAG_PROP(PidTagMiddleName), TAG_PROP(PidTagDisplayNamePrefix),
	    TAG_PROP(PidTagGeneration) },
	  5 },
	{ "ORG", NULL, { TAG_PROP(PidTagCompanyName), TAG_PROP(PidTagDepartmentName) }, 2 },
	{ "ADR", "WORK",
	  { ADDRESS_LID(PidLidWorkAddressPostOfficeBox), NOTHING, ADDRESS_LID(PidLidWorkAddressStreet),
	    ADDRESS_LID(PidLidWorkAddressCity), ADDRESS_LID(PidLidWorkAddressState), ADDRESS_LID(PidLidWorkAddressPostalCode),
	    ADDRESS_LID(PidLidWorkAddressCountry) },
	  7 },
	{ "ADR", "HOME",
	  { TAG_PROP(PidTagHomeAddressPostOfficeBox), NOTHING, TAG_PROP(PidTagHomeAddressStreet), TAG_PROP(PidTagHomeAddressCity),
	    TAG_PROP(PidTagHomeAddressStateOrProvince), TAG_PROP(PidTagHomeAddressPostalCode), TAG_PROP(PidTagHomeAddressCountry) },
	  7 },
	{ "ADR", "POSTAL",
	  { TAG_PROP(PidTagOtherAddressPostOfficeBox), NOTHING, TAG_PROP(PidTagOtherAddressStreet), TAG_PROP(PidTagOtherAddressCity),
	    TAG_PROP(PidTagOtherAddressStateOrProvince), TAG_PROP(PidTagOtherAddressPostalCode), TAG_PROP(PidTagOtherAddressCountry) },
	  7 },
};
const size_t card_list_count = sizeof card_lists / sizeof *card_lists;

const struct card_email card_emails[3] = {
	{ PidLidEmail1DisplayName, PidLidEmail1AddressType, PidLidEmail1EmailAddress, PidLidEmail1OriginalDisplayName },
	{ PidLidEmail2DisplayName, PidLidEmail2AddressType, PidLidEmail2EmailAddress, PidLidEmail2OriginalDisplayName },
	{ PidLidEmail3DisplayName, PidLidEmail3AddressType, PidLidEmail3EmailAddress, PidLidEmail3OriginalDisplayName },
};
