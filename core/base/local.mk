core_libgodwit_la_SOURCES += \
	core/base/base64.c \
	core/base/base64.h \
	core/base/clock.c \
	core/base/clock.h \
	core/base/error.c \
	core/base/error.h \
	core/base/fd.c \
	core/base/fd.h \
	core/base/id.c \
	core/base/id.h \
	core/base/json.c \
	core/base/json.h \
	core/base/log.c \
	core/base/log.h \
	core/base/map.c \
	core/base/map.h \
	core/base/mem.c \
	core/base/mem.h \
	core/base/str.c \
	core/base/thread.c \
	core/base/thread.h \
	core/base/utf8.c \
	core/base/utf8.h
