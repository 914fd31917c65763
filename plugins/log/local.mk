# pkglib_LTLIBRARIES += plugins/log/log.la
