/* What a change costs in mailboxes of several sizes. */
#include "serve.h"

#include <stdio.h>

#include "rop/rops_folder.h"
#include "rop/rops_message.h"
#include "rop/rops_property.h"

#define CHANGES   300u
#define OF_BEFORE 10u /* not counted: what the first ones open and read stays open */

static void make(struct mapi_client *c, uint64_t folder, uint64_t *id)
{
	struct rop_create_message_request create = { .output_handle_index = MESSAGE, .code_page_id = 0x0FFF, .folder_id = folder };
	struct rop_save_changes_message_request keep = { .save_flags = 0 };
	struct rop_request r[] = {
		{ .id = ROP_CREATE_MESSAGE, .input_handle_index = LOGON, .body = &create },
		{ .id = ROP_SAVE_CHANGES_MESSAGE, .input_handle_index = MESSAGE, .response_handle_index = MESSAGE, .body = &keep },
		{ .id = ROP_RELEASE, .input_handle_index = MESSAGE },
	};
	struct rop_output *out = NULL;

	good(c, mapi_client_execute(c, r, 3, &out), "a message");
	if (out->n_responses < 2 || out->responses[0].return_value || out->responses[1].return_value)
		die("a message", "it cannot be made");
	*id = ((const struct rop_save_changes_message_response *)out->responses[1].body)->message_id;
	mapi_client_forget(c);
}

static void change(struct mapi_client *c, uint64_t folder, uint64_t id, uint32_t importance)
{
	struct rop_open_message_request open = { .output_handle_index = MESSAGE, .code_page_id = 0x0FFF, .folder_id = folder, .open_mode_flags = 1, .message_id = id };
	uint8_t value[4];
	struct tagged_value v = { .prop = { .tag = PidTagImportance, .count = 1, .value = bytes_of(value, sizeof value) } };
	struct rop_set_properties_request set = { .property_values.all = { 1, &v } };
	struct rop_save_changes_message_request keep = { .save_flags = 0 };
	struct rop_request r[] = {
		{ .id = ROP_OPEN_MESSAGE, .input_handle_index = LOGON, .body = &open },
		{ .id = ROP_SET_PROPERTIES, .input_handle_index = MESSAGE, .body = &set },
		{ .id = ROP_SAVE_CHANGES_MESSAGE, .input_handle_index = MESSAGE, .response_handle_index = MESSAGE, .body = &keep },
		{ .id = ROP_RELEASE, .input_handle_index = MESSAGE },
	};

	put_le32(value, importance);
	all_ok(c, r, 4, "a change");
}

static void report(const char *name, unsigned size, double cpu, double wall)
{
	printf("%s_%u_cpu %.0f us\n", name, size, cpu / CHANGES * 1e6);
	printf("%s_%u_wall %.2f ms\n", name, size, wall / CHANGES * 1e3);
	(void)fflush(stdout);
}

void measure_changes(const char *who, unsigned size)
{
	static uint64_t ids[CHANGES];
	struct mapi_account a = served_account(&served, who);
	struct mapi_client c;

	begin(&c, &a);
	uint64_t folder = c.logon.folder_ids.id[LOGON_FOLDER_INBOX];
	for (unsigned i = 0; i < OF_BEFORE; i++)
		make(&c, folder, &ids[0]);
	double cpu = served_cpu_seconds(&served), began = now();
	for (unsigned i = 0; i < CHANGES; i++)
		make(&c, folder, &ids[i]);
	report("made", size, served_cpu_seconds(&served) - cpu, now() - began);
	cpu = served_cpu_seconds(&served);
	began = now();
	for (unsigned i = 0; i < CHANGES; i++)
		change(&c, folder, ids[i], i % 2 ? 0 : 2);
	report("changed", size, served_cpu_seconds(&served) - cpu, now() - began);
	end(&c);
}
