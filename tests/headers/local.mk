# Every public header compiles alone.
TESTS += tests/headers/headers.sh
dist_check_SCRIPTS += tests/headers/headers.sh
