TESTS += tests/cli/backends.test tests/cli/commands.test tests/cli/server.test
dist_check_SCRIPTS += tests/cli/backends.test tests/cli/commands.test tests/cli/server.test
EXTRA_DIST += tests/cli/tap.sh
