core_libgodwit_la_SOURCES += \
	core/cli/args.c \
	core/cli/args.h \
	core/cli/backends.c \
	core/cli/backfill.c \
	core/cli/backups.c \
	core/cli/backups.h \
	core/cli/backups_look.c \
	core/cli/backups_restore.c \
	core/cli/cli.c \
	core/cli/cli.h \
	core/cli/client.c \
	core/cli/client.h \
	core/cli/completion.c \
	core/cli/configuration.c \
	core/cli/findings.c \
	core/cli/findings.h \
	core/cli/connections.c \
	core/cli/connections.h \
	core/cli/events.c \
	core/cli/events.h \
	core/cli/execution.c \
	core/cli/files.c \
	core/cli/files.h \
	core/cli/flow.c \
	core/cli/follow.c \
	core/cli/follow.h \
	core/cli/form.c \
	core/cli/form.h \
	core/cli/help.c \
	core/cli/help.h \
	core/cli/manual.c \
	core/cli/migrate.c \
	core/cli/plugins.c \
	core/cli/process.c \
	core/cli/process.h \
	core/cli/remote.c \
	core/cli/remote.h \
	core/cli/response.c \
	core/cli/response.h \
	core/cli/server.c \
	core/cli/setup.c \
	core/cli/setup.h \
	core/cli/show.c \
	core/cli/show.h \
	core/cli/tenants.c \
	core/cli/terminal.c \
	core/cli/terminal.h \
	core/cli/validate.c \
	core/cli/verbs.c \
	core/cli/verbs.h \
	core/cli/wire.c \
	core/cli/wire.h

bin_PROGRAMS += core/godwit
core_godwit_SOURCES = core/cli/main.c
core_godwit_LDADD = core/libgodwit.la
# Runs from the build tree without libtool's wrapper script.
core_godwit_LDFLAGS = $(AM_LDFLAGS) -no-fast-install

dist_man_MANS += docs/godwit.1
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = docs/completion/godwit
