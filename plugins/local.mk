# One folder a module.
include plugins/labels/local.mk
include plugins/log/local.mk
include plugins/debug/local.mk
include plugins/flow/local.mk
include plugins/execution/local.mk
include plugins/shell/local.mk
include plugins/schedule/local.mk
