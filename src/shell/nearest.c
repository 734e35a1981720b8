#include "shell/nearest.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define LENGTH_MAX 64

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Letters to insert, drop or change, and neighbours to swap, that lead from a to b; case does not count. */
static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned row[LENGTH_MAX + 1][LENGTH_MAX + 1];

	for (unsigned j = 0; j <= m; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		row[i][0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);

			row[i][j] = least(least(row[i - 1][j], row[i][j - 1]) + 1, row[i - 1][j - 1] + (x != y));
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) && y == tolower((unsigned char)a[i - 2]))
				row[i][j] = least(row[i][j], row[i - 2][j - 2] + 1);
		}
	}
	return row[n][m];
}

struct nearest nearest_to(const char *typed)
{
	size_t n = strlen(typed);

	return (struct nearest){ .typed = typed, .distance = n < 3 ? 1 : (unsigned)(n / 3 + 1) };
}

void nearest_offer(struct nearest *near, const char *name)
{
	size_t n = strlen(near->typed), m = strlen(name);
	unsigned d;

	if (!n || n > LENGTH_MAX || m > LENGTH_MAX)
		return;
	d = n < m && strncasecmp(near->typed, name, n) == 0 ? 0 : distance(near->typed, n, name, m);
	if (near->best ? d < near->distance : d <= near->distance) {
		near->best = name;
		near->distance = d;
	}
}
