/* What two stores may differ in by nature. */
#include "mapi/compare.h"

static const struct compare_ignored ignored_ids[] = {
	{ 0x67F2, 0x67F3, IN_STORE | IN_FOLDER | IN_MESSAGE | IN_RECIPIENT | IN_ATTACHMENT,
	  "row id and row version of the table a file keeps it in (PidTagLtpRowId, PidTagLtpRowVer)" },
	{ 0x35DF, 0x35E7, IN_STORE, "which special folders a file has and the entry ids they have in it (PidTagIpmSubTreeEntryId ...)" },
	{ 0x67FF, 0x67FF, IN_STORE, "the password, which is only a checksum (PidTagPstPassword)" },
	{ 0x0FF9, 0x0FF9, IN_STORE, "the identity of the file itself (PidTagRecordKey)" },
	{ 0x3602, 0x3603, IN_FOLDER, "counters that are kept for speed (PidTagContentCount, PidTagContentUnreadCount)" },
	{ 0x360A, 0x360A, IN_FOLDER, "whether there are subfolders, which the folders themselves tell (PidTagSubfolders)" },
	{ 0x0E21, 0x0E21, IN_ATTACHMENT, "the number a store gives to an attachment of a message (PidTagAttachNumber)" },
	{ 0x0E08, 0x0E08, IN_MESSAGE, "the size it takes in a store (PidTagMessageSize)" },
};

const struct compare_ignored *compare_ignored(size_t *n)
{
	*n = sizeof ignored_ids / sizeof *ignored_ids;
	return ignored_ids;
}
