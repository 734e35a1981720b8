#include "mime/card_fields.h"

#define TAG_PROP(tag) { tag, NULL }
#define ADDRESS_LID(lid) { lid, &PSETID_Address }
#define NOTHING { 0, NULL }

/* Where two have the same name and type, the first is meant when reading; a second of the kind goes to the next. */
const struct card_text card_texts[] = {
	{ "NICKNAME", NULL, TAG_PROP(PidTagNickname) },
	{ "TITLE", NULL, TAG_PROP(PidTagTitle) },
	{ "ROLE", NULL, TAG_PROP(PidTagProfession) },
	{ "TEL", "WORK,VOICE", TAG_PROP(PidTagBusinessTelephoneNumber) },
	{ "TEL", "WORK,VOICE", TAG_PROP(PidTagBusiness2TelephoneNumber) },
	{ "TEL", "HOME,VOICE", TAG_PROP(PidTagHomeTelephoneNumber) },
	{ "TEL", "HOME,VOICE", TAG_PROP(PidTagHome2TelephoneNumber) },
	{ "TEL", "CELL,VOICE", TAG_PROP(PidTagMobileTelephoneNumber) },
	{ "TEL", "WORK,FAX", TAG_PROP(PidTagBusinessFaxNumber) },
	{ "TEL", "HOME,FAX", TAG_PROP(PidTagHomeFaxNumber) },
	{ "TEL", "FAX", TAG_PROP(PidTagPrimaryFaxNumber) },
	{ "TEL", "CAR,VOICE", TAG_PROP(PidTagCarTelephoneNumber) },
	{ "TEL", "PAGER,VOICE", TAG_PROP(PidTagPagerTelephoneNumber) },
	{ "TEL", "ISDN", TAG_PROP(PidTagIsdnNumber) },
	{ "TEL", "PREF,VOICE", TAG_PROP(PidTagPrimaryTelephoneNumber) },
	{ "TEL", "VOICE", TAG_PROP(PidTagOtherTelephoneNumber) },
	{ "X-MS-TEL", "COMPANY", TAG_PROP(PidTagCompanyMainTelephoneNumber) },
	{ "X-MS-TEL", "ASSISTANT", TAG_PROP(PidTagAssistantTelephoneNumber) },
	{ "X-MS-TEL", "CALLBACK", TAG_PROP(PidTagCallbackTelephoneNumber) },
	{ "X-MS-TEL", "RADIO", TAG_PROP(PidTagRadioTelephoneNumber) },
	{ "X-MS-TEL", "TELEX", TAG_PROP(PidTagTelexNumber) },
	{ "X-MS-TEL", "TTYTDD", TAG_PROP(PidTagTelecommunicationsDeviceForDeafTelephoneNumber) },
	{ "URL", "WORK", TAG_PROP(PidTagBusinessHomePage) },
	{ "URL", "HOME", TAG_PROP(PidTagPersonalHomePage) },
	{ "X-MS-IMADDRESS", NULL, ADDRESS_LID(PidLidInstantMessagingAddress) },
	{ "X-MS-ASSISTANT", NULL, TAG_PROP(PidTagAssistant) },
	{ "X-MS-MANAGER", NULL, TAG_PROP(PidTagManagerName) },
	{ "X-MS-SPOUSE", NULL, TAG_PROP(PidTagSpouseName) },
	{ "X-MS-HOBBIES", NULL, TAG_PROP(PidTagHobbies) },
	{ "X-MS-OFFICE", NULL, TAG_PROP(PidTagOfficeLocation) },
	{ "X-MS-FILE-AS", NULL, ADDRESS_LID(PidLidFileUnder) },
	{ "FBURL", NULL, ADDRESS_LID(PidLidFreeBusyLocation) },
	{ "X-PHONETIC-FIRST-NAME", NULL, ADDRESS_LID(PidLidYomiFirstName) },
	{ "X-PHONETIC-LAST-NAME", NULL, ADDRESS_LID(PidLidYomiLastName) },
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
