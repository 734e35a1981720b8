/*
 * Versions of clients and servers ([MS-OXCRPC] 3.1.4.1.3.1): four numbers, as people and policies write them, and
 * three 16-bit words as they travel in EcDoConnectEx.  MAPI over HTTP has them as text in headers:
 * "X-ClientApplication: Outlook/15.0.4615.1000".
 */
#ifndef ROP_CLIENT_VERSION_H
#define ROP_CLIENT_VERSION_H

#include "base/status.h"

struct product_version {
	uint16_t major, minor, build, revision;
};

/*
 * Words from the wire.  With the highest bit of the second word the first holds major and minor; without it
 * there are only three numbers and the minor one is 0.
 */
struct product_version product_version_from_words(const uint16_t words[3]);
/*
 * The form with four numbers, the only one that is sent; major and minor must be below 256, the
 * build below 32768 (ecInvalidParam).
 */
status product_version_to_words(struct product_version v, uint16_t words[3]) MUST;

/* Below 0, 0, above 0. */
int product_version_compare(struct product_version a, struct product_version b);

#define PRODUCT_VERSION_TEXT 24
/* As the specification writes them: "12.00.6514.5000"; as headers do: "12.0.6514.5000". */
void product_version_print(struct product_version v, char text[PRODUCT_VERSION_TEXT]);
void product_version_print_header(struct product_version v, char text[PRODUCT_VERSION_TEXT]);
/* One to four numbers with dots between, missing ones are 0; nothing before or behind. ecInvalidParam. */
status product_version_parse(const char *text, struct product_version *out) MUST;
/*
 * X-ClientApplication, X-ServerApplication: a name, a slash and a version ("Outlook/15.0.4615.1000 (...)" also). The name is
 * cut to its room and always ends. ecInvalidParam without a slash or numbers.
 */
#define PRODUCT_NAME_SIZE 64
status product_application_parse(const char *text, char name[PRODUCT_NAME_SIZE],
				 struct product_version *out) MUST;

/* What EcDoConnectEx, Connect and logons compare with: below it, ecClientVerDisallowed answers for ecCachedModeRequired. */
#define CLIENT_VERSION_12 ((struct product_version){ 12, 0, 0, 0 })

#endif
