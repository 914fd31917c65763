# pkglib_LTLIBRARIES += plugins/labels/labels.la
