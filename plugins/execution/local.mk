# pkglib_LTLIBRARIES += plugins/execution/execution.la
