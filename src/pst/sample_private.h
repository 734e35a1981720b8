/* The generator's state: sample.c makes folders and decides, sample_message.c makes items. */
#ifndef PST_SAMPLE_PRIVATE_H
#define PST_SAMPLE_PRIVATE_H

#include "base/buf.h"
#include "pst/sample.h"

#define NOISE_SIZE ((size_t)1 << 20)

struct sample {
	struct sample_options options;
	struct item_source source;
	struct name_map *names;
	struct arena arena; /* the item at hand */
	uint64_t random;
	uint8_t *noise;     /* a reservoir that bodies and attachments are cut from */
	uint64_t emitted, messages;
	struct item_sink *sink;
};

uint64_t sample_random(struct sample *s, uint64_t below); /* 0 .. below-1 */
uint16_t sample_named_id(struct sample *s, const struct guid *set, uint32_t lid, const char *string);

enum sample_kind {
	SAMPLE_MAIL,
	SAMPLE_APPOINTMENT,
	SAMPLE_CONTACT,
	SAMPLE_TASK,
	SAMPLE_NOTE,
	SAMPLE_JOURNAL,
	SAMPLE_MEETING,
	SAMPLE_DIST_LIST,
	SAMPLE_POST,
	SAMPLE_REPORT,
	SAMPLE_ALL_TYPES,  /* one property of every type */
	SAMPLE_VIEW,       /* associated */
	SAMPLE_KINDS
};

status sample_message(struct sample *s, enum sample_kind kind) MUST;
/* What lies at the edges of the format: huge values, hundreds of attachments, deep nesting, odd values. */
status sample_extremes(struct sample *s) MUST;

#endif
