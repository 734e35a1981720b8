#include "store/public_mail.h"

#include "base/hex.h"
#include "mapi/entryid.h"
#include "mapi/prop.h"
#include "store/folder.h"
#include "store/recipient_names.h"

#include <string.h>

#define WORK_MOST ((size_t)8 << 20)
/* PermanentEntryID of a public folder ([MS-OXNSPI] 2.2.9.3, 2.2.1.3: DT_FORUM). */
#define AB_VERSION 1u
#define AB_FORUM 2u
#define SETTINGS_MOST 16u

static const struct directory_class *class_of_folders(void)
{
	return directory_class("MailPublicFolder");
}

static status no_memory(struct reason *why)
{
	return reason_set(why, ecMemory, "out of memory");
}

static status store_failed(struct mailbox *m, status s, struct reason *why)
{
	return reason_set(why, s, "the public folders: %s", mailbox_failure(m));
}

/* Entry ids -------------------------------------------------------------------------------------------------------------- */

status public_mail_entryid(struct mailbox *m, uint64_t folder, struct arena *arena, const char **out, struct reason *why)
{
	struct entryid id = { .kind = ENTRYID_FOLDER };
	CLEANUP_BUF struct buf b = BUF_MAX(PUBLIC_ENTRYID_SIZE);
	char *text, *at;
	status s;

	id.folder = (struct folder_entryid){ .provider = entryid_uid_public_folders, .object = EITLT_PUBLIC_FOLDER };
	id.folder.folder.id.replica = mailbox_identity(m)->replica;
	global_counter_set(id.folder.folder.id.counter, folder);
	s = entryid_encode(&id, &b, why);
	if (s)
		return s;
	text = at = arena_alloc(arena, 2 * b.n + 1);
	if (!text)
		return no_memory(why);
	for (size_t i = 0; i < b.n; i++)
		at = hex_put(at, HEX_UPPER, b.p[i]);
	*at = '\0';
	*out = text;
	return ecNone;
}

bool public_mail_folder(struct mailbox *m, const char *entryid, uint64_t *folder)
{
	uint8_t raw[PUBLIC_ENTRYID_SIZE];
	struct entryid id;

	if (strlen(entryid) != 2 * sizeof raw)
		return false;
	for (size_t i = 0; i < sizeof raw; i++) {
		int byte = hex_byte(entryid + 2 * i);

		if (byte < 0)
			return false;
		raw[i] = (uint8_t)byte;
	}
	if (entryid_decode(bytes_of(raw, sizeof raw), &id, NULL) || id.kind != ENTRYID_FOLDER ||
	    !guid_equal(&id.folder.folder.id.replica, &mailbox_identity(m)->replica))
		return false;
	*folder = global_counter_get(id.folder.folder.id.counter);
	return true;
}

/* Finding ---------------------------------------------------------------------------------------------------------------- */

status public_mail_find(struct directory *d, struct mailbox *m, uint64_t folder, struct arena *arena, const struct directory_object **out,
			struct reason *why)
{
	struct directory_value v = { .text = NULL };
	struct directory_query q = { .as = class_of_folders(), .attribute = "EntryId", .value = &v };
	uint64_t *ids = NULL;
	size_t n = 0;
	status s = public_mail_entryid(m, folder, arena, &v.text, why);

	if (!s)
		s = directory_list(d, &q, arena, &ids, &n, why);
	if (!s && !n)
		s = reason_set(why, ecNotFound, "the public folder has no addresses; Enable-MailPublicFolder gives it some");
	return s ? s : directory_get(d, q.as, ids[0], arena, out, why);
}

/* Giving and taking ------------------------------------------------------------------------------------------------------- */

/* What is made up, and what was given behind it: PrimarySmtpAddress changes the addresses. */
static status settings_of(struct directory *d, struct mailbox *m, const struct folder *f, const struct directory_setting *given, size_t n,
			  struct arena *arena, struct directory_setting *out, struct reason *why)
{
	static const char *const names[] = { "DisplayName", "EntryId", "Alias", "EmailAddresses", "LegacyExchangeDN" };
	const struct recipient_alias as = { .otherwise = "folder" };
	struct directory_value *v = arena_array(arena, 5, sizeof *v);
	struct guid thing = mailbox_identity(m)->replica;
	const char *domain = NULL;
	status s = v ? recipient_default_domain(d, arena, &domain, why) : no_memory(why);

	if (s)
		return s;
	/* Of a folder that gets addresses again it is the same one. */
	for (size_t i = 0; i < GLOBAL_COUNTER_SIZE; i++)
		thing.b[i] ^= (uint8_t)(f->id >> (8 * i));
	v[0].text = f->name;
	s = public_mail_entryid(m, f->id, arena, &v[1].text, why);
	if (!s)
		s = recipient_make_alias(d, f->name, domain, &as, arena, &v[2].text, why);
	if (!s && !(v[3].text = arena_printf(arena, "SMTP:%s@%s", v[2].text, domain)))
		s = no_memory(why);
	if (!s)
		s = recipient_make_dn(d, &thing, v[2].text, arena, &v[4].text, why);
	for (size_t i = 0; i < 5; i++)
		out[i] = (struct directory_setting){ names[i], DIRECTORY_SET, &v[i], 1 };
	if (n)
		memcpy(out + 5, given, n * sizeof *given);
	return s;
}

static status put_on_folder(struct mailbox *m, uint64_t folder, const char *dn, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_MOST);
	static const uint16_t tag = (uint16_t)(PidTagAddressBookEntryId >> 16);
	struct entryid id = { .kind = ENTRYID_ADDRESS_BOOK };
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	struct bag set;
	status s = ecNone;

	bag_init(&set, &arena);
	if (dn) {
		id.address_book = (struct address_book_entryid){ .provider = entryid_uid_address_book, .version = AB_VERSION, .type = AB_FORUM, .dn = bytes_of(dn, strlen(dn)) };
		s = entryid_encode(&id, &b, why);
		if (!s)
			s = bag_set_bytes(&set, PidTagAddressBookEntryId, buf_bytes(&b));
		if (s)
			return s;
	}
	s = mailbox_begin(m);
	if (!s)
		s = folder_set(m, folder, &set, &tag, dn ? 0 : 1);
	if (!s)
		s = mailbox_commit(m);
	if (s) {
		(void)store_failed(m, s, why);
		mailbox_rollback(m);
	}
	return s;
}

status public_mail_enable(struct directory *d, struct mailbox *m, uint64_t folder, const struct directory_setting *settings, size_t n, uint64_t *id,
			  struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_MOST);
	struct directory_setting all[5 + SETTINGS_MOST];
	const struct directory_object *o = NULL;
	const char *name = NULL;
	struct folder f;
	status s = folder_get(m, folder, &arena, &f);

	if (s)
		return store_failed(m, s, why);
	if (n > SETTINGS_MOST)
		return reason_set(why, ecInvalidParam, "more than %u settings", SETTINGS_MOST);
	s = public_mail_find(d, m, folder, &arena, &o, why);
	if (s != ecNotFound)
		return s ? s : reason_set(why, ecDuplicateName, "the public folder has the address %s already", directory_text(o, "PrimarySmtpAddress"));
	s = settings_of(d, m, &f, settings, n, &arena, all, why);
	if (!s)
		s = recipient_make_name(d, f.name, &arena, &name, why);
	if (!s)
		s = directory_create(d, class_of_folders(), name, 0, all, 5 + n, id, why);
	if (s)
		return s;
	s = put_on_folder(m, folder, all[4].values[0].text, why);
	/* The first reason is the one to tell. */
	if (s)
		(void)!directory_remove(d, *id, NULL);
	return s;
}

status public_mail_disable(struct directory *d, struct mailbox *m, const struct directory_object *o, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_MOST);
	const char *entryid = directory_text(o, "EntryId");
	uint64_t folder = 0;
	struct folder f;
	status s = directory_remove(d, o->id, why);

	if (s || !entryid || !public_mail_folder(m, entryid, &folder) || folder_get(m, folder, &arena, &f))
		return s;
	return put_on_folder(m, folder, NULL, why);
}

/* Sweeping ---------------------------------------------------------------------------------------------------------------- */

static status sweep_one(struct directory *d, struct mailbox *m, uint64_t id, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_MOST);
	const struct directory_object *o;
	const char *entryid;
	uint64_t folder = 0;
	struct folder f;
	status s = directory_get(d, class_of_folders(), id, &arena, &o, why);

	if (s)
		return s == ecNotFound ? ecNone : s;
	entryid = directory_text(o, "EntryId");
	if (!entryid || !public_mail_folder(m, entryid, &folder))
		return ecNone;
	s = folder_get(m, folder, &arena, &f);
	if (s != ecNotFound)
		return s ? store_failed(m, s, why) : ecNone;
	s = directory_remove(d, id, why);
	return s == ecBusy || s == ecNotFound ? ecNone : s;
}

status public_mail_sweep(struct directory *d, struct mailbox *m, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_MOST);
	struct directory_query q = { .as = class_of_folders() };
	uint64_t *ids = NULL;
	size_t n = 0;
	status s = directory_list(d, &q, &arena, &ids, &n, why);

	for (size_t i = 0; !s && i < n; i++)
		s = sweep_one(d, m, ids[i], why);
	return s;
}
