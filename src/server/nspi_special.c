/* Tables beside the entries: the hierarchy of address lists, templates to make addresses with, and pages to show entries on. */
#include "server/nspi_template.h"
#include "server/nspi_work.h"

#include <strings.h>

#define AB_RECIPIENTS 0x00000001u
#define AB_UNMODIFIABLE 0x00000008u

#define SMTP_TEMPLATE "/cn=addressing/cn=address-templates/cn=409/cn=SMTP"

/* The hierarchy ([MS-OXNSPI] 3.1.4.1.3) ------------------------------------------------------------------------------- */

static status list_row(const struct nspi_work *w, const struct nspi_list *l, uint16_t text, unsigned codepage, struct nspi_values *out)
{
	static const uint8_t no = 0;
	struct prop *v = arena_array(w->a, 6, sizeof *v);
	status s = v ? nspi_set_permanent(w, PidTagEntryId, NSPI_DT_CONTAINER, l->dn, &v[0]) : ecMemory;

	if (!s)
		s = nspi_set_u32(w, PidTagContainerFlags, AB_RECIPIENTS | AB_UNMODIFIABLE, &v[1]);
	if (!s)
		s = nspi_set_u32(w, PidTagDepth, 0, &v[2]);
	if (!s)
		s = nspi_set_u32(w, PidTagAddressBookContainerId, l->mid, &v[3]);
	if (!s)
		s = nspi_set_text(w, tag_make(tag_id(PidTagDisplayName), text), l->name, codepage, &v[4]);
	if (!s)
		s = nspi_set_bytes(w, PidTagAddressBookIsMaster, bytes_of(&no, 1), &v[5]);
	return s ? s : nspi_values_of(w, v, 6, out);
}

static status hierarchy(const struct nspi_work *w, const struct get_special_table_request *q, struct nspi_table *out)
{
	uint16_t text = q->flags & NSPI_UNICODE_STRINGS ? PT_UNICODE : PT_STRING8;
	status s = ecNone;

	out->all.v = arena_array(w->a, (size_t)w->p->n_lists + 1, sizeof *out->all.v);
	if (!out->all.v)
		return reason_set(w->why, ecMemory, "out of memory");
	for (uint32_t i = 0; i < w->p->n_lists && !s; i++)
		s = list_row(w, &w->p->lists[i], text, q->state.code_page, &out->all.v[i]);
	out->count = out->all.n = w->p->n_lists;
	return s;
}

/* Address creation templates ([MS-OXNSPI] 3.1.4.4.3.2) ----------------------------------------------------------------- */

static status creation_row(const struct nspi_work *w, unsigned codepage, struct nspi_values *out)
{
	static const uint8_t yes = 1;
	struct prop *v = arena_array(w->a, 7, sizeof *v);
	status s = v ? nspi_set_text(w, tag_make(tag_id(PidTagAddressType), PT_STRING8), "SMTP", codepage, &v[0]) : ecMemory;

	if (!s)
		s = nspi_set_text(w, tag_make(tag_id(PidTagDisplayName), PT_STRING8), "Internet Address", codepage, &v[1]);
	if (!s)
		s = nspi_set_u32(w, PidTagDisplayType, NSPI_DT_ADDRESS_TEMPLATE, &v[2]);
	if (!s)
		s = nspi_set_permanent(w, PidTagEntryId, NSPI_DT_ADDRESS_TEMPLATE, SMTP_TEMPLATE, &v[3]);
	if (!s)
		s = nspi_set_u32(w, PidTagDepth, 0, &v[4]);
	if (!s)
		s = nspi_set_bytes(w, PidTagSelectable, bytes_of(&yes, 1), &v[5]);
	if (!s)
		s = nspi_set_bytes(w, PidTagInstanceKey, bytes_of("\1\0\0\0", 4), &v[6]);
	return s ? s : nspi_values_of(w, v, 7, out);
}

static status creation_templates(const struct nspi_work *w, const struct get_special_table_request *q, struct nspi_table *out)
{
	bool has = q->state.template_locale == NSPI_LOCALE;

	out->all.v = arena_array(w->a, 1, sizeof *out->all.v);
	if (!out->all.v)
		return reason_set(w->why, ecMemory, "out of memory");
	out->count = out->all.n = has;
	return has ? creation_row(w, q->state.code_page, out->all.v) : ecNone;
}

status nspi_get_special_table(const struct nspi_work *w, const void *request, void *response)
{
	const struct get_special_table_request *q = request;
	struct get_special_table_response *r = response;
	bool templates = q->flags & NSPI_ADDRESS_CREATION_TEMPLATES;
	bool unicode = !templates && q->flags & NSPI_UNICODE_STRINGS;
	status s;

	r->code_page = q->state.code_page;
	if (!q->has_state)
		r->error_code = ecInvalidParam;
	else if (!nspi_codepage(q->state.code_page) && !(unicode && q->state.code_page == NSPI_CODEPAGE_UNICODE))
		r->error_code = ecUnknownCpid;
	if (r->error_code)
		return ecNone;
	s = templates ? creation_templates(w, q, &r->rows) : hierarchy(w, q, &r->rows);
	if (s)
		return s;
	r->has_rows = MAPIHTTP_HAS;
	/* The version of the client says nothing, as at Exchange since 2010: it gets the rows, and the version of the hierarchy that we have. */
	r->has_version = q->has_version ? MAPIHTTP_HAS : 0;
	r->version = !q->has_version ? 0 : templates ? q->version : (uint32_t)w->p->number;
	return ecNone;
}

/* Display templates ----------------------------------------------------------------------------------------------------- */

static bool find_template(const struct get_template_info_request *q, bool *group)
{
	static const char smtp[] = SMTP_TEMPLATE;

	*group = q->display_type == NSPI_DT_DISTLIST;
	if (q->has_template_dn) {
		*group = false;
		return q->template_dn.n == sizeof smtp - 1 && strncasecmp((const char *)q->template_dn.p, smtp, sizeof smtp - 1) == 0;
	}
	return q->locale == NSPI_LOCALE && (q->display_type == NSPI_DT_MAILUSER || q->display_type == NSPI_DT_DISTLIST);
}

static status template_row(const struct nspi_work *w, uint32_t flags, bool group, struct nspi_values *out)
{
	CLEANUP_BUF struct buf pages = BUF_MAX(65536), script = BUF_MAX(4096);
	struct prop v[2];
	uint32_t n = 0;
	status s = ecNone;

	nspi_template_pages(group, &pages);
	nspi_template_script(&script);
	if (pages.failed || script.failed)
		return reason_set(w->why, ecMemory, "out of memory");
	if (flags & NSPI_TI_TEMPLATE)
		s = nspi_set_bytes(w, PidTagTemplateData, buf_bytes(&pages), &v[n++]);
	if (!s && flags & NSPI_TI_SCRIPT)
		s = nspi_set_bytes(w, tag_make(0x0004, PT_BINARY), buf_bytes(&script), &v[n++]);
	return s ? s : nspi_values_of(w, v, n, out);
}

status nspi_get_template_info(const struct nspi_work *w, const void *request, void *response)
{
	const struct get_template_info_request *q = request;
	struct get_template_info_response *r = response;
	bool group = false;
	status s;

	r->code_page = q->code_page;
	if (!nspi_codepage(q->code_page))
		r->error_code = ecUnknownCpid;
	else if (!find_template(q, &group))
		r->error_code = ecUnknownLcid;
	if (r->error_code)
		return ecNone;
	s = template_row(w, q->flags, group, &r->row);
	if (!s)
		r->has_row = MAPIHTTP_HAS;
	return s;
}
