/* node.h - Godwit servers that the benchmark starts, and what their processes use */
#ifndef GW_BENCH_NODE_H
#define GW_BENCH_NODE_H

#include <godwit/json.h>

#include <sys/types.h>

struct bench_node_options {
	const char *build; /* folder of the built program */
	const char *folder; /* of this node */
	const char *name;
	const char *backend;
	const json_t *settings; /* of the backend; borrowed */
	unsigned threads; /* task runs at once; 0 = the default */
	const char *plugins; /* folder of more modules; NULL = none */
};

struct bench_node {
	pid_t pid; /* 0 = not running */
	char url[40];
	double start_ms; /* from the start of the program to its first answer */
};

bool bench_node_start(struct bench_node *node, const struct bench_node_options *options,
	struct gw_error *err);
void bench_node_stop(struct bench_node *node);

/* Proportional set size in MB: of the server, and of it and all processes below it. */
double bench_node_server_memory(const struct bench_node *node);
double bench_node_memory(const struct bench_node *node);
/* Processor time in seconds so far, of all threads of all these processes. */
double bench_node_processor_time(const struct bench_node *node);

#endif
