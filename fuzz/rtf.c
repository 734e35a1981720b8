/* Compressed RTF: decoding any bytes; what is decoded must survive encoding and decoding again. */
#include "mapi/rtf_compressed.h"
#include "mapi/rtf_html.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST ((size_t)1 << 20)

static void round_trip(struct bytes rtf)
{
	CLEANUP_BUF struct buf packed = BUF_MAX(4 * MOST);
	CLEANUP_BUF struct buf back = BUF_MAX(4 * MOST);
	unsigned flags;

	if (rtf_compress(rtf, &packed))
		return;
	if (rtf_decompress(buf_bytes(&packed), MOST, &back, &flags, NULL) || flags || !bytes_equal(buf_bytes(&back), rtf))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf rtf = BUF_MAX(2 * MOST);
	CLEANUP_BUF struct buf text = BUF_MAX(4 * MOST);
	struct bytes raw = bytes_of(data, size);
	unsigned flags;

	(void)!rtf_to_text(raw, &text, NULL);
	(void)!rtf_to_html(raw, &text, NULL);
	if (!rtf_decompress(raw, MOST, &rtf, &flags, NULL)) {
		(void)!rtf_to_html(buf_bytes(&rtf), &text, NULL);
		round_trip(buf_bytes(&rtf));
	}
	if (size <= MOST)
		round_trip(raw);
	return 0;
}
