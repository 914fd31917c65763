/* flows.c - the compatibility suite: flows in, what becomes of them out
 *
 * A case is a file cases/NAME.yaml: a comment that says what holds, flows as YAML documents, then
 * steps. It is run in a tenant of its own on each backend that needs no server, or on the server
 * that with.sh started. A step is a line that begins with ">"; below it stands what it prints:
 *
 *     > start FLOW [until WHAT] [{input: value}]
 *     SUCCESS                                 the state of the execution
 *     each SUCCESS                            its task runs as a tree
 *       hello SUCCESS x2 [value]              with their attempts, if several, and values
 *
 * All steps after it are about this execution.
 *
 *     > resume [{input: value}]   > restart [{revision: 1}]   > replay [TASK] (the new counts)
 *     > kill   > pause   > unqueue   > force-run   > labels {key: value}   > status STATE
 *     > set TASK STATE            what people can do to it; "refused: why" if they cannot
 *     > rest                      waits until it has ended, or is PAUSED; the others do so too
 *     > until WHAT                waits for "STATE", "task=STATE" or "log=TEXT"; "… until WHAT" too
 *     > outputs [TASK]   > inputs   > label   > history [TASK]   > attempts TASK   > trigger
 *     > logs [LEVEL]     > eval EXPRESSION    what there is of it
 *     > executions FLOW           the states of all its executions, sorted
 *     > execution FLOW STATE      from here on the one in this state counts
 *     > with {key: value}         labels for the next start
 *     > save                      saves the next document, and says what is wrong with it; without
 *                                 such steps all are saved at first, and must be fine
 *
 * Ids print as <id>, dates as <date>. GW_FLOWS_WRITE=1 writes what came into the cases instead of
 * comparing: read the difference. GW_FLOWS=NAME runs one case. */
#include "tests/flows/flows.h"

#include <dirent.h>
#include <stdlib.h>

struct test_case {
	char *path, *name;
	struct node *node;
};

static const char *backends[] = { "memory", "sqlite" };
static size_t n_places = GW_LEN(backends);

static struct {
	struct repo *repo;
	struct node node;
} places[GW_LEN(backends)];

/* A server that with.sh started takes the place of the others. */
static void choose_backends(void)
{
	const char *server = getenv("GW_TEST_BACKEND");
	if (!server)
		return;
	backends[0] = server;
	n_places = 1;
}

#define CONFIGURATION                                     \
	"godwit:\n"                                       \
	"  variables:\n"                                  \
	"    env-vars-prefix: FLOWS_\n"                   \
	"    globals: {color: blue, nested: {deep: 1}}\n" \
	"  server: {url: 'http://localhost:8080'}\n"      \
	"  encryption: {secret-key: I6EGNzRESu3X3pKZidrqCGOHQFUFC0yK}\n"

static int open_places(void **state)
{
	(void)state;
	setenv("FLOWS_COLOR", "red", 1);
	setenv("SECRET_PASSWORD", "bXktcGFzc3dvcmQ=", 1); /* my-password */
	for (size_t i = 0; i < n_places; i++) {
		places[i].repo = repo_open(backends[i]);
		node_start(&places[i].node, places[i].repo, "node", CONFIGURATION);
	}
	return 0;
}

static int close_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_places; i++) {
		node_stop(&places[i].node);
		repo_close(places[i].repo);
	}
	return 0;
}

/* ---- One case ---- */

static void read_file(const char *path, struct gw_str *out)
{
	struct gw_error err;
	if (!gw_file_read(path, 1 << 20, out, &err))
		fail_msg("%s", err.message);
}

static const char *find_steps(const char *text)
{
	const char *steps = text[0] == '>' ? text : strstr(text, "\n> ");
	if (!steps)
		fail_msg("no steps");
	return steps == text ? steps : steps + 1;
}

/* The first line that is not as it should be. */
static void compare(const char *path, const char *wanted, const char *got)
{
	const char *w = wanted, *g = got;
	while (*w || *g) {
		size_t n = strcspn(w, "\n"), k = strcspn(g, "\n");
		if (n != k || memcmp(w, g, n) != 0)
			fail_msg("%s\nwanted: %.*s\ngot:    %.*s\n--- all of it:\n%s", path, (int)n,
				w, (int)k, g, got);
		w += n + (w[n] == '\n');
		g += k + (g[k] == '\n');
	}
}

static void write_back(const char *path, const char *text, const char *steps, const char *got)
{
	struct gw_error err;
	gw_auto_str all = { 0 };
	gw_str_add(&all, text, (size_t)(steps - text));
	gw_str_puts(&all, got);
	if (!gw_file_replace(path, gw_str_slice(&all), &err))
		fail_msg("%s", err.message);
}

static void run_case(void **state)
{
	const struct test_case *c = *state;
	gw_auto_str text = { 0 }, got = { 0 };
	read_file(c->path, &text);
	const char *steps = find_steps(gw_str_text(&text));
	struct gw_slice flows = gw_slice(text.data, (size_t)(steps - text.data));
	node_use_tenant(c->node, c->name);
	steps_run(c->node, flows, steps, &got);
	if (!getenv("GW_FLOWS_WRITE"))
		compare(c->path, steps, gw_str_text(&got));
	else if (c->node == &places[0].node)
		write_back(c->path, gw_str_text(&text), steps, gw_str_text(&got));
}

/* ---- All of them ---- */

static int is_case(const struct dirent *file)
{
	const char *only = getenv("GW_FLOWS");
	struct gw_slice name = gw_slice_of(file->d_name);
	return gw_slice_ends(name, gw_slice_of(".yaml")) &&
	       (!only || gw_slice_equal(gw_slice(name.data, name.len - 5), gw_slice_of(only)));
}

static struct CMUnitTest make_test(const char *folder, const char *file, size_t place)
{
	struct test_case *c = gw_new(struct test_case);
	c->path = gw_sprintf("%s/%s", folder, file);
	c->name = gw_strndup(file, strlen(file) - strlen(".yaml"));
	c->node = &places[place].node;
	return (struct CMUnitTest){ gw_sprintf("%s (%s)", c->name, backends[place]), run_case, NULL,
		NULL, c };
}

static void free_test(struct CMUnitTest *test)
{
	struct test_case *c = test->initial_state;
	free(c->path);
	free(c->name);
	free(c);
	free((char *)(uintptr_t)test->name);
}

static int run_all(void)
{
	struct dirent **files;
	gw_auto_free char *folder = gw_sprintf("%s/tests/flows/cases", getenv("GW_SOURCE"));
	choose_backends();
	int n = scandir(folder, &files, is_case, alphasort);
	size_t n_tests = 0;
	if (n <= 0)
		return 1;
	gw_auto_free struct CMUnitTest *tests =
		gw_new_array(struct CMUnitTest, (size_t)n * n_places);
	for (size_t place = 0; place < n_places; place++)
		for (int i = 0; i < n; i++)
			tests[n_tests++] = make_test(folder, files[i]->d_name, place);
	int failed = _cmocka_run_group_tests("flows", tests, n_tests, open_places, close_places);
	for (size_t i = 0; i < n_tests; i++)
		free_test(&tests[i]);
	for (int i = 0; i < n; i++)
		free(files[i]);
	free(files);
	return failed;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], GW_HOST_VERB) == 0)
		return gw_host_main(argc, argv);
	return run_all();
}
