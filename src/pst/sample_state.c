/* What a sample in the making is drawn from: its random numbers, its names. */
#include "pst/sample_private.h"

#include "base/utf16.h"

/* Any seed, 0 too, gives a good start (splitmix64). */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15ull;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
	z = (z ^ z >> 27) * 0x94D049BB133111EBull;
	return z ^ z >> 31;
}

uint64_t sample_random(struct sample *s, uint64_t below)
{
	return below ? next(&s->random) % below : 0;
}

uint16_t sample_named_id(struct sample *s, const struct guid *set, uint32_t lid, const char *string)
{
	struct prop_name name = { .set = *set, .by_string = string != NULL, .lid = lid };
	uint16_t id = 0;

	if (string)
		name.string = utf16_bytes(&s->arena, string);
	(void)!name_map_assign(s->names, &name, &id);
	return id;
}
