/* glob.c - whether a path matches a glob, as java.nio has it: ? * ** [a-z] {a,b} and \ */
#include "plugins/shell/script.h"

#define STEPS_MAX 1000000 /* then it counts as no match: globs of many stars are exponential */

struct matcher {
	unsigned steps;
};

static bool match(struct matcher *m, const char *glob, const char *path);

/* The end of a [set], which begins at glob[0]; NULL = it has none. */
static const char *end_of_set(const char *glob)
{
	const char *p = glob + 1;
	p += *p == '!' || *p == '^';
	p += *p == ']';
	while (*p && *p != ']')
		p++;
	return *p ? p : NULL;
}

static bool is_in_set(const char *glob, const char *end, char c)
{
	const char *p = glob + 1;
	bool is_not = *p == '!' || *p == '^', found = false;
	for (p += is_not; p < end; p++) {
		bool is_range = p[1] == '-' && p + 2 < end;
		char last = is_range ? p[2] : *p;
		if ((unsigned char)c >= (unsigned char)*p &&
			(unsigned char)c <= (unsigned char)last)
			found = true;
		p += is_range ? 2 : 0;
	}
	return found != is_not && c != '/';
}

/* The end of a {group}, or of one of its alternatives: the next , or } of this level. */
static const char *end_of_part(const char *p)
{
	int depth = 0;
	for (; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '{')
			depth++;
		else if (depth == 0 && (*p == ',' || *p == '}'))
			return p;
		else if (*p == '}')
			depth--;
	}
	return NULL;
}

static const char *end_of_group(const char *p)
{
	while ((p = end_of_part(p)) && *p == ',')
		p++;
	return p;
}

/* Each alternative with what follows the group. */
static bool match_group(struct matcher *m, const char *glob, const char *path)
{
	const char *close = end_of_group(glob + 1);
	if (!close)
		return *path == '{' && match(m, glob + 1, path + 1);
	for (const char *part = glob + 1, *end; part <= close; part = end + 1) {
		end = end_of_part(part);
		gw_auto_free char *whole = gw_sprintf("%.*s%s", (int)(end - part), part, close + 1);
		if (match(m, whole, path))
			return true;
	}
	return false;
}

static bool match_star(struct matcher *m, const char *glob, const char *path)
{
	bool crosses = glob[1] == '*';
	while (*glob == '*')
		glob++;
	for (;; path++) {
		if (match(m, glob, path))
			return true;
		if (*path == '\0' || (*path == '/' && !crosses))
			return false;
	}
}

static bool match(struct matcher *m, const char *glob, const char *path)
{
	for (; *glob; glob++, path++) {
		const char *end = *glob == '[' ? end_of_set(glob) : NULL;
		if (m->steps++ > STEPS_MAX)
			return false;
		if (*glob == '*')
			return match_star(m, glob, path);
		if (*glob == '{')
			return match_group(m, glob, path);
		if (*path == '\0')
			return false;
		if (*glob == '\\' && glob[1])
			glob++;
		else if (*glob == '?' && *path != '/')
			continue;
		if (end ? !is_in_set(glob, end, *path) : *glob != *path)
			return false;
		glob = end ? end : glob;
	}
	return *path == '\0';
}

bool script_glob(const char *glob, const char *path)
{
	struct matcher m = { 0 };
	return match(&m, glob, path);
}
