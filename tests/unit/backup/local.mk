UNIT_TESTS += tests/unit/backup/test_archive tests/unit/backup/test_restore \
	tests/unit/backup/test_transfer
BACKUP_LDADD = tests/lib/libtest.la $(UNIT_LDADD)
tests_unit_backup_test_archive_SOURCES = tests/unit/backup/test_archive.c tests/unit/test.h
tests_unit_backup_test_archive_LDADD = $(BACKUP_LDADD)
tests_unit_backup_test_restore_SOURCES = tests/unit/backup/test_restore.c tests/unit/backup/site.h \
	tests/unit/test.h
tests_unit_backup_test_restore_LDADD = $(BACKUP_LDADD)
tests_unit_backup_test_transfer_SOURCES = tests/unit/backup/test_transfer.c \
	tests/unit/backup/site.h tests/unit/test.h
tests_unit_backup_test_transfer_LDADD = $(BACKUP_LDADD)
EXTRA_DIST += tests/unit/backup/samples
