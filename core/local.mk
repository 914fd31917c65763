# The core: one library, and the program that is little more than its command line.
lib_LTLIBRARIES += core/libgodwit.la
core_libgodwit_la_SOURCES =
core_libgodwit_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info 0:0:0
core_libgodwit_la_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS) $(MHD_CFLAGS) $(PCRE2_CFLAGS) \
	$(SODIUM_CFLAGS) $(CRYPTO_CFLAGS) $(ZIP_CFLAGS) $(ZSTD_CFLAGS)
core_libgodwit_la_LIBADD = $(JANSSON_LIBS) $(YAML_LIBS) $(MHD_LIBS) $(PCRE2_LIBS) $(SODIUM_LIBS) \
	$(CRYPTO_LIBS) $(ZIP_LIBS) $(ZSTD_LIBS) -lm -ldl

godwitincludedir = $(includedir)/godwit
godwitinclude_HEADERS = \
	core/include/godwit/backend.h \
	core/include/godwit/error.h \
	core/include/godwit/json.h \
	core/include/godwit/mem.h \
	core/include/godwit/module.h \
	core/include/godwit/property.h \
	core/include/godwit/query.h \
	core/include/godwit/record.h \
	core/include/godwit/state.h \
	core/include/godwit/storage.h \
	core/include/godwit/task.h \
	core/include/godwit/text.h \
	core/include/godwit/thread.h \
	core/include/godwit/time.h \
	core/include/godwit/trial.h \
	core/include/godwit/trigger.h

include core/base/local.mk
include core/time/local.mk
include core/yaml/local.mk
include core/expr/local.mk
include core/model/local.mk
include core/check/local.mk
include core/module/local.mk
include core/store/local.mk
include core/storage/local.mk
include core/config/local.mk
include core/metrics/local.mk
include core/run/local.mk
include core/engine/local.mk
include core/backup/local.mk
include core/api/local.mk
include core/cli/local.mk
