/* plain.h - how fast processes start with nothing around them */
#ifndef GW_BENCH_PLAIN_H
#define GW_BENCH_PLAIN_H

/* /bin/true by posix_spawn with two pipes, read to their end, on four threads; a second. */
double bench_spawn_rate(int n);

#endif
