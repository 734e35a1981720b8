/* What text in the directory may look like, and how it is compared. */
#ifndef STORE_DIRECTORY_SYNTAX_H
#define STORE_DIRECTORY_SYNTAX_H

#include "store/directory_class.h"

#include <locale.h>

bool utf8_valid(const char *text);
/* True when the text has the form; else *wanted says, for people, what would. */
bool syntax_holds(enum directory_syntax s, const char *text, const char **wanted);

/* Something to fold with; NULL when there is none, and then only ASCII is folded. */
locale_t fold_open(void);
/* Appends the text as it is compared: letters in lower case, those of all scripts. */
void fold(locale_t with, const char *utf8, struct buf *out);

/* The domain of an SMTP address: what stands behind the @; NULL when there is none. */
const char *address_domain(const char *address);
/* Is it "smtp:..." in any case? */
bool proxy_is_smtp(const char *proxy);
/* "SMTP:", in capitals. */
bool proxy_is_primary(const char *proxy);
/* The address behind the type. */
const char *proxy_address(const char *proxy);
/* Do both lead to the same place: scheme and host without regard to case, default ports and a last slash left out? */
bool url_equal(const char *a, const char *b);

#endif
