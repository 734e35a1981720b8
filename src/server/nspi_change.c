/* What clients may change of the directory: members of a group, by who manages it, and who sends on somebody's behalf, by them. */
#include "server/nspi_work.h"
#include "server/person.h"

#define SCRATCH_MOST ((size_t)32 << 20)

/* ModProps ---------------------------------------------------------------------------------------------------------- */

static bool is_certificate(uint32_t tag)
{
	return tag_id(tag) == tag_id(PidTagUserX509Certificate) || tag_id(tag) == tag_id(PidTagAddressBookX509Certificate);
}

/* Certificates are not kept: there never are any to take away, and none can be added. */
static bool changes_nothing(const struct mod_props_request *q)
{
	for (uint32_t i = 0; i < q->tags.n; i++)
		if (!is_certificate(q->tags.v[i]))
			return false;
	for (uint32_t i = 0; i < q->values.all.n; i++) {
		const struct prop *p = &q->values.all.v[i].prop;

		if (!is_certificate(p->tag) || (prop_is_list(p->tag) ? p->count : p->value.n))
			return false;
	}
	return true;
}

status nspi_mod_props(const struct nspi_work *w, const void *request, void *response)
{
	const struct mod_props_request *q = request;
	struct mod_props_response *r = response;
	const struct nspi_entry *e = nspi_by_mid(w->p, q->state.current_rec);

	r->error_code = nspi_stat_check(w, q->has_state, &q->state, NSPI_NEEDS_CODEPAGE);
	if (!r->error_code && (!q->has_tags || !e))
		r->error_code = ecInvalidParam;
	if (!r->error_code && !changes_nothing(q))
		r->error_code = ecAccessDenied;
	return ecNone;
}

/* ModLinkAtt -------------------------------------------------------------------------------------------------------- */

struct linking {
	const struct nspi_work *w;
	const struct mod_link_att_request *q;
	const struct nspi_entry *entry;
	struct arena *scratch;
	bool members; /* else delegates */
};

/* The entry that an entry id means, whatever display type it says. */
static const struct nspi_entry *entry_of(const struct nspi_work *w, struct bytes data)
{
	struct nspi_entryid id;

	if (nspi_entryid_decode(data, &id, NULL))
		return NULL;
	if (id.kind == NSPI_ENTRYID_PERMANENT)
		return nspi_by_dn(w->p, id.permanent.dn);
	return guid_equal(&id.ephemeral.provider, &w->p->server) ? nspi_by_mid(w->p, id.ephemeral.mid) : NULL;
}

static bool contains(const struct nspi_ids64 *ids, uint64_t id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->v[i] == id)
			return true;
	return false;
}

static bool owned(const struct linking *l, const struct person *who)
{
	if (who->administrator || l->entry->id == who->id)
		return true;
	for (size_t i = 0; l->members && i < l->entry->owners.n; i++) {
		const struct nspi_entry *owner = nspi_by_id(l->w->p, l->entry->owners.v[i]);

		if (owner && owner->id == who->id)
			return true;
		for (size_t g = 0; owner && g < who->n_groups; g++)
			if (guid_equal(&owner->guid, &who->groups[g]))
				return true;
	}
	return false;
}

/* Those that are to be added and are not there, or to be taken away and are. ecNotFound: one means nobody. */
static status gather(const struct linking *l, struct directory_value *values, size_t *n)
{
	const struct nspi_ids64 *there = l->members ? &l->entry->members : &l->entry->delegates;
	bool remove = l->q->flags & NSPI_DELETE;

	for (uint32_t i = 0; i < l->q->entryids.all.n; i++) {
		const struct nspi_entry *e = entry_of(l->w, l->q->entryids.all.v[i].data);
		bool twice = false;

		if (!e && remove)
			continue;
		if (!e)
			return ecNotFound;
		for (size_t k = 0; k < *n; k++)
			twice |= values[k].number == (int64_t)e->id;
		if (!twice && contains(there, e->id) == remove)
			values[(*n)++] = (struct directory_value){ .number = (int64_t)e->id, .text = nspi_text_of(e, TEXT_DISPLAY_NAME) };
	}
	return ecNone;
}

static status apply(const struct linking *l, struct directory *d, uint32_t *code)
{
	struct directory_value *values = arena_array(l->scratch, (size_t)l->q->entryids.all.n + 1, sizeof *values);
	struct directory_setting setting = { .attribute = l->members ? "Members" : "GrantSendOnBehalfTo",
					     .change = l->q->flags & NSPI_DELETE ? DIRECTORY_REMOVE : DIRECTORY_ADD,
					     .values = values };
	struct person who;
	status s = values ? person_by_id(d, l->w->caller->user, l->scratch, &who, l->w->why) : ecMemory;

	if (s && s != ecNotFound)
		return s;
	if (s || !owned(l, &who) || gather(l, values, &setting.n)) {
		*code = ecAccessDenied;
		return ecNone;
	}
	if (!setting.n)
		return ecNone;
	s = directory_update(d, directory_class(l->entry->group ? "DistributionGroup" : "Mailbox"), l->entry->id, &setting, 1, NULL, l->w->why);
	nspi_book_changed(l->w->caller->book);
	*code = s ? ecAccessDenied : ecNone;
	return ecNone;
}

status nspi_mod_link_att(const struct nspi_work *w, const void *request, void *response)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST);
	const struct mod_link_att_request *q = request;
	struct mod_link_att_response *r = response;
	struct linking l = { .w = w, .q = q, .entry = nspi_by_mid(w->p, q->mid), .scratch = &scratch };
	struct directory *d = NULL;
	status s;

	l.members = tag_id(q->tag) == tag_id(PidTagAddressBookMember);
	if (!l.members && tag_id(q->tag) != tag_id(PidTagAddressBookPublicDelegates))
		r->error_code = ecNotFound;
	else if (!l.entry)
		r->error_code = ecInvalidParam;
	else if (l.entry->group != l.members || (!l.members && !l.entry->mailbox))
		r->error_code = ecAccessDenied;
	if (r->error_code)
		return ecNone;
	s = host_directory(nspi_book_host(w->caller->book), &d, w->why);
	if (!s)
		s = apply(&l, d, &r->error_code);
	host_directory_return(nspi_book_host(w->caller->book), d);
	return s;
}
