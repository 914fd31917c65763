# pkglib_LTLIBRARIES += plugins/debug/debug.la
