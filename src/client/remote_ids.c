/* Ids: of objects, and of named properties. */
#include "client/remote_private.h"
#include "mapi/entryid.h"
#include "rop/rops_ics.h"
#include "rop/rops_property.h"

#include <string.h>

#define NAMES_AT_ONCE 200u
#define FLAG_CREATE   0x02u /* [MS-OXCPRPT] 2.2.12.1 */

uint64_t remote_id(const struct remote *r, uint64_t globcnt)
{
	struct short_term_id id = { .replica = r->mailbox.replid };

	global_counter_set(id.counter, globcnt);
	return short_term_id_get(&id);
}

uint64_t remote_globcnt(const struct remote *r, uint64_t id)
{
	struct short_term_id s = short_term_id_of(id);

	return s.replica == r->mailbox.replid ? global_counter_get(s.counter) : 0;
}

status remote_reserve_ids(struct remote *r, uint32_t n, uint64_t *first, struct reason *why)
{
	struct rop_get_local_replica_ids_request q = { .id_count = n };
	struct rop_get_local_replica_ids_response *a = NULL;
	struct remote_batch *b = remote_batch(r);
	status s;

	(void)remote_add(b, ROP_GET_LOCAL_REPLICA_IDS, 0, &q);
	s = remote_run(b, false, why);
	if (s)
		return s;
	s = remote_answer(b, 0, &a);
	if (s) {
		remote_explain(ROP_GET_LOCAL_REPLICA_IDS, s, why);
		return s;
	}
	if (!guid_equal(&a->repl_guid, &r->mailbox.replica))
		return reason_set(why, ecCorruptData, "the server gives ids of another replica than the mailbox's");
	*first = global_counter_get(a->global_count);
	return *first ? ecNone : reason_set(why, ecCorruptData, "the server gives the id 0");
}

/* Named properties ------------------------------------------------------------------------------------------------------------------ */

static status ask_names(struct remote *r, const struct prop_name *const *names, size_t n, bool create, uint16_t *ids, struct reason *why)
{
	struct rop_get_property_ids_from_names_request q = { .flags = create ? FLAG_CREATE : 0 };
	struct rop_get_property_ids_from_names_response *a = NULL;
	struct remote_batch *b = remote_batch(r);
	status s;

	q.property_names.n = (uint32_t)n;
	q.property_names.v = arena_array(remote_arena(b), n, sizeof *q.property_names.v);
	if (!q.property_names.v)
		return reason_set(why, ecMemory, "out of memory");
	for (size_t i = 0; i < n; i++)
		if (!property_name_set(names[i], &q.property_names.v[i]))
			return reason_set(why, ecInvalidParam, "a name of a property is too long");
	(void)remote_add(b, ROP_GET_PROPERTY_IDS_FROM_NAMES, 0, &q);
	s = remote_run(b, false, why);
	if (s)
		return s;
	s = remote_answer(b, 0, &a);
	if (s && s != ecWarnWithErrors) {
		remote_explain(ROP_GET_PROPERTY_IDS_FROM_NAMES, s, why);
		return s;
	}
	if (!a || a->property_ids.n != n)
		return reason_set(why, ecCorruptData, "the server was asked for the ids of %zu names and gives %u", n, a ? a->property_ids.n : 0);
	memcpy(ids, a->property_ids.v, n * sizeof *ids);
	return ecNone;
}

status remote_name_ids(struct remote *r, const struct prop_name *names, size_t n, bool create, uint16_t *ids, struct reason *why)
{
	if (!r->names)
		r->names = name_map_new();
	if (!r->names)
		return reason_set(why, ecMemory, "out of memory");
	for (size_t at = 0; at < n;) {
		const struct prop_name *unknown[NAMES_AT_ONCE];
		uint16_t got[NAMES_AT_ONCE];
		size_t where[NAMES_AT_ONCE], k = 0;
		status s;

		for (; at < n && k < NAMES_AT_ONCE; at++) {
			ids[at] = name_map_id(r->names, &names[at]);
			if (!ids[at]) {
				where[k] = at;
				unknown[k++] = &names[at];
			}
		}
		s = k ? ask_names(r, unknown, k, create, got, why) : ecNone;
		for (size_t i = 0; !s && i < k; i++) {
			ids[where[i]] = got[i];
			if (got[i] && name_map_id(r->names, unknown[i]) != got[i])
				s = name_map_add(r->names, got[i], unknown[i]);
			if (s)
				s = reason_set(why, ecCorruptData, "the server gives two names the same id 0x%04x", got[i]);
		}
		if (s)
			return s;
	}
	return ecNone;
}
