/* quantile.h - medians and what is near the worst */
#ifndef GW_BENCH_QUANTILE_H
#define GW_BENCH_QUANTILE_H

#include <stdlib.h>

static inline int bench_by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static inline void bench_sort(double *values, size_t n)
{
	qsort(values, n, sizeof(double), bench_by_size);
}

/* Of sorted values: 0.5 is the median, 1 the greatest. 0 if there are none. */
static inline double bench_quantile(const double *sorted, size_t n, double q)
{
	size_t i = (size_t)((double)n * q);
	return n ? sorted[i < n ? i : n - 1] : 0;
}

#endif
