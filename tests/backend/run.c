/* run.c - running the cases, each in a process of its own, and saying how they went
 *
 *   suite [--json] [PART-OF-A-NAME…]
 *
 * Prints TAP, a line a case as it ends, or one JSON document at the end. */
#include "tests/backend/target.h"

#include "base/error.h"
#include "base/fd.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT_S = 900, NOTES_MAX = 16384 };

#define LEFT "%s %s is left behind, remove it by hand: %s"

static const struct suite_case *const files[] = { suite_write, suite_read, suite_filter,
	suite_claim, suite_migrate, suite_threads, suite_faults, suite_indices, suite_alike,
	suite_mysql };

struct report {
	const char *backend;
	bool as_json;
	json_t *cases;
	unsigned n, passed, failed, skipped;
	char *problem; /* why it ended early, or what was left behind; NULL = nothing */
};

/* ---- A process of its own ---- */

static volatile sig_atomic_t running; /* the process group that a signal ends; 0 = none */
static volatile sig_atomic_t stopped; /* the signal that asked to stop */

static void stop(int number)
{
	stopped = number;
	if (running > 0)
		kill(-running, SIGKILL);
}

static void listen_to_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESTART };
	for (size_t i = 0; i < GW_LEN(numbers); i++)
		sigaction(numbers[i], &action, NULL);
	/* Whoever reads may have gone: what was made is removed all the same. */
	signal(SIGPIPE, SIG_IGN);
}

static _Noreturn void be_apart(void (*job)(void), int notes)
{
	setpgid(0, 0);
	dup2(notes, STDOUT_FILENO);
	dup2(notes, STDERR_FILENO);
	alarm(LIMIT_S);
	job();
	exit(0);
}

static void read_notes(int notes, int status, struct gw_str *out)
{
	char text[NOTES_MAX];
	ssize_t n = pread(notes, text, sizeof(text), 0);
	while (n > 0 && text[n - 1] == '\n')
		n--;
	gw_str_add(out, text, n > 0 ? (size_t)n : 0);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		gw_str_printf(out, "%sit took longer than %d s", out->len ? "\n" : "", LIMIT_S);
	else if (WIFSIGNALED(status))
		gw_str_printf(out, "%sended by signal %d (%s)", out->len ? "\n" : "",
			WTERMSIG(status), sigdescr_np(WTERMSIG(status)));
}

/* True = it went well; what it printed is in notes. */
static bool run_apart(void (*job)(void), bool may_stop, struct gw_str *out)
{
	int status = -1;
	gw_auto_fd notes = memfd_create("notes", MFD_CLOEXEC);
	fflush(stdout);
	pid_t child = gw_fd_valid(notes) ? fork() : -1;
	if (child < 0) {
		gw_str_printf(out, "no process can be started: %s", gw_errno_text(errno));
		return false;
	}
	if (child == 0)
		be_apart(job, notes);
	setpgid(child, child);
	running = may_stop ? child : 0;
	waitpid(child, &status, 0);
	running = 0;
	read_notes(notes, status, out);
	return status == 0;
}

/* ---- Saying it ---- */

static const char *const words[] = { "failed", "passed", "skipped" };

static void comment(const struct report *r, const char *text)
{
	for (const char *line = text; !r->as_json && *line;) {
		size_t len = strcspn(line, "\n");
		printf("# %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
	fflush(stdout);
}

/* New reference. */
static json_t *text_of(const char *text)
{
	json_t *string = json_string(text);
	return string ? string : json_string("what it printed is no UTF-8");
}

static void report(struct report *r, const char *name, int verdict, const char *message)
{
	unsigned *const sums[] = { &r->failed, &r->passed, &r->skipped };
	++*sums[verdict];
	r->n++;
	if (!r->as_json)
		printf("%s %u - %s: %s%s%s\n", verdict ? "ok" : "not ok", r->n, r->backend, name,
			verdict == 2 ? " # SKIP " : "", verdict == 2 ? message : "");
	if (verdict == 0)
		comment(r, message);
	fflush(stdout);
	json_t *item = json_pack("{ss ss}", "name", name, "verdict", words[verdict]);
	if (verdict != 1)
		json_object_set_new(item, "message", text_of(message));
	json_array_append_new(r->cases, item);
}

static void GW_PRINTF(2, 3) have_problem(struct report *r, const char *format, ...)
{
	gw_auto_str text = { 0 };
	va_list args;
	if (r->problem)
		return;
	va_start(args, format);
	gw_str_vprintf(&text, format, args);
	va_end(args);
	r->problem = gw_str_steal(&text);
}

static void print_json(const struct report *r, bool ok)
{
	json_auto_t *doc = json_pack("{sb ss si si si sO}", "ok", ok, "backend", r->backend,
		"passed", r->passed, "failed", r->failed, "skipped", r->skipped, "cases", r->cases);
	if (target_place())
		json_object_set_new(doc, "place", text_of(target_place()));
	if (r->problem)
		json_object_set_new(doc, "problem", text_of(r->problem));
	json_dumpf(doc, stdout, JSON_COMPACT);
	putchar('\n');
}

static int finish(struct report *r)
{
	bool ok = !r->failed && !r->problem && !stopped;
	if (stopped)
		have_problem(r, "stopped by a signal");
	if (r->as_json) {
		print_json(r, ok);
	} else {
		if (r->problem)
			printf("Bail out! %s\n", r->problem);
		printf("# %u passed, %u failed, %u skipped\n", r->passed, r->failed, r->skipped);
	}
	ok = fflush(stdout) == 0 && ok;
	json_decref(r->cases);
	free(r->problem);
	return stopped ? 128 + stopped : !ok;
}

/* ---- Running ---- */

static const struct suite_case *current;

static void run_current(void)
{
	target_set_up();
	current->run();
	target_tear_down();
}

static void run_case(struct report *r, const struct suite_case *c)
{
	const char *lacks = target_lacks(c);
	gw_auto_str notes = { 0 }, left = { 0 };
	if (lacks) {
		report(r, c->name, 2, lacks);
		return;
	}
	current = c;
	bool ok = run_apart(run_current, true, &notes);
	if (!stopped)
		report(r, c->name, ok, gw_str_text(&notes));
	if (!run_apart(target_clean, false, &left))
		have_problem(r, LEFT, suite_type->place, target_place(), gw_str_text(&left));
}

/* Whether the server lets the suite make what it needs: else every case would say so. */
static bool try_target(struct report *r)
{
	gw_auto_str notes = { 0 };
	if (run_apart(target_try, true, &notes)) {
		comment(r, gw_str_text(&notes));
		return true;
	}
	if (!target_place())
		have_problem(r, "%s", gw_str_text(&notes));
	else if (!stopped)
		have_problem(r, "%s %s cannot be made: %s; %s", suite_type->place, target_place(),
			gw_str_text(&notes), target_rights());
	return false;
}

static bool is_wanted(const struct suite_case *c, char **parts)
{
	bool wanted = !*parts;
	for (; *parts; parts++)
		wanted = wanted || strstr(c->name, *parts);
	return wanted && target_concerns(c);
}

static size_t choose_cases(const struct suite_case ***out, char **parts)
{
	size_t n = 0, cap = 0;
	for (size_t f = 0; f < GW_LEN(files); f++)
		for (const struct suite_case *c = files[f]; c->name; c++) {
			if (!is_wanted(c, parts))
				continue;
			*out = gw_grow(*out, n, &cap);
			(*out)[n++] = c;
		}
	return n;
}

static void run_cases(struct report *r, char **parts)
{
	gw_auto_free const struct suite_case **cases = NULL;
	gw_auto_str left = { 0 };
	size_t n = choose_cases(&cases, parts);
	if (n == 0)
		have_problem(r, "no case of the suite is called so");
	bool ok = n > 0 && try_target(r);
	if (ok && !r->as_json)
		printf("1..%zu\n", n);
	for (size_t i = 0; ok && i < n && !stopped && !r->problem && !ferror(stdout); i++)
		run_case(r, cases[i]);
	if (n > 0 && !run_apart(target_remove, false, &left))
		have_problem(r, LEFT, suite_type->place, target_place(), gw_str_text(&left));
}

int main(int argc, char **argv)
{
	bool as_json = argc > 1 && strcmp(argv[1], "--json") == 0;
	struct report r = { .as_json = as_json, .cases = json_array() };
	struct gw_error e;
	listen_to_signals();
	r.backend = getenv("GW_TEST_BACKEND") ? getenv("GW_TEST_BACKEND") : "";
	if (target_choose(&e))
		run_cases(&r, argv + 1 + as_json);
	else
		have_problem(&r, "%s", e.message);
	int status = finish(&r);
	target_free();
	return status;
}
