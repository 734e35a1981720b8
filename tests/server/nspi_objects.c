/* Properties, names, special tables and changes, by the requirements of [MS-OXNSPI]. */
#include "nspi_steps.h"

/* Properties ------------------------------------------------------------------------------------------------------------- */

static void required_properties(void **state)
{
	static const uint32_t tags[] = { PidTagObjectType, PidTagInitialDetailsPane, PidTagAddressBookDisplayNamePrintable,
					 PidTagAddressBookContainerId, PidTagEntryId, PidTagInstanceKey, PidTagSearchKey, PidTagRecordKey,
					 PidTagAddressType, PidTagEmailAddress, PidTagDisplayType, PidTagTemplateid,
					 PidTagTransmittableDisplayName, PidTagDisplayName, PidTagMappingSignature,
					 PidTagAddressBookObjectDistinguishedName, 0 };
	const struct query_rows_response *r = rows_of(stat_of(1252), 0, 100, ids(16, tags));

	(void)state;
	for (uint32_t i = 0; i < r->rows.n; i++)
		for (uint32_t k = 0; k < 16; k++)
			/* MS-OXNSPI_R1721 */
			/* MS-OXNSPI_R1722 */
			/* MS-OXNSPI_R1723 */
			/* MS-OXNSPI_R1724 */
			/* MS-OXNSPI_R1725 */
			/* MS-OXNSPI_R1726 */
			/* MS-OXNSPI_R1727 */
			/* MS-OXNSPI_R1728 */
			/* MS-OXNSPI_R1729 */
			/* MS-OXNSPI_R1730 */
			/* MS-OXNSPI_R1731 */
			/* MS-OXNSPI_R1732 */
			/* MS-OXNSPI_R1733 */
			/* MS-OXNSPI_R1734 */
			/* MS-OXNSPI_R1735 */
			/* MS-OXNSPI_R1736 */
			assert_int_equal(r->rows.v[i].values[k].tag, tags[k]);
}

static void values_of_a_person(void **state)
{
	uint32_t alice = mid_of("alice");
	const struct get_props_response *r =
		props_of(alice, 1252, 0, IDS(TEXT8(PidTagTitle), PidTagTitle, PidTagSurname, PidTagSmtpAddress, PidTagTitle, PidTagObjectType,
					     PidTagDisplayTypeEx, PidTagAccount, PidTagAddressBookManagerDistinguishedName));

	(void)state;
	/* MS-OXNSPI_R915 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R911 */
	assert_int_equal(r->values.count, 9);
	/* MS-OXNSPI_R446 */
	/* MS-OXNSPI_R1934 */
	assert_int_equal(r->values.all.v[0].prop.value.n, strlen("Caf\xE9 keeper"));
	assert_memory_equal(r->values.all.v[0].prop.value.p, "Caf\xE9 keeper", 11);
	/* MS-OXNSPI_R447 */
	/* MS-OXNSPI_R1942 */
	assert_string_equal(text(&r->values.all.v[1].prop), "Caf\xC3\xA9 keeper");
	assert_string_equal(text(&r->values.all.v[2].prop), "Adams");
	assert_string_equal(text(&r->values.all.v[3].prop), "alice@contoso.example");
	/* MS-OXNSPI_R912 */
	assert_string_equal(text(&r->values.all.v[4].prop), "Caf\xC3\xA9 keeper");
	assert_int_equal(number(&r->values.all.v[5].prop), 6);
	assert_int_equal(number(&r->values.all.v[6].prop), 0x40000000);
	assert_string_equal(text(&r->values.all.v[7].prop), "alice");
	assert_string_equal(text(&r->values.all.v[8].prop), fixture_legacy_dn(&f, "carol"));
}

static void values_missing(void **state)
{
	const struct get_props_response *r = props_of(mid_of("alice"), CP_UNICODE, NSPI_EPHEMERAL_IDS, IDS(0x0000001E));

	(void)state;
	/* MS-OXNSPI_R909 */
	assert_int_equal(r->error_code, 0x00040380);
	/* MS-OXNSPI_R910 */
	assert_int_equal(TYPE(&r->values.all.v[0].prop), PT_ERROR);
	r = props_of(NSPI_MID_END_OF_TABLE, 1252, 0, IDS(PidTagDisplayName));
	/* MS-OXNSPI_R907 */
	assert_int_equal(r->error_code, 0x00040380);
	assert_int_equal(TYPE(&r->values.all.v[0].prop), PT_ERROR);
	r = props_of(NSPI_MID_CURRENT, 1252, 0, IDS(PidTagDisplayName));
	/* MS-OXNSPI_R1985 */
	assert_int_not_equal(r->error_code, 0);
	r = props_of(mid_of("alice"), 0xFF, 0, IDS(PidTagDisplayName));
	/* MS-OXNSPI_R877 */
	assert_int_equal(r->error_code, ecUnknownCpid);
	assert_false(r->has_values);
	struct get_props_request q = { .has_state = 0xFF, .state = stat_of(1252), .has_tags = 0xFF, .tags = IDS(PidTagUserX509Certificate) };
	q.state.container_id = 1;
	r = ask(MAPIHTTP_GET_PROPS, &q);
	/* MS-OXNSPI_R2003005 */
	assert_int_equal(r->error_code, 0x00040380);
}

static void lists_of_properties(void **state)
{
	struct get_prop_list_request q = { .mid = mid_of("crew"), .code_page = 1252 };
	struct query_columns_request columns = { .flags = 0 };
	const struct get_prop_list_response *r = ask(MAPIHTTP_GET_PROP_LIST, &q);
	bool objects = false;

	(void)state;
	/* MS-OXNSPI_R858 */
	assert_int_equal(r->error_code, 0);
	for (uint32_t i = 0; i < r->tags.n; i++) {
		objects |= tag_type(r->tags.v[i]) == PT_OBJECT;
		/* MS-OXNSPI_R852 */
		assert_int_not_equal(tag_type(r->tags.v[i]) & ~MV_FLAG, PT_UNICODE);
	}
	assert_true(objects);
	q.flags = NSPI_SKIP_OBJECTS;
	r = ask(MAPIHTTP_GET_PROP_LIST, &q);
	for (uint32_t i = 0; i < r->tags.n; i++)
		/* MS-OXNSPI_R848 */
		/* MS-OXNSPI_R104 */
		assert_int_not_equal(tag_type(r->tags.v[i]), PT_OBJECT);
	const struct get_props_response *all = props_of(q.mid, 1252, NSPI_SKIP_OBJECTS, (struct nspi_ids){ 0, NULL });
	assert_int_equal(all->error_code, 0);
	/* MS-OXNSPI_R1693 */
	assert_int_equal(all->values.count, r->tags.n);
	for (uint32_t i = 0; i < r->tags.n; i++)
		/* MS-OXNSPI_R854 */
		assert_int_equal(all->values.all.v[i].prop.tag, r->tags.v[i]);
	const struct query_columns_response *c = ask(MAPIHTTP_QUERY_COLUMNS, &columns);
	/* MS-OXNSPI_R827 */
	assert_int_equal(c->error_code, 0);
	for (uint32_t i = 0; i < c->columns.n; i++)
		/* MS-OXNSPI_R116 */
		/* MS-OXNSPI_R822 */
		assert_int_not_equal(tag_type(c->columns.v[i]) & ~MV_FLAG, PT_UNICODE);
	columns.flags = NSPI_UNICODE_PROPTYPES;
	c = ask(MAPIHTTP_QUERY_COLUMNS, &columns);
	for (uint32_t i = 0; i < c->columns.n; i++)
		/* MS-OXNSPI_R115 */
		/* MS-OXNSPI_R820 */
		assert_int_not_equal(tag_type(c->columns.v[i]) & ~MV_FLAG, PT_STRING8);
	columns.flags = 0;
	c = ask(MAPIHTTP_QUERY_COLUMNS, &columns);
	/* Of no object: all that there are. */
	for (q.mid = 0, q.flags = 0; q.flags <= NSPI_EPHEMERAL_IDS; q.flags++) {
		r = ask(MAPIHTTP_GET_PROP_LIST, &q);
		assert_int_equal(r->error_code, 0);
		/* MS-OXNSPI_R801 */
		assert_int_equal(r->tags.n, c->columns.n);
		assert_memory_equal(r->tags.v, c->columns.v, c->columns.n * sizeof *c->columns.v);
	}
	q.mid = MID_UNKNOWN;
	r = ask(MAPIHTTP_GET_PROP_LIST, &q);
	/* MS-OXNSPI_R840 */
	assert_true(r->error_code && !r->has_tags);
	/* Of no object: all that any can have, whatever is to be skipped. */
	for (q.mid = 0, q.flags = 0; q.flags < 4; q.flags++) {
		r = ask(MAPIHTTP_GET_PROP_LIST, &q);
		/* MS-OXCMAPIHTTP_R583 */
		assert_true(!r->error_code && r->has_tags);
		/* MS-OXCMAPIHTTP_R1321 */
		assert_int_equal(r->tags.n, c->columns.n);
	}
	all = props_of(0, 1252, 0, (struct nspi_ids){ 0, NULL });
	assert_int_equal(all->error_code, ecWarnWithErrors);
	/* MS-OXNSPI_R1693 */
	assert_int_equal(all->values.count, r->tags.n);
}

/* Tables as the names of those in them. */
static void tables_as_texts(void **state)
{
	const struct get_props_response *r =
		props_of(mid_of("crew"), 1252, 0,
			 IDS(tag_make(tag_id(PidTagAddressBookMember), PT_STRING8 | MV_FLAG), tag_make(tag_id(PidTagAddressBookMember), PT_UNICODE | MV_FLAG)));

	(void)state;
	assert_int_equal(r->error_code, 0);
	const struct prop *narrow = &r->values.all.v[0].prop, *wide = &r->values.all.v[1].prop;
	assert_true(narrow->count != 0);
	assert_int_equal(narrow->count, wide->count);
	for (uint32_t i = 0; i < narrow->count; i++) {
		assert_memory_equal(narrow->values[i].p, "/o=", 3);
		assert_int_equal(2 * narrow->values[i].n, wide->values[i].n);
	}
	r = props_of(mid_of("carol"), 1252, 0, IDS(tag_make(tag_id(PidTagAddressBookPublicDelegates), PT_STRING8 | MV_FLAG)));
	assert_int_equal(r->error_code, ecWarnWithErrors);
	assert_int_equal(number(&r->values.all.v[0].prop), ecNotFound);
}

/* Names -------------------------------------------------------------------------------------------------------------------- */

static const struct resolve_names_response *resolved(uint32_t container, size_t n, const char *const *names)
{
	struct resolve_names_request q = { .has_state = 0xFF, .state = stat_of(1252), .has_tags = 0xFF, .has_names = 0xFF };

	q.state.container_id = container;
	q.tags = IDS(PidTagDisplayName, PidTagEntryId);
	q.names = (struct nspi_names){ (uint32_t)n, arena_array(&f.arena, n, sizeof *q.names.v) };
	for (size_t i = 0; i < n; i++)
		q.names.v[i] = fixture_text(&f, names[i]);
	return ask(MAPIHTTP_RESOLVE_NAMES, &q);
}

static void names(void **state)
{
	static const char *const asked[] = { "alice", "XXXXXX", "", "A", "bob@contoso.example", "SMTP:carol@contoso.example", "=Carol Clark", "=Carol" };
	static const uint32_t wanted[] = { NSPI_MID_RESOLVED, NSPI_MID_UNRESOLVED, NSPI_MID_UNRESOLVED, NSPI_MID_AMBIGUOUS,
					   NSPI_MID_RESOLVED, NSPI_MID_RESOLVED, NSPI_MID_RESOLVED, NSPI_MID_RESOLVED };
	const struct resolve_names_response *r = resolved(0, 7, asked);

	(void)state;
	/* MS-OXNSPI_R1443 */
	assert_int_equal(r->error_code, 0);
	assert_int_equal(r->mids.n, 7);
	/* MS-OXNSPI_R618 */
	/* MS-OXNSPI_R620 */
	/* MS-OXNSPI_R622 */
	/* MS-OXNSPI_R624 */
	assert_memory_equal(r->mids.v, wanted, 7 * sizeof *wanted);
	/* MS-OXNSPI_R1395 */
	assert_int_equal(r->rows.n, 4);
	assert_string_equal(text(&r->rows.v[0].values[0]), "Alice Adams");
	assert_string_equal(text(&r->rows.v[1].values[0]), "Bob Brown");
	assert_string_equal(text(&r->rows.v[2].values[0]), "Carol Clark");
	r = resolved(1, 1, asked);
	/* MS-OXNSPI_R1423 */
	assert_int_equal(r->error_code, 0x80040405);
	/* MS-OXNSPI_R1418 */
	assert_false(r->has_mids);
	/* MS-OXNSPI_R1761 */
	assert_false(r->has_rows);
}

static void dns(void **state)
{
	struct bytes v[3] = { bytes_of("/o=nobody", 9), bytes_of(NULL, 0), bytes_of("", 0) };
	struct dn_to_mid_request q = { .has_names = 0xFF, .names = { 3, v } };
	const char *dn = fixture_legacy_dn(&f, "alice");

	(void)state;
	v[1] = bytes_of(dn, strlen(dn));
	for (q.reserved = 0; q.reserved < 2; q.reserved++) {
		const struct dn_to_mid_response *r = ask(MAPIHTTP_DN_TO_MID, &q);

		/* MS-OXNSPI_R1266 */
		/* MS-OXNSPI_R1700 */
		assert_int_equal(r->error_code, 0);
		/* MS-OXNSPI_R1260 */
		assert_int_equal(r->mids.v[0], 0);
		/* MS-OXNSPI_R1263 */
		assert_true(r->mids.v[1] >= NSPI_MID_FIRST);
		assert_int_equal(r->mids.v[2], 0);
	}
}

static void hidden_people(void **state)
{
	static const char *const asked[] = { "carol" };

	(void)state;
	fixture_set(&f, "Mailbox", "carol", "HiddenFromAddressListsEnabled", "True");
	assert_int_equal(resolved(0, 1, asked)->mids.v[0], NSPI_MID_UNRESOLVED);
	assert_int_equal(rows_of(stat_of(1252), 0, 100, IDS(PidTagDisplayName))->rows.n, 4);
	/* Who knows the DN finds the mailbox: a profile can be made for it. */
	assert_true(mid_of("carol") >= NSPI_MID_FIRST);
	fixture_set(&f, "Mailbox", "carol", "HiddenFromAddressListsEnabled", "False");
}

/* Special tables ------------------------------------------------------------------------------------------------------------ */

static const struct get_special_table_response *special(uint32_t flags, struct nspi_stat stat)
{
	struct get_special_table_request q = { .flags = flags, .has_state = 0xFF, .state = stat, .has_version = 0xFF, .version = 7 };

	return ask(MAPIHTTP_GET_SPECIAL_TABLE, &q);
}

static void hierarchy(void **state)
{
	static const uint32_t tags[] = { PidTagEntryId, PidTagContainerFlags, PidTagDepth, PidTagAddressBookContainerId, PidTagDisplayName,
					 PidTagAddressBookIsMaster };
	const struct get_special_table_response *r = special(NSPI_UNICODE_STRINGS, stat_of(1252));
	struct nspi_stat stat = stat_of(1252);

	(void)state;
	/* MS-OXNSPI_R767 */
	assert_int_equal(r->error_code, 0);
	assert_true(r->rows.count >= 2);
	/* The version that we have, not that of the client. */
	assert_true(r->has_version && r->version && r->version != 7);
	for (uint32_t i = 0; i < r->rows.count; i++) {
		const struct nspi_values *row = &r->rows.all.v[i];
		struct nspi_entryid id;

		assert_int_equal(row->count, 6);
		for (uint32_t k = 0; k < 6; k++)
			/* MS-OXNSPI_R1863 */
			/* MS-OXNSPI_R1864 */
			/* MS-OXNSPI_R760 */
			assert_int_equal(row->all.v[k].prop.tag, tags[k]);
		/* MS-OXNSPI_R1865 */
		/* MS-OXNSPI_R1998 */
		assert_int_equal(nspi_entryid_decode(row->all.v[0].prop.value, &id, NULL), 0);
		assert_int_equal(id.kind, NSPI_ENTRYID_PERMANENT);
		assert_int_equal(id.permanent.type, NSPI_DT_CONTAINER);
		/* MS-OXNSPI_R1866 */
		assert_true(i ? id.permanent.dn.n == 38 : id.permanent.dn.n == 1 && id.permanent.dn.p[0] == '/');
		/* What is in it can be asked for. */
		stat.container_id = number(&row->all.v[3].prop);
		assert_int_equal(rows_of(stat, 0, 10, IDS(PidTagDisplayName))->error_code, 0);
	}
	r = special(0, stat_of(1252));
	/* MS-OXNSPI_R762 */
	assert_int_equal(TYPE(&r->rows.all.v[0].all.v[4].prop), PT_STRING8);
	r = special(0, stat_of(0xFF));
	/* MS-OXNSPI_R736 */
	assert_true(r->error_code && !r->has_rows);
	/* MS-OXNSPI_R732 */
	assert_int_equal(special(0, stat_of(CP_UNICODE))->error_code, ecUnknownCpid);
}

static void creation_templates(void **state)
{
	const struct get_special_table_response *r = special(NSPI_ADDRESS_CREATION_TEMPLATES | NSPI_UNICODE_STRINGS, stat_of(1252));
	struct nspi_stat stat = stat_of(1252);
	struct nspi_entryid id;

	(void)state;
	/* MS-OXNSPI_R109 */
	assert_int_equal(r->error_code, 0);
	assert_int_equal(r->rows.count, 1);
	/* MS-OXNSPI_R741 */
	/* MS-OXNSPI_R110 */
	assert_int_equal(TYPE(&r->rows.all.v[0].all.v[1].prop), PT_STRING8);
	/* MS-OXNSPI_R1996 */
	assert_int_equal(nspi_entryid_decode(r->rows.all.v[0].all.v[3].prop.value, &id, NULL), 0);
	assert_int_equal(id.permanent.type, NSPI_DT_ADDRESS_TEMPLATE);
	struct get_template_info_request q = { .flags = NSPI_TI_TEMPLATE, .has_template_dn = 0xFF, .template_dn = id.permanent.dn,
					       .code_page = 1252, .locale = 0x40C };
	assert_int_equal(((struct get_template_info_response *)ask(MAPIHTTP_GET_TEMPLATE_INFO, &q))->error_code, 0);
	stat.template_locale = 0;
	r = special(NSPI_ADDRESS_CREATION_TEMPLATES, stat);
	/* MS-OXNSPI_R758 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R757 */
	assert_int_equal(r->rows.count, 0);
}

static void templates(void **state)
{
	struct get_template_info_request q = { .flags = NSPI_TI_TEMPLATE, .code_page = 1252, .locale = 0x409 };
	const struct get_template_info_response *r = ask(MAPIHTTP_GET_TEMPLATE_INFO, &q);

	(void)state;
	/* MS-OXNSPI_R1492 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R120 */
	assert_int_equal(r->row.all.v[0].prop.tag, PidTagTemplateData);
	struct bytes pages = r->row.all.v[0].prop.value;
	uint32_t n = le32(pages.p + 4);
	assert_int_equal(le32(pages.p), 1);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = le32(pages.p + 8 + 36 * (size_t)i + 32);

		/* Every text is within, and ends there. */
		assert_true(at >= 8 + 36 * n && at < pages.n);
		assert_non_null(memchr(pages.p + at, 0, pages.n - at));
	}
	q.flags = NSPI_TI_SCRIPT;
	r = ask(MAPIHTTP_GET_TEMPLATE_INFO, &q);
	/* MS-OXNSPI_R121 */
	assert_int_equal(r->row.all.v[0].prop.tag, 0x00040102);
	q.locale = 0x1234;
	r = ask(MAPIHTTP_GET_TEMPLATE_INFO, &q);
	/* MS-OXNSPI_R1476 */
	assert_int_equal(r->error_code, 0x8004011F);
	/* MS-OXNSPI_R1462 */
	assert_false(r->has_row);
	q.code_page = CP_UNICODE;
	r = ask(MAPIHTTP_GET_TEMPLATE_INFO, &q);
	/* MS-OXNSPI_R1467 */
	assert_int_equal(r->error_code, 0x8004011E);
	q.code_page = 0xFFFFFFFF;
	r = ask(MAPIHTTP_GET_TEMPLATE_INFO, &q);
	/* MS-OXNSPI_R1469 */
	assert_int_equal(r->error_code, 0x8004011E);
}

/* Changes --------------------------------------------------------------------------------------------------------------------- */

static void certificates(void **state)
{
	struct tagged_value empty = { { .tag = PidTagUserX509Certificate, .count = 0 } };
	struct mod_props_request q = { .reserved = 1, .has_state = 0xFF, .state = stat_of(1252), .has_tags = 0xFF, .has_values = 0xFF,
				       .values = { 1, { 1, &empty } } };
	const struct mod_props_response *r;

	(void)state;
	q.tags = IDS(PidTagUserX509Certificate, PidTagAddressBookX509Certificate);
	q.state.current_rec = mid_of("alice");
	r = ask(MAPIHTTP_MOD_PROPS, &q);
	/* MS-OXNSPI_R1305 */
	/* MS-OXNSPI_R1268 */
	/* MS-OXNSPI_R1289 */
	assert_int_equal(r->error_code, 0);
	q.tags = IDS(PidTagTitle);
	r = ask(MAPIHTTP_MOD_PROPS, &q);
	assert_int_equal(r->error_code, ecAccessDenied);
	q.has_tags = 0;
	r = ask(MAPIHTTP_MOD_PROPS, &q);
	/* MS-OXNSPI_R1291 */
	assert_int_equal(r->error_code, 0x80070057);
	q.has_tags = 0xFF;
	q.state.current_rec = MID_UNKNOWN;
	r = ask(MAPIHTTP_MOD_PROPS, &q);
	/* MS-OXNSPI_R1293 */
	assert_int_equal(r->error_code, 0x80070057);
}

/* What a person publishes of certificates is read by all, and changed by them alone. */
static void certificates_kept(void **state)
{
	static const uint8_t der[] = { 0x30, 0x03, 0x02, 0x01, 0x01 }, other[] = { 0x30, 0x03, 0x02, 0x01, 0x02 };
	struct bytes both[] = { bytes_of(der, 5), bytes_of(other, 5) };
	struct tagged_value value = { { .tag = PidTagUserX509Certificate, .count = 2, .values = both } };
	struct mod_props_request q = { .has_state = 0xFF, .state = stat_of(1252), .has_tags = 0xFF, .has_values = 0xFF, .values = { 1, { 1, &value } } };
	const struct mod_props_response *r;

	(void)state;
	q.state.current_rec = mid_of("alice");
	r = ask(MAPIHTTP_MOD_PROPS, &q);
	assert_int_equal(r->error_code, 0);
	const struct get_props_response *props = props_of(mid_of("alice"), 1252, 0, IDS(PidTagUserX509Certificate, PidTagAddressBookX509Certificate));
	assert_int_equal(props->error_code, ecWarnWithErrors);
	/* MS-OXNSPI_R1267 */
	assert_int_equal(props->values.all.v[0].prop.count, 2);
	assert_memory_equal(props->values.all.v[0].prop.values[1].p, other, 5);
	assert_int_equal(TYPE(&props->values.all.v[1].prop), PT_ERROR);
	q.state.current_rec = mid_of("bob");
	r = ask(MAPIHTTP_MOD_PROPS, &q);
	assert_int_equal(r->error_code, ecAccessDenied);
	q.state.current_rec = mid_of("crew");
	r = ask(MAPIHTTP_MOD_PROPS, &q);
	assert_int_equal(r->error_code, ecInvalidObject);
	/* What is no certificate is not taken, and nothing is lost by that. */
	both[0] = bytes_of(der, 4);
	q.state.current_rec = mid_of("alice");
	r = ask(MAPIHTTP_MOD_PROPS, &q);
	assert_int_equal(r->error_code, ecAccessDenied);
	props = props_of(mid_of("alice"), 1252, 0, IDS(PidTagUserX509Certificate));
	assert_int_equal(props->values.all.v[0].prop.count, 2);
	q.has_values = 0;
	q.tags = IDS(PidTagUserX509Certificate);
	r = ask(MAPIHTTP_MOD_PROPS, &q);
	assert_int_equal(r->error_code, 0);
	props = props_of(mid_of("alice"), 1252, 0, IDS(PidTagUserX509Certificate));
	assert_int_equal(TYPE(&props->values.all.v[0].prop), PT_ERROR);
	fixture_set(&f, "Mailbox", "bob", "UserCertificate", "MAMCAQE=");
	props = props_of(mid_of("bob"), 1252, 0, IDS(PidTagAddressBookX509Certificate));
	assert_int_equal(props->error_code, 0);
	assert_memory_equal(props->values.all.v[0].prop.values[0].p, der, 5);
	fixture_set(&f, "Mailbox", "bob", "UserCertificate", NULL);
}

static uint32_t linked(uint32_t flags, uint32_t tag, uint32_t mid, struct bytes id)
{
	struct nspi_binary one = { id };
	struct mod_link_att_request q = { .flags = flags, .tag = tag, .mid = mid, .has_entryids = 0xFF, .entryids = { 1, { 1, &one } } };
	const struct mod_link_att_response *r = ask(MAPIHTTP_MOD_LINK_ATT, &q);

	return r->error_code;
}

static uint32_t crew_size(void)
{
	struct nspi_stat stat = stat_of(1252);

	stat.current_rec = mid_of("crew");
	stat.container_id = PidTagAddressBookMember;
	return matches(stat, NULL, 100)->mids.n;
}

static void links(void **state)
{
	uint32_t crew = mid_of("crew");
	struct bytes carol = props_of(mid_of("carol"), 1252, 0, IDS(PidTagEntryId))->values.all.v[0].prop.value;
	struct bytes brief = props_of(mid_of("carol"), 1252, NSPI_EPHEMERAL_IDS, IDS(PidTagEntryId))->values.all.v[0].prop.value;

	(void)state;
	/* Alice does not manage the group. */
	/* MS-OXNSPI_R1338 */
	assert_int_equal(linked(0, PidTagAddressBookMember, crew, carol), 0x80070005);
	/* MS-OXNSPI_R1646 */
	assert_int_equal(crew_size(), 2);
	fixture_set(&f, "DistributionGroup", "crew", "ManagedBy", "alice");
	/* MS-OXNSPI_R1340 */
	assert_int_equal(linked(0, PidTagAddressBookMember, crew, carol), 0);
	/* MS-OXNSPI_R1335 */
	/* MS-OXNSPI_R129 */
	/* MS-OXNSPI_R1893 */
	assert_int_equal(crew_size(), 3);
	assert_int_equal(linked(0, PidTagAddressBookMember, crew, carol), 0);
	assert_int_equal(linked(NSPI_DELETE, PidTagAddressBookMember, crew, brief), 0);
	/* MS-OXNSPI_R1332 */
	/* MS-OXNSPI_R128 */
	assert_int_equal(crew_size(), 2);
	assert_int_equal(linked(NSPI_DELETE, PidTagAddressBookMember, crew, carol), 0);
	/* MS-OXNSPI_R2002 */
	assert_int_equal(linked(0, PidTagAddressBookPublicDelegates, mid_of("alice"), carol), 0);
	assert_int_equal(linked(0, PidTagAddressBookPublicDelegates, mid_of("bob"), carol), 0x80070005);
	/* MS-OXNSPI_R1326 */
	assert_int_equal(linked(0, PidTagDisplayName, crew, carol), 0x8004010F);
	/* MS-OXNSPI_R1328 */
	assert_int_equal(linked(0, PidTagAddressBookMember, MID_UNKNOWN, carol), 0x80070057);
	/* MS-OXNSPI_R1647 */
	assert_int_equal(linked(0, PidTagAddressBookMember, mid_of("bob"), carol), 0x80070005);
}

/* People elsewhere, groups of whoever fits, and public folders. */
static void other_kinds(void **state)
{
	static const char *const elsewhere[][2] = { { "ExternalEmailAddress", "dora.dale@fabrikam.example" }, { "RecipientTypeDetails", "MailContact" } };
	static const char *const dynamic[][2] = { { "IncludedRecipients", "MailContacts" }, { "RecipientTypeDetails", "DynamicDistributionGroup" } };
	static const char *const folder[][2] = { { "EntryId", "000000001A447390AA6611CD9BC800AA002FC45A0300" } };

	(void)state;
	fixture_recipient(&f, "MailContact", "dora", "dora@fabrikam.example", elsewhere, 2);
	fixture_recipient(&f, "DynamicDistributionGroup", "outsiders", "outsiders@contoso.example", dynamic, 2);
	fixture_recipient(&f, "MailPublicFolder", "board", "board@contoso.example", folder, 1);
	uint32_t dora = mid_of("dora"), outsiders = mid_of("outsiders");
	struct bytes carol = props_of(mid_of("carol"), 1252, 0, IDS(PidTagEntryId))->values.all.v[0].prop.value;
	const struct get_props_response *r = props_of(dora, 1252, 0, IDS(PidTagDisplayType, PidTagObjectType, PidTagAddressBookTargetAddress));

	/* MS-OXNSPI_R55 */
	assert_int_equal(number(&r->values.all.v[0].prop), 6);
	assert_int_equal(number(&r->values.all.v[1].prop), 6);
	assert_string_equal(text(&r->values.all.v[2].prop), "SMTP:dora.dale@fabrikam.example");
	r = props_of(outsiders, 1252, 0, IDS(PidTagDisplayType, PidTagObjectType, PidTagContainerFlags));
	/* MS-OXNSPI_R51 */
	assert_int_equal(number(&r->values.all.v[0].prop), 3);
	assert_int_equal(number(&r->values.all.v[1].prop), 8);
	assert_int_equal(TYPE(&r->values.all.v[2].prop), PT_ERROR);
	r = props_of(mid_of("board"), 1252, 0, IDS(PidTagDisplayType, PidTagObjectType, PidTagDisplayTypeEx, PidTagContainerFlags, PidTagAddressBookHomeMessageDatabase, PidTagEntryId));
	/* MS-OXNSPI_R50 */
	assert_int_equal(number(&r->values.all.v[0].prop), 2);
	assert_int_equal(number(&r->values.all.v[1].prop), 3);
	assert_int_equal(number(&r->values.all.v[2].prop), 2);
	assert_int_equal(TYPE(&r->values.all.v[3].prop), PT_ERROR);
	assert_int_equal(TYPE(&r->values.all.v[4].prop), PT_ERROR);
	/* [MS-OXNSPI] 2.2.9.3: the kind of a permanent entry id is its display type. */
	assert_int_equal(le32(r->values.all.v[5].prop.value.p + 24), 2);
	/* Nobody is put into it. */
	/* MS-OXNSPI_R1647 */
	assert_int_equal(linked(0, PidTagAddressBookMember, outsiders, carol), 0x80070005);
	assert_int_equal(linked(0, PidTagAddressBookPublicDelegates, outsiders, carol), 0x80070005);
}

/* The order of names as they are spoken, of those of whom somebody says it. */
static void spoken_order(void **state)
{
	struct restriction spoken = { .kind = RES_EXIST, .u.exist = { PidTagAddressBookPhoneticDisplayName } };
	struct nspi_stat stat = stat_of(1252);

	(void)state;
	fixture_set(&f, "User", "alice", "PhoneticDisplayName", "zeta");
	fixture_set(&f, "User", "bob", "PhoneticDisplayName", "eta");
	fixture_set(&f, "User", "carol", "PhoneticDisplayName", "eta");
	assert_int_equal(matches(stat, &spoken, 100)->mids.v[0], mid_of("alice"));
	stat.sort_type = NSPI_SORT_PHONETIC_DISPLAY_NAME;
	const struct get_matches_response *r = matches(stat, &spoken, 100);
	/* MS-OXNSPI_R95 */
	/* MS-OXNSPI_R495 */
	assert_int_equal(r->error_code, 0);
	assert_int_equal(r->mids.n, 3);
	assert_int_equal(r->mids.v[0], mid_of("bob"));
	assert_int_equal(r->mids.v[1], mid_of("carol"));
	assert_int_equal(r->mids.v[2], mid_of("alice"));
}

static void urls(void **state)
{
	struct get_mailbox_url_request q = { .server_dn = fixture_text(&f, "/o=Contoso/cn=Servers/cn=x") };
	const char *dn = fixture_legacy_dn(&f, "alice");
	struct get_address_book_url_request b = { .user_dn = fixture_text(&f, dn) };
	const struct get_mailbox_url_response *r = ask(MAPIHTTP_GET_MAILBOX_URL, &q);
	const struct get_address_book_url_response *a = ask(MAPIHTTP_GET_ADDRESS_BOOK_URL, &b);
	static const char mailbox[] = "https://cas.contoso.example/mapi/emsmdb/?MailboxId=";

	(void)state;
	assert_int_equal(r->error_code, 0);
	assert_memory_equal(utf16_text(&f.arena, r->url), mailbox, sizeof mailbox - 1);
	assert_int_equal(a->error_code, 0);
	assert_non_null(strstr(utf16_text(&f.arena, a->url), "/mapi/nspi/?MailboxId="));
	/* Where the administrator says that it is, as Autodiscover has it. */
	fixture_set(&f, "MapiVirtualDirectory", "cas.contoso.example\\mapi (Default Web Site)", "InternalUrl", "https://mail.contoso.example:8443/mapi/");
	a = ask(MAPIHTTP_GET_ADDRESS_BOOK_URL, &b);
	static const char set[] = "https://mail.contoso.example:8443/mapi/nspi/?MailboxId=";
	/* MS-OXCMAPIHTTP_R1120 */
	assert_memory_equal(utf16_text(&f.arena, a->url), set, sizeof set - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(required_properties), TEST(values_of_a_person), TEST(values_missing), TEST(lists_of_properties), TEST(tables_as_texts),
		TEST(names), TEST(dns), TEST(hidden_people), TEST(hierarchy), TEST(creation_templates), TEST(templates), TEST(certificates),
		TEST(certificates_kept), TEST(links), TEST(other_kinds), TEST(spoken_order), TEST(urls),
	};

	return FIXTURE_RUN(&f, tests);
}
