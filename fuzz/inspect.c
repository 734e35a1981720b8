/* A whole file through the reader and the check: any bytes, no crash, no hang, bounded memory. */
#include "pst/check.h"
#include "pst/pst.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct item_sink_ops nothing;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct item_sink sink = { .ops = &nothing };
	struct check_options options = { .most = 1 };
	struct check_summary summary;
	struct input *in;
	struct pst *p;

	if (input_open_memory(bytes_of(data, size), "fuzz", &in))
		return 0;
	if (!pst_open(in, &p, NULL)) {
		(void)!pst_source(p)->run(pst_source(p), &sink, NULL);
		pst_close(p);
	}
	(void)!pst_check(in, &options, &summary, NULL);
	input_close(in);
	return 0;
}
