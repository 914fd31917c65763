/* backend.h - for tests: loading a backend from the build tree, and one that fails on demand */
#ifndef GW_TESTS_LIB_BACKEND_H
#define GW_TESTS_LIB_BACKEND_H

#include <godwit/backend.h>
#include <godwit/storage.h>

/* From $GW_BUILD/modules/backends/NAME.so, else the installation's; ends the program if it cannot
 * be loaded. */
const struct gw_backend_type *gw_test_backend(const char *name);
const struct gw_storage_type *gw_test_storage(const char *name); /* of the same folder */
/* Runs a shell command; true = it succeeded. */
bool gw_test_run(const char *command);

/* ---- Faults ---- */

enum gw_faulty_call {
	GW_FAULTY_GET,
	GW_FAULTY_SCAN,
	GW_FAULTY_COUNT,
	GW_FAULTY_WRITE,
	GW_FAULTY_CLAIM,
	GW_FAULTY_N
};

enum gw_fault {
	GW_FAULT_NONE,
	GW_FAULT_BEFORE, /* nothing happens, the call fails */
	GW_FAULT_AFTER, /* it takes effect, the answer is lost */
	GW_FAULT_LATE, /* a write takes effect when the next write comes */
	GW_FAULT_PARTLY, /* of each group only the first operations are written */
};

struct gw_faults {
	enum gw_faulty_call call;
	enum gw_fault fault;
	unsigned skip; /* calls that succeed before */
	unsigned times; /* how many calls fail */
	size_t n_ops; /* PARTLY: how many operations of each group */
	void (*hook)(void *arg); /* called when a fault is injected; NULL = none */
	void *arg;
	unsigned calls[GW_FAULTY_N]; /* how many there were */
};

extern struct gw_faults gw_faults;

/* The same backend seen through gw_faults. All stores opened on it share one inner backend, so
 * that they are nodes on one repository. without_wait: core/store has to poll. */
const struct gw_backend_type *gw_test_faulty(const struct gw_backend_type *inner,
	unsigned capabilities, bool without_wait);

#endif
