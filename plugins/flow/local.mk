# pkglib_LTLIBRARIES += plugins/flow/flow.la
