#include "cli/place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/text.h"

#define NOTATION "mailbox:"
#define PLACE_MEMORY ((size_t)16 << 20)

const char *place_notation(const char *argument)
{
	return strncmp(argument, NOTATION, sizeof NOTATION - 1) == 0 ? argument + sizeof NOTATION - 1 : NULL;
}

static void say_first(const struct site_first *first)
{
	if (!first->made)
		return;
	fprintf(stderr,
		"A new organisation was made. Its administrator logs on as %s with the password\n\n    %s\n\n"
		"It is shown this once and stored nowhere.\n",
		first->address, first->password);
}

status place_open(const char *location, bool create, struct site **out, struct reason *why)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(PLACE_MEMORY);
	struct site_options o = { .create = create };
	struct site_first first = { .made = false };
	const char *where = site_default_location(location, &a);
	status st;

	if (!where)
		return reason_set(why, ecMemory, "not enough memory");
	st = site_open(where, &o, &first, out, why);
	if (!st)
		say_first(&first);
	explicit_bzero(&first, sizeof first);
	return st;
}

/* --- one mailbox --- */

#define SETTINGS_MAX 3

/* What a mailbox that is made gets beside its name. */
struct making {
	struct place *p;
	struct arena *a;
	struct directory_setting settings[SETTINGS_MAX];
	size_t n;
};

static status set(struct making *k, const char *attribute, const char *text, struct reason *why)
{
	status st = directory_setting(site_directory(k->p->site), directory_class("Mailbox"), attribute, DIRECTORY_SET, &text, 1, k->a,
				      &k->settings[k->n], why);

	k->n += !st;
	return st;
}

/* Mail for a domain that the organisation does not know would be somebody else's. */
static status accept_domain(struct making *k, const char *domain, struct reason *why)
{
	const struct directory_class *as = directory_class("AcceptedDomain");
	struct directory *d = site_directory(k->p->site);
	const struct directory_object *o;
	struct directory_setting setting;
	uint64_t id;
	status st = directory_find(d, as, domain, k->a, &o, NULL);

	if (st != ecNotFound)
		return ecNone;
	st = directory_setting(d, as, "DomainName", DIRECTORY_SET, &domain, 1, k->a, &setting, why);
	return st ? st : directory_create(d, as, domain, 0, &setting, 1, &id, why);
}

/* Without what a name must not have. */
static char *name_of(struct arena *a, const char *text)
{
	char *name = text ? arena_strdup(a, text) : NULL;

	for (char *c = name; c && *c; c++)
		if ((unsigned char)*c < ' ' || strchr("\"\\/[]:;|=,+*?<>@", *c))
			*c = '-';
	return name;
}

static status create_mailbox(struct place *p, const char *identity, const char *display, struct arena *a, struct reason *why)
{
	struct making k = { .p = p, .a = a };
	const char *at = strrchr(identity, '@');
	const char *name = name_of(a, identity);
	const char *short_name = at ? name_of(a, arena_strndup(a, identity, (size_t)(at - identity))) : name;
	status st = name && short_name ? ecNone : reason_set(why, ecMemory, "not enough memory");

	if (!st && at)
		st = accept_domain(&k, at + 1, why);
	if (!st && at)
		st = set(&k, "PrimarySmtpAddress", identity, why);
	if (!st && display && *display)
		st = set(&k, "DisplayName", display, why);
	if (st)
		return st;
	st = site_create_mailbox(p->site, short_name, k.settings, k.n, NULL, &p->user, why);
	if (st == ecDuplicateName && at)
		st = site_create_mailbox(p->site, name, k.settings, k.n, NULL, &p->user, why);
	p->made = !st;
	return st;
}

static status find_user(struct place *p, const char *identity, const char *display, bool create, struct arena *a,
			const struct directory_object **o, struct reason *why)
{
	const struct directory_class *as = directory_class("Mailbox");
	struct directory *d = site_directory(p->site);
	status st = directory_find(d, as, identity, a, o, why);

	if (st != ecNotFound || !create)
		return st;
	st = create_mailbox(p, identity, display, a, why);
	return st ? st : directory_get(d, as, p->user, a, o, why);
}

status place_mailbox(struct site *s, const char *identity, const char *display, bool create, struct place *out,
		     struct reason *why)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(PLACE_MEMORY);
	struct place p = { .site = s };
	const struct directory_object *o;
	struct guid guid;
	status st = *identity ? find_user(&p, identity, display, create, &a, &o, why) :
				reason_set(why, ecInvalidParam, "whose mailbox? A name is missing");

	if (st)
		return st;
	if (!directory_guid(o, "ExchangeGuid", &guid))
		return reason_set(why, ecNotFound, "%s has no mailbox", o->name);
	p.user = o->id;
	(void)snprintf(p.name, sizeof p.name, "%s", o->name);
	st = site_mailbox(s, &guid, &p.mailbox, why);
	if (st)
		return reason_prefix(why, st, "the mailbox of %s", p.name);
	*out = p;
	return ecNone;
}

status place_open_mailbox(const char *location, const char *identity, bool create, struct place *out, struct reason *why)
{
	struct site *s;
	status st = place_open(location, create, &s, why);

	if (st)
		return st;
	st = place_mailbox(s, identity, NULL, create, out, why);
	if (st)
		site_close(s);
	return st;
}

void place_release(struct place *p)
{
	if (p->site && p->mailbox)
		site_release(p->site, p->mailbox);
	p->mailbox = NULL;
}

void place_close(struct place *p)
{
	place_release(p);
	site_close(p->site);
	*p = (struct place){ .site = NULL };
}

/* --- ledgers --- */

static status make_folder(const char *path, struct reason *why)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST ?
		       ecNone :
		       reason_set(why, errno == EACCES ? ecAccessDenied : ecDiskError, "cannot make %s: %s", path, strerror(errno));
}

/* A database keeps no files: the ledgers stand where it would be if it were a folder. */
static const char *ledger_home(const struct site *s, struct arena *a)
{
	const char *location = site_location(s), *home = getenv("XDG_DATA_HOME");

	if (!site_is_postgres(location))
		return location;
	if (geteuid() == 0)
		return "/var/lib/postern";
	if (home && *home)
		return arena_printf(a, "%s/postern", home);
	home = getenv("HOME");
	return home && *home ? arena_printf(a, "%s/.local/share/postern", home) : ".";
}

status place_ledger(const struct site *s, const char *name, char *out, size_t size, struct reason *why)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 16);
	const char *home = ledger_home(s, &a);
	char folder[4096];
	status st;

	if (!home || (size_t)snprintf(folder, sizeof folder, "%s/ledgers", home) >= sizeof folder)
		return reason_set(why, ecInvalidParam, "the name of the folder for ledgers is too long");
	st = make_folder(home, why);
	if (!st)
		st = make_folder(folder, why);
	if (st)
		return st;
	if ((size_t)snprintf(out, size, "%s/%s", folder, name) >= size)
		return reason_set(why, ecInvalidParam, "%s/%s: the name is too long", folder, name);
	return ecNone;
}
