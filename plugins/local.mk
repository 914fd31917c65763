# One folder a module.
include plugins/backup/local.mk
include plugins/labels/local.mk
include plugins/log/local.mk
include plugins/debug/local.mk
include plugins/flow/local.mk
include plugins/execution/local.mk
include plugins/jq/local.mk
include plugins/shell/local.mk
include plugins/schedule/local.mk

# What a new plugin is made from: a script, and the files that it fills in.
newplugindir = $(pkgdatadir)/new-plugin
dist_newplugin_SCRIPTS = scripts/new-plugin
newplugintemplatedir = $(newplugindir)/template
dist_newplugintemplate_DATA = scripts/template/Makefile scripts/template/README.md \
	scripts/template/flow.yaml scripts/template/plugin.c scripts/template/test.c
