bin_PROGRAMS += core/godwit
core_godwit_SOURCES = core/cli/main.c
core_godwit_LDADD = core/libgodwit.la
# Runs from the build tree without libtool's wrapper script.
core_godwit_LDFLAGS = $(AM_LDFLAGS) -no-fast-install
