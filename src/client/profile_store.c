#include "client/profile_store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "client/profile_private.h"

/* In profile.json ----------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *key;
	size_t offset;
} fields[] = {
	{ "address", offsetof(struct profile_mailbox, address) },
	{ "displayName", offsetof(struct profile_mailbox, display_name) },
	{ "mailboxDN", offsetof(struct profile_mailbox, mailbox_dn) },
	{ "mailUrl", offsetof(struct profile_mailbox, mail_url) },
};

#define FIELDS (sizeof fields / sizeof *fields)

static const char **text_at(struct profile_mailbox *m, size_t i)
{
	return (const char **)(void *)((char *)m + fields[i].offset);
}

static status read_one(const cJSON *from, struct arena *arena, struct profile_mailbox *m)
{
	for (size_t i = 0; i < FIELDS; i++) {
		const cJSON *v = cJSON_GetObjectItemCaseSensitive(from, fields[i].key);

		if (!cJSON_IsString(v))
			return ecCorruptData;
		*text_at(m, i) = arena_strdup(arena, v->valuestring);
		if (!*text_at(m, i))
			return ecMemory;
	}
	/* It is the name of a folder. */
	return profile_is_name(m->address) ? ecNone : ecCorruptData;
}

status profile_mailboxes_read(const cJSON *list, struct arena *arena, struct profile *p)
{
	struct profile_mailbox *v;
	const cJSON *one;
	size_t n = 0;

	if (!list)
		return ecNone;
	if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > (int)PROFILE_MAILBOXES_MAX)
		return ecCorruptData;
	v = arena_array(arena, PROFILE_MAILBOXES_MAX, sizeof *v);
	if (!v)
		return ecMemory;
	cJSON_ArrayForEach(one, list)
	{
		status s = read_one(one, arena, &v[n++]);

		if (s)
			return s;
	}
	p->mailboxes = v;
	p->n_mailboxes = n;
	return ecNone;
}

bool profile_mailboxes_write(cJSON *all, const struct profile *p)
{
	cJSON *list = cJSON_AddArrayToObject(all, "mailboxes");
	bool good = list != NULL;

	for (size_t k = 0; good && k < p->n_mailboxes; k++) {
		struct profile_mailbox m = p->mailboxes[k];
		cJSON *one = cJSON_CreateObject();

		good = one && cJSON_AddItemToArray(list, one);
		for (size_t i = 0; good && i < FIELDS; i++)
			good = cJSON_AddStringToObject(one, fields[i].key, *text_at(&m, i));
	}
	return good;
}

/* Which there are ----------------------------------------------------------------------------------------------------------------- */

static status own_store(const char *data, const struct profile *p, struct arena *arena,
			struct profile_store *out)
{
	*out = (struct profile_store){ .kind = REMOTE_OWN,
				       .name = "",
				       .title = *p->display_name ? p->display_name : p->address,
				       .folder = profile_folder(data, p->name, arena),
				       .profile = *p };
	return out->folder ? ecNone : ecMemory;
}

static status other_store(const char *data, const struct profile *p,
			  const struct profile_mailbox *m, struct arena *arena,
			  struct profile_store *out)
{
	*out = (struct profile_store){ .kind = REMOTE_OTHER,
				       .name = m->address,
				       .title = *m->display_name ? m->display_name : m->address,
				       .profile = *p };
	out->profile.address = m->address;
	out->profile.display_name = m->display_name;
	out->profile.mailbox_dn = m->mailbox_dn;
	out->profile.mail_url = m->mail_url;
	out->folder = arena_printf(arena, "%s/profiles/%s/stores/%s", data, p->name, m->address);
	return out->folder ? ecNone : ecMemory;
}

/* They have no mailbox of their own that people know of: one's own server has them. */
static status public_store(const char *data, const struct profile *p, struct arena *arena,
			   struct profile_store *out)
{
	*out = (struct profile_store){ .kind = REMOTE_PUBLIC,
				       .name = STORE_PUBLIC_NAME,
				       .title = "Public Folders",
				       .profile = *p };
	out->profile.address = STORE_PUBLIC_NAME;
	out->profile.display_name = out->title;
	out->profile.mailbox_dn = "";
	out->folder =
		arena_printf(arena, "%s/profiles/%s/stores/%s", data, p->name, STORE_PUBLIC_NAME);
	return out->folder ? ecNone : ecMemory;
}

status profile_stores(const char *data, const struct profile *p, struct arena *arena,
		      struct profile_store **out, size_t *n, struct reason *why)
{
	struct profile_store *v = arena_array(arena, p->n_mailboxes + 2, sizeof *v);
	size_t k = 0;
	status s = v ? own_store(data, p, arena, &v[k++]) : ecMemory;

	for (size_t i = 0; !s && p->shared_folders && i < p->n_mailboxes; i++)
		s = other_store(data, p, &p->mailboxes[i], arena, &v[k++]);
	if (!s && p->public_folders)
		s = public_store(data, p, arena, &v[k++]);
	if (s)
		return reason_set(why, s, "out of memory");
	*out = v;
	*n = k;
	return ecNone;
}

static status no_such(const struct profile *p, const char *name, struct reason *why)
{
	CLEANUP_BUF struct buf list = BUF_MAX(300);

	for (size_t i = 0; i < p->n_mailboxes; i++)
		buf_printf(&list, "%s, ", p->mailboxes[i].address);
	return reason_set(
		why, ecNotFound,
		"the profile %s has no additional mailbox \"%s\". There are: %s" STORE_PUBLIC_NAME,
		p->name, name, list.n ? buf_cstr(&list) : "");
}

static status find_mailbox(const struct profile *p, const char *name,
			   const struct profile_mailbox **out, struct reason *why)
{
	size_t n = strlen(name);

	*out = NULL;
	for (size_t i = 0; i < p->n_mailboxes; i++) {
		const struct profile_mailbox *m = &p->mailboxes[i];

		if (strcasecmp(m->address, name) == 0) {
			*out = m;
			return ecNone;
		}
		if (strncasecmp(m->address, name, n) != 0)
			continue;
		if (*out)
			return reason_set(why, ecInvalidParam,
					  "\"%s\" could be %s or %s: write more of it", name,
					  (*out)->address, m->address);
		*out = m;
	}
	return *out ? ecNone : no_such(p, name, why);
}

status profile_store_find(const char *data, const struct profile *p, const char *name,
			  struct arena *arena, struct profile_store *out, struct reason *why)
{
	const struct profile_mailbox *m = NULL;
	status s;

	if (!name || !*name || strcasecmp(name, p->address) == 0) {
		s = own_store(data, p, arena, out);
	} else if (strcasecmp(name, STORE_PUBLIC_NAME) == 0) {
		s = public_store(data, p, arena, out);
	} else {
		s = find_mailbox(p, name, &m, why);
		if (s)
			return s;
		s = other_store(data, p, m, arena, out);
	}
	return s ? reason_set(why, s, "out of memory") : ecNone;
}

status profile_store_named(const char *data, const char *text, struct arena *arena,
			   struct profile *p, struct profile_store *out, struct reason *why)
{
	const char *slash = text ? strchr(text, '/') : NULL;
	const char *name = slash ? arena_strndup(arena, text, (size_t)(slash - text)) : text;
	status s;

	if (slash && !name)
		return reason_set(why, ecMemory, "out of memory");
	s = profile_choose(data, name && *name ? name : NULL, arena, p, why);
	return s ? s : profile_store_find(data, p, slash ? slash + 1 : NULL, arena, out, why);
}

status profile_store_prepare(const struct profile_store *s, const char *data, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 10);
	const char *stores = arena_printf(&arena, "%s/profiles/%s/stores", data, s->profile.name);
	const char *const paths[] = { stores, s->folder };

	if (s->kind == REMOTE_OWN)
		return ecNone;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct stat st;

		if (!paths[i])
			return reason_set(why, ecMemory, "out of memory");
		if (mkdir(paths[i], 0700) && errno != EEXIST)
			return reason_set(why, ecDiskError, "%s: %s", paths[i], strerror(errno));
		if (stat(paths[i], &st) || !S_ISDIR(st.st_mode))
			return reason_set(why, ecDiskError, "%s is no folder", paths[i]);
	}
	return ecNone;
}

/* Others ---------------------------------------------------------------------------------------------------------------------------- */

status profile_mailbox_add(struct profile *p, const struct profile_mailbox *m, struct arena *arena,
			   struct reason *why)
{
	struct profile_mailbox *v = arena_array(arena, p->n_mailboxes + 1, sizeof *v);
	size_t at = 0;

	if (!v)
		return reason_set(why, ecMemory, "out of memory");
	if (!profile_is_name(m->address) || strcasecmp(m->address, STORE_PUBLIC_NAME) == 0)
		return reason_set(
			why, ecInvalidParam,
			"%.80s cannot be the name of a folder here: letters, digits, and . _ @ + -",
			m->address);
	if (strcasecmp(m->address, p->address) == 0)
		return reason_set(why, ecDuplicateName, "%s is the profile's own mailbox",
				  m->address);
	while (at < p->n_mailboxes && strcasecmp(p->mailboxes[at].address, m->address) != 0)
		at++;
	if (at == PROFILE_MAILBOXES_MAX)
		return reason_set(why, ecTooBig, "more than %u additional mailboxes",
				  PROFILE_MAILBOXES_MAX);
	if (p->n_mailboxes)
		memcpy(v, p->mailboxes, p->n_mailboxes * sizeof *v);
	v[at] = *m;
	/* Its cache is in a folder of the name that it had. */
	if (at < p->n_mailboxes)
		v[at].address = p->mailboxes[at].address;
	else
		p->n_mailboxes++;
	p->mailboxes = v;
	return ecNone;
}

status profile_mailbox_remove(struct profile *p, const char *address, struct arena *arena,
			      struct reason *why)
{
	struct profile_mailbox *v = arena_array(arena, p->n_mailboxes + 1, sizeof *v);
	const struct profile_mailbox *gone = NULL;
	status s = v ? find_mailbox(p, address, &gone, why)
		     : reason_set(why, ecMemory, "out of memory");
	size_t n = 0;

	if (s)
		return s;
	for (size_t i = 0; i < p->n_mailboxes; i++)
		if (&p->mailboxes[i] != gone)
			v[n++] = p->mailboxes[i];
	p->mailboxes = v;
	p->n_mailboxes = n;
	return ecNone;
}
