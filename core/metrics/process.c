/* process.c - memory, descriptors and processor time of this process, read when asked */
#include "metrics/process.h"

#include "base/mem.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double resident_bytes(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	if (f && fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static double open_files(void)
{
	int n = 0;
	DIR *dir = opendir("/proc/self/fd");
	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n > 3 ? n - 3 : 0; /* ".", ".." and the folder itself */
}

static double most_files(void)
{
	struct rlimit limit = { 0 };
	getrlimit(RLIMIT_NOFILE, &limit);
	return (double)limit.rlim_cur;
}

static double processor_seconds(void)
{
	struct timespec used = { 0 };
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static const struct {
	const char *name;
	const char *type;
	const char *help;
	double (*read)(void);
} figures[] = {
	{ "process_cpu_seconds_total", "counter", "Processor time used", processor_seconds },
	{ "process_resident_memory_bytes", "gauge", "Memory in use", resident_bytes },
	{ "process_files_open_files", "gauge", "Open descriptors", open_files },
	{ "process_files_max_files", "gauge", "Most descriptors", most_files },
};

void gw_metrics_print_process(struct gw_str *out)
{
	for (size_t i = 0; i < GW_LEN(figures); i++)
		gw_str_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", figures[i].name,
			figures[i].help, figures[i].name, figures[i].type, figures[i].name,
			figures[i].read());
}
