# pkglib_LTLIBRARIES += plugins/schedule/schedule.la
