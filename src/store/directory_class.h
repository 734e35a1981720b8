/*
 * What there is in the directory, as a table: classes of objects, and the attributes of each as Exchange spells them.
 * Parameters, output and help of the cmdlets, checks of values and the defaults come from these rows.
 *
 * An object is stored as one kind; a class is one view of a kind: a user is seen as User, as Mailbox and as CASMailbox,
 * each with attributes of its own and one name, id and GUID.
 */
#ifndef STORE_DIRECTORY_CLASS_H
#define STORE_DIRECTORY_CLASS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/guid.h"
#include "base/quantity.h"

enum directory_type {
	DIRECTORY_BOOL,
	DIRECTORY_INTEGER,
	DIRECTORY_SIZE,     /* bytes */
	DIRECTORY_DURATION, /* seconds; as text "14.00:00:00" */
	DIRECTORY_TIME,     /* FILETIME */
	DIRECTORY_TEXT,
	DIRECTORY_WORD,     /* one of `words` */
	DIRECTORY_GUID,
	DIRECTORY_REFERENCE, /* to an object of class `refers` */
};

enum directory_flag {
	DIRECTORY_LIST = 1,	 /* any number of values, in order; without this at most one */
	DIRECTORY_MANDATORY = 2, /* an object without it is refused */
	DIRECTORY_READ_ONLY = 4, /* kept by the program: cmdlets show it and have no parameter for it */
	DIRECTORY_COMPUTED = 8,	 /* follows from other values; setting one that is not READ_ONLY too changes those (PrimarySmtpAddress) */
	DIRECTORY_UNIQUE = 16,	 /* no two objects of the kind have the same */
	DIRECTORY_IDENTITY = 32, /* administrators may name the object by it */
	DIRECTORY_UNLIMITED = 64, /* INTEGER, SIZE, DURATION: "Unlimited" is a value */
	DIRECTORY_SECRET = 128,	 /* never shown */
	DIRECTORY_LATER = 256,	 /* kept and shown; the service that obeys it comes in a later release */
	DIRECTORY_CREATE_ONLY = 512, /* given when the object is made (New-), not changed later (Set-) */
};

/* The number that stands for "Unlimited". */
#define DIRECTORY_UNLIMITED_VALUE QUANTITY_UNLIMITED

/* What text must be like, beside its length. */
enum directory_syntax {
	SYNTAX_ANY,	    /* no control characters */
	SYNTAX_NAME,	    /* of an object: no space at the ends, none of \ * ? " */
	SYNTAX_ALIAS,	    /* of a recipient: letters, digits and !#$%&'*+-/=?^_`{|}~ with single dots between */
	SYNTAX_SMTP,	    /* user@domain.example */
	SYNTAX_PROXY,	    /* "SMTP:" (the primary one), "smtp:", "X500:", "sip:" ... before an address */
	SYNTAX_DOMAIN,	    /* contoso.example */
	SYNTAX_HOST,	    /* a domain, a single label or an address */
	SYNTAX_URL,	    /* https://host/path or http://... */
	SYNTAX_VERSIONS,    /* "-6.0.0;10.0.0-11.5603.0" */
	SYNTAX_LEGACY_DN,   /* /o=Organisation/ou=.../cn=Recipients/cn=alice */
	SYNTAX_THUMBPRINT,  /* 40 hexadecimal digits */
	SYNTAX_PRINCIPAL,   /* alice@contoso.example, to log on with */
	SYNTAX_TOKEN,	    /* letters, digits and -_. : a language, a file type, a device */
	SYNTAX_X509,	    /* a certificate: DER in base64 */
};

struct directory_attribute {
	const char *name; /* "MAPIBlockOutlookNonCachedMode"; found without regard to case */
	enum directory_type type;
	unsigned flags;
	unsigned views;		  /* of the kind, in which it is seen */
	const char *otherwise;	  /* what holds while nothing is set, as text; NULL: nothing */
	const char *const *words; /* of DIRECTORY_WORD, NULL-terminated */
	const char *refers;	  /* of DIRECTORY_REFERENCE: the name of a class */
	enum directory_syntax syntax;
	int64_t least, most; /* INTEGER, SIZE, DURATION: the value; TEXT: characters. most is never 0 for these */
	const char *help;    /* one line */
};

enum directory_kind {
	KIND_ORGANIZATION,
	KIND_ACCEPTED_DOMAIN,
	KIND_USER,
	KIND_GROUP,
	KIND_DATABASE,
	KIND_DISCONNECTED,
	KIND_SERVER,
	KIND_RPC_CLIENT_ACCESS,
	KIND_VDIR_OWA,
	KIND_VDIR_ECP,
	KIND_VDIR_EWS,
	KIND_VDIR_ACTIVESYNC,
	KIND_VDIR_OAB,
	KIND_VDIR_MAPI,
	KIND_VDIR_AUTODISCOVER,
	KIND_VDIR_POWERSHELL,
	KIND_VDIR_OUTLOOK_ANYWHERE,
	KIND_TRANSPORT,
	KIND_ADDRESS_LIST,
	KIND_CERTIFICATE,
	KIND_ROLE_GROUP,
	KIND_PUBLIC_FOLDER,
	DIRECTORY_KINDS
};

struct directory_class {
	const char *name; /* "Mailbox": Get-Mailbox emits it */
	enum directory_kind kind;
	unsigned view;	  /* the bit in directory_attribute.views */
	unsigned kinds;	  /* bits (1 << kind) of what the class shows, three at most; Recipient shows users, groups and public folders */
	/* Only objects that have this attribute belong to it: a Mailbox is a user with an ExchangeGuid. NULL: all. */
	const char *requires;
	/* Objects that have this attribute do not: who is known by an address elsewhere is no User. NULL: none. */
	const char *lacks;
	bool single;	  /* there is exactly one: an Organization, a TransportConfig; it needs no identity */
	const char *help;
};

/* NULL when there is none; without regard to case. */
const struct directory_class *directory_class(const char *name);
/* All of them, in order; NULL beyond the end. */
const struct directory_class *directory_class_at(size_t i);
/* The attributes of a class in the order in which they are shown; NULL beyond the end. */
const struct directory_attribute *directory_attribute_at(const struct directory_class *c, size_t i);
/* By name in a class, without regard to case; NULL when it has none such. */
const struct directory_attribute *directory_attribute(const struct directory_class *c, const char *name);

/* One value, read as its attribute's type says. */
struct directory_value {
	int64_t number;	  /* BOOL 0 or 1; INTEGER, SIZE, DURATION, TIME; REFERENCE: the id of the object */
	const char *text; /* TEXT, WORD (as in the table); REFERENCE: the object's name; else NULL */
	struct guid guid; /* GUID */
};

/*
 * From text as administrators write it: "True", "$false", "10MB", "1.5 GB (1,610,612,736 bytes)", "Unlimited",
 * "14.00:00:00", "30" (days, of a duration), "2026-11-24". A reference stays text (`number` 0): directory_resolve.
 * Words are found without regard to case. Checks the syntax and limits too. Text stands in `arena`.
 */
status directory_parse(const struct directory_attribute *a, const char *text, struct arena *arena, struct directory_value *out,
		       struct reason *why) MUST;
/* The same way back; sizes as "1.5 GB (1,610,612,736 bytes)". */
void directory_print(const struct directory_attribute *a, const struct directory_value *v, struct buf *out);
/* Type, syntax and limits of a value that was not parsed from text. Words say the attribute, the value and the remedy. */
status directory_check_value(const struct directory_attribute *a, const struct directory_value *v, struct reason *why) MUST;
/* "Boolean", "ByteQuantifiedSize", "Unlimited<Int32>", "MailboxDatabase": what Get-Help shows. */
const char *directory_type_name(const struct directory_attribute *a, char *room, size_t size);

#endif
