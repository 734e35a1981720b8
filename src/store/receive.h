/*
 * Where incoming messages go, by message class ([MS-OXCSTOR] 2.2.1.2 to 2.2.1.4).
 *
 * A class is looked for whole, then without its last part, and so on: "IPM.Note.Fax", "IPM.Note", "IPM", "".  Four are
 * always there: "", "IPM" and "REPORT.IPM" (the Inbox), "IPC" (the root).  A receive folder that is deleted is set no
 * more.
 */
#ifndef STORE_RECEIVE_H
#define STORE_RECEIVE_H

#include "store/mailbox.h"

#define RECEIVE_CLASS_MAX 254u /* ASCII characters */
#define RECEIVE_FOLDERS_MAX 2000u

struct receive_folder {
	const char *class_name; /* as it was set */
	uint64_t folder;
	uint64_t modified; /* FILETIME; 0: as every mailbox has it */
};

/* "IPM.Note": printable ASCII, parts that are not empty with dots between them; "" is one too. [MS-OXCSTOR] 2.2.1.2.1.1 */
bool receive_class_valid(const char *class_name);

/* ecInvalidParam: no class. What is found lives in `arena`. */
status receive_folder_find(struct mailbox *m, const char *class_name, struct arena *arena, struct receive_folder *out) MUST;
/*
 * `folder` 0: it is set no more. Needs a transaction.  ecInvalidParam: no class; ecAccessDenied: "IPM" and "REPORT.IPM"
 * stay where they are; ecError: "" cannot be without; ecNotFound: no such folder; ecTooBig: too many.
 */
status receive_folder_set(struct mailbox *m, const char *class_name, uint64_t folder) MUST;
/* All, in the order of their classes. */
status receive_folder_list(struct mailbox *m, struct arena *arena, struct receive_folder **out, size_t *n) MUST;

#endif
