/*
 * The two encodings of external blocks ([MS-PST] 5.1, 5.2): a substitution, and one that moves with the
 * block id.  Neither protects anything.  In place; chosen at run time by what the processor has, with a
 * plain C form that gives the same bytes.
 */
#ifndef PST_CRYPT_H
#define PST_CRYPT_H

#include <stddef.h>
#include <stdint.h>

void pst_permute_encode(uint8_t *p, size_t n);
void pst_permute_decode(uint8_t *p, size_t n);
/* Its own inverse; `key` is the low 32 bits of the block's BID. */
void pst_cyclic(uint8_t *p, size_t n, uint32_t key);

/* p[i] = table[p[i]] by each means, for tests: index 0 is plain C; NULL beyond the last or where the processor lacks it. */
typedef void pst_translate(uint8_t *p, size_t n, const uint8_t table[256]);
pst_translate *pst_translate_variant(unsigned i);
#define PST_TRANSLATE_VARIANTS 3

#endif
