#include "shell/cmdlets/public_open.h"

#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/shell.h"
#include "shell/shell_private.h"
#include "store/public_mail.h"

#include <strings.h>

#define WORK_MAX ((size_t)64 << 20)
/* Paths that completion offers at most. */
#define WORDS_MOST 500u
#define HIDDEN "NON_IPM_SUBTREE"

void public_open_release(struct open_public *p)
{
	mailbox_open_release(&p->open);
}

static void give_up(struct open_public *p)
{
	site_release(p->open.site, p->open.mailbox);
	p->open.mailbox = NULL;
}

/* The mailbox of the store. */
static status find_store(struct open_mailbox *o, bool make, struct reason *why)
{
	const struct directory_setting *settings;
	uint64_t id;
	size_t n;
	status rc = public_folders_mailbox(site_directory(o->site), &o->guid, why);

	if (rc != ecNotFound)
		return rc;
	if (!make)
		return reason_set(why, rc, "there are no public folders yet; New-PublicFolder makes the first");
	settings = public_folders_settings(&n);
	rc = site_create_mailbox(o->site, PUBLIC_FOLDERS_NAME, settings, n, NULL, &id, why);
	/* Two that were the first at once. */
	return rc && rc != ecDuplicateName ? rc : public_folders_mailbox(site_directory(o->site), &o->guid, why);
}

static status open_store(struct open_public *p, bool make, struct reason *why)
{
	struct open_mailbox *o = &p->open;
	status rc = find_store(o, make, why);

	if (rc)
		return rc;
	o->name = PUBLIC_FOLDERS_NAME;
	rc = site_mailbox(o->site, &o->guid, &o->mailbox, why);
	if (rc) {
		o->mailbox = NULL;
		return rc == ecBusy ? reason_prefix(why, rc, "the public folders are in use; 'postern serve' gives them back when nobody is logged on to them") : rc;
	}
	rc = public_folders_places(o->mailbox, p->places);
	if (rc) {
		(void)reason_set(why, rc, "the public folders: %s", mailbox_failure(o->mailbox));
		give_up(p);
	}
	return rc;
}

status public_open(struct call *c, bool make, struct open_public *out)
{
	struct reason why = { "" };
	status rc;

	*out = (struct open_public){ .open = { .arena = ARENA_BUDGET(WORK_MAX) } };
	rc = call_site(c, &out->open.site);
	if (rc)
		return rc;
	rc = open_store(out, make, &why);
	return rc ? call_report(c, rc, &why) : ecNone;
}

/* Paths ------------------------------------------------------------------------------------------------------------------ */

static status walk(struct open_public *p, const char *path, uint64_t *folder)
{
	status rc = ecNone;
	uint64_t id = p->places[PUBLIC_IPM_SUBTREE];

	for (unsigned depth = 0; !rc && *(path += strspn(path, "\\")); depth++) {
		size_t n = strcspn(path, "\\");
		char *own = arena_strndup(&p->open.arena, path, n);

		if (!own)
			return ecMemory;
		if (depth == 0 && strcasecmp(own, HIDDEN) == 0)
			id = p->places[PUBLIC_NON_IPM_SUBTREE];
		else
			rc = folder_by_name(p->open.mailbox, id, own, &id);
		path += n;
	}
	if (!rc)
		*folder = id;
	return rc;
}

/* A path, or an entry id. */
static status find(struct open_public *p, const char *text, uint64_t *folder)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)1 << 20);
	struct folder f;

	if (public_mail_folder(p->open.mailbox, text, folder))
		return folder_get(p->open.mailbox, *folder, &scratch, &f);
	return walk(p, text, folder);
}

const char *public_path(struct open_public *p, uint64_t folder, struct arena *arena)
{
	char *path = arena_strdup(arena, "");

	for (unsigned depth = 0; path && depth <= FOLDER_DEPTH_MAX; depth++) {
		struct folder f;

		if (folder == p->places[PUBLIC_IPM_SUBTREE])
			return *path ? path : "\\";
		if (folder == p->places[PUBLIC_NON_IPM_SUBTREE])
			return arena_printf(arena, "\\" HIDDEN "%s", path);
		if (folder_get(p->open.mailbox, folder, arena, &f) || f.parent == f.id)
			return NULL;
		path = arena_printf(arena, "\\%s%s", f.name, path);
		folder = f.parent;
	}
	return NULL;
}

bool public_is_place(const struct open_public *p, uint64_t folder)
{
	for (size_t i = 0; i < PUBLIC_PLACES; i++)
		if (p->places[i] == folder)
			return true;
	return false;
}

status public_next(struct open_public *p, uint64_t top, uint64_t *id)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)1 << 20);
	struct mailbox *m = p->open.mailbox;
	uint64_t next = 0;
	status rc = folder_next_child(m, *id, 0, &next);

	/* Up, until there is one beside it. */
	for (unsigned depth = 0; !rc && !next && *id != top; depth++) {
		struct folder f;

		if (depth > FOLDER_DEPTH_MAX)
			return ecTooComplex;
		rc = folder_get(m, *id, &scratch, &f);
		if (!rc)
			rc = folder_next_child(m, f.parent, *id, &next);
		*id = rc ? *id : f.parent;
	}
	if (!rc)
		*id = next;
	return rc;
}

/* What came through the pipe is the folder that it was, whatever else has the same name by now. */
static const char *text_of(struct call *c, const char *parameter, const struct value *in)
{
	const struct bound *b = binding_get(c->binding, parameter);
	const struct value *id = in && in->kind == VALUE_OBJECT ? object_get(in->object, "EntryId") : NULL;

	return b && b->how == BOUND_BY_PIPE && id && id->kind == VALUE_TEXT ? id->text : call_text(c, parameter);
}

status public_open_folder(struct call *c, const char *parameter, const struct value *in, bool make, struct open_public *out)
{
	const char *text = text_of(c, parameter, in);
	struct open_mailbox *o = &out->open;
	status rc = public_open(c, make, out);

	if (rc || !o->mailbox)
		return rc;
	rc = find(out, text ? text : "\\", &o->folder);
	if (rc == ecNotFound) {
		give_up(out);
		return call_error(c, rc, "there is no public folder '%s'; Get-PublicFolder -Recurse lists them", text);
	}
	if (rc)
		return mailbox_report(c, o, rc);
	o->path = o->where = public_path(out, o->folder, &o->arena);
	return o->path ? ecNone : call_fail(c, ecMemory, "the path of a public folder could not be made");
}

status public_identity(struct call *c, const char *path, const char **out)
{
	CLEANUP_OPEN_PUBLIC struct open_public p = { .open = { .site = NULL } };
	uint64_t folder = 0;
	status rc = public_open(c, false, &p);

	*out = NULL;
	if (rc || !p.open.mailbox)
		return rc;
	rc = find(&p, path, &folder);
	if (rc == ecNotFound)
		return call_error(c, rc, "there is no public folder '%s'; Get-PublicFolder -Recurse lists them", path);
	if (rc)
		return mailbox_report(c, &p.open, rc);
	return public_mail_entryid(p.open.mailbox, folder, c->item, out, &c->why);
}

/* Completion -------------------------------------------------------------------------------------------------------------- */

void public_complete(struct shell *s, const struct parameter *parameter, const char *prefix, void (*add)(void *to, const char *word), void *to)
{
	CLEANUP_OPEN_PUBLIC struct open_public p = { .open = { .arena = ARENA_BUDGET(WORK_MAX) } };
	struct site_context *x = shell_context(s);
	uint64_t id;

	(void)parameter;
	(void)prefix;
	if (!x->site && x->open(x, NULL))
		return;
	p.open.site = x->site;
	if (open_store(&p, false, NULL))
		return;
	id = p.places[PUBLIC_IPM_SUBTREE];
	for (unsigned i = 0; i < WORDS_MOST && !public_next(&p, p.places[PUBLIC_IPM_SUBTREE], &id) && id; i++) {
		const char *path = public_path(&p, id, &p.open.arena);

		if (path)
			add(to, path);
	}
}
