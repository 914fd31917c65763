/* spawn.c - how fast tasks start: programs and isolated tasks through hosts and worker, beside
 * plain posix_spawn in the same process
 *
 *   GW_BUILD=build tests/bench/spawn [N] */
#include "tests/bench/plain.h"
#include "tests/bench/quantile.h"
#include "tests/lib/runs.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#define SLEEPERS 1000
#define ROUNDS 9

static double since(int64_t begin)
{
	return (double)(gw_clock_boot() - begin) / GW_SECOND;
}

/* ---- Ours ---- */

static double ours(struct runs *runs, int n, const char *type, json_t *(*properties)(void))
{
	gw_auto_free struct outcome **all = gw_new_array(struct outcome *, n);
	int64_t begin = gw_clock_boot();
	for (int i = 0; i < n; i++)
		all[i] = runs_submit(runs, runs_job(runs, type, properties()));
	for (int i = 0; i < n; i++)
		runs_await(all[i]);
	double rate = n / since(begin);
	for (int i = 0; i < n; i++)
		outcome_free(all[i]);
	return rate;
}

static json_t *true_command(void)
{
	return json_pack("{s:[s]}", "argv", "/bin/true");
}

static json_t *some_value(void)
{
	return json_pack("{s:s}", "value", "x");
}

/* ---- Beside each other ---- */

/* Processor time so far, in seconds: of this process and its ended children, and of hosts and
 * theirs. Others that use the machine disturb it less than they disturb rates. */
static double processor_time(void)
{
	struct rusage self, children;
	pid_t hosts[8];
	double total = 0;
	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	const struct timeval parts[] = { self.ru_utime, self.ru_stime, children.ru_utime,
		children.ru_stime };
	for (size_t i = 0; i < GW_LEN(parts); i++)
		total += (double)parts[i].tv_sec + (double)parts[i].tv_usec / 1e6;
	for (size_t i = runs_hosts(hosts, 8); i > 0; i--) {
		gw_auto_str text = { 0 };
		struct gw_error err;
		unsigned long t[4] = { 0 };
		gw_auto_free char *path = gw_sprintf("/proc/%d/stat", (int)hosts[i - 1]);
		if (gw_file_read(path, 4096, &text, &err))
			sscanf(strrchr(text.data, ')'), /* utime, stime and those of children */
				") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu",
				&t[0], &t[1], &t[2], &t[3]);
		total += (double)(t[0] + t[1] + t[2] + t[3]) / (double)sysconf(_SC_CLK_TCK);
	}
	return total;
}

enum { PLAIN, PROGRAMS, ISOLATED, KINDS };

struct figures {
	double rate[KINDS][ROUNDS]; /* tasks a second */
	double cpu[KINDS]; /* seconds in all rounds */
};

static void measure(struct runs *runs, int n, int round, struct figures *f)
{
	for (int kind = 0; kind < KINDS; kind++) {
		double begin = processor_time();
		f->rate[kind][round] = kind == PLAIN ? bench_spawn_rate(n)
				       : kind == PROGRAMS
					       ? ours(runs, n, "test.Command", true_command)
					       : ours(runs, n, "wild.Effects", some_value);
		f->cpu[kind] += processor_time() - begin;
	}
}

static void compare(int n)
{
	static const char *const names[] = { "posix_spawn", "programs", "isolated tasks" };
	static const char *const modules[] = { "tests/lib/wild", NULL };
	static struct figures f;
	struct runs runs;
	runs_start(&runs, &(struct runs_options){
				  .own = (const struct gw_module *const[]){ &runs_module, NULL },
				  .modules = modules,
				  .memory = GW_ISOLATED_MEMORY,
				  .hosts = 2,
				  .jobs = 32 });
	for (int round = 0; round < ROUNDS; round++)
		measure(&runs, n, round, &f);
	for (int kind = 0; kind < KINDS; kind++) {
		bench_sort(f.rate[kind], ROUNDS);
		printf("%-15s %5.0f/s (%.0f to %.0f)  %.0f us of processor time each\n",
			names[kind], f.rate[kind][ROUNDS / 2], f.rate[kind][0],
			f.rate[kind][ROUNDS - 1], f.cpu[kind] / n / ROUNDS * 1e6);
	}
	printf("programs reach %.0f %% of posix_spawn by rate, %.0f %% by processor time\n",
		100 * f.rate[PROGRAMS][ROUNDS / 2] / f.rate[PLAIN][ROUNDS / 2],
		100 * f.cpu[PLAIN] / f.cpu[PROGRAMS]);
	runs_stop(&runs);
}

/* ---- Many at once ---- */

static long pss_kb(pid_t pid)
{
	gw_auto_str text = { 0 };
	struct gw_error err;
	gw_auto_free char *path = gw_sprintf("/proc/%d/smaps_rollup", (int)pid);
	if (!gw_file_read(path, 65536, &text, &err))
		return 0;
	const char *pss = strstr(text.data, "\nPss:");
	return pss ? strtol(pss + 5, NULL, 10) : 0;
}

static json_t *sleep_command(void)
{
	return json_pack("{s:[s, s]}", "argv", "/bin/sleep", "100");
}

static void sleep_at_once(void)
{
	struct runs runs;
	pid_t hosts[8];
	static struct outcome *all[SLEEPERS];
	runs_start(&runs, &(struct runs_options){
				  .own = (const struct gw_module *const[]){ &runs_module, NULL },
				  .hosts = 2,
				  .jobs = SLEEPERS });
	int64_t begin = gw_clock_boot();
	for (int i = 0; i < SLEEPERS; i++)
		all[i] = runs_submit(&runs, runs_job(&runs, "test.Command", sleep_command()));
	while (runs_processes(&runs) < SLEEPERS)
		poll(NULL, 0, 5);
	double seconds = since(begin);
	long server = pss_kb(getpid()), total = server;
	size_t n = runs_hosts(hosts, 8);
	for (size_t i = 0; i < n; i++)
		total += pss_kb(hosts[i]);
	printf("%d sleeping programs: all run after %.2f s; PSS %.1f MB (server %.1f MB)\n",
		SLEEPERS, seconds, (double)total / 1024, (double)server / 1024);
	begin = gw_clock_boot();
	gw_worker_stop(runs.worker, 0);
	printf("all stopped after %.2f s\n", since(begin));
	for (int i = 0; i < SLEEPERS; i++)
		outcome_free(all[i]);
	runs_stop(&runs);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], GW_HOST_VERB) == 0)
		return gw_host_main(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	compare(argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1000);
	sleep_at_once();
	return 0;
}
