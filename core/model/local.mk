core_libgodwit_la_SOURCES += \
	core/model/execution.c \
	core/model/execution.h \
	core/model/execution_json.c \
	core/model/flow.c \
	core/model/flow.h \
	core/model/kinds.c \
	core/model/kinds.h \
	core/model/label.c \
	core/model/label.h \
	core/model/record.c \
	core/model/state.c \
	core/model/state.h
