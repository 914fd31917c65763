# pkglib_LTLIBRARIES += plugins/shell/shell.la
