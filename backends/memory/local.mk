backend_LTLIBRARIES += backends/memory/memory.la
backends_memory_memory_la_SOURCES = \
	backends/memory/match.c \
	backends/memory/match.h \
	backends/memory/memory.c
backends_memory_memory_la_LDFLAGS = $(MODULE_LDFLAGS)
backends_memory_memory_la_LIBADD = $(MODULE_LIBADD)
