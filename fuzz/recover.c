/* A whole file through the recovery. */
#include "pst/recover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct item_sink_ops nothing;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recover_options options = { .undelete = true };
	struct item_sink sink = { .ops = &nothing };
	struct pst_recovery *r;
	struct input *in;

	if (input_open_memory(bytes_of(data, size), "fuzz", &in))
		return 0;
	if (!pst_recover_open(in, &options, &r, NULL)) {
		(void)!pst_recovery_source(r)->run(pst_recovery_source(r), &sink, NULL);
		pst_recovery_close(r);
	}
	input_close(in);
	return 0;
}
