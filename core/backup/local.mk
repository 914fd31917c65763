core_libgodwit_la_SOURCES += \
	core/backup/apply.c \
	core/backup/apply.h \
	core/backup/archive.h \
	core/backup/backup.h \
	core/backup/contents.c \
	core/backup/contents.h \
	core/backup/create.c \
	core/backup/edit.c \
	core/backup/edit.h \
	core/backup/frame.h \
	core/backup/packed.c \
	core/backup/packed.h \
	core/backup/place.c \
	core/backup/place.h \
	core/backup/reader.c \
	core/backup/restore.c \
	core/backup/seal.c \
	core/backup/seal.h \
	core/backup/select.c \
	core/backup/select.h \
	core/backup/tally.c \
	core/backup/tally.h \
	core/backup/verify.c \
	core/backup/writer.c
