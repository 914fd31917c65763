/* near.c - which name somebody may have meant: few edits away, or the same last part */
#include "check/near.h"

#include <ctype.h>
#include <strings.h>

#define LEN_MAX 120

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Levenshtein's, without regard to case. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[LEN_MAX + 1];
	size_t n = strlen(b);
	for (unsigned k = 0; k <= n; k++)
		row[k] = k;
	for (unsigned i = 0; a[i]; i++) {
		unsigned diagonal = row[0];
		row[0] = i + 1;
		for (unsigned k = 0; k < n; k++) {
			bool same = tolower((unsigned char)a[i]) == tolower((unsigned char)b[k]);
			unsigned edit = least(diagonal + !same, least(row[k], row[k + 1]) + 1);
			diagonal = row[k + 1];
			row[k + 1] = edit;
		}
	}
	return row[n];
}

static const char *last_part(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot ? dot + 1 : name;
}

void gw_near_offer(struct gw_near *near, const char *name)
{
	size_t len = strlen(near->wanted);
	if (len > LEN_MAX || strlen(name) > LEN_MAX)
		return;
	unsigned edits = distance(near->wanted, name);
	bool is_same_end =
		strchr(name, '.') && strcasecmp(last_part(near->wanted), last_part(name)) == 0;
	unsigned allowed = is_same_end ? LEN_MAX : least(1 + (unsigned)len / 5, 4);
	if (edits > allowed || (near->best && edits >= near->distance))
		return;
	near->best = name;
	near->distance = edits;
}
