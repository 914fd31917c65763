core_libgodwit_la_SOURCES += \
	core/expr/builtin.c \
	core/expr/builtin.h \
	core/expr/eval.c \
	core/expr/eval.h \
	core/expr/eval_body.c \
	core/expr/expr.h \
	core/expr/frame.c \
	core/expr/lexer.c \
	core/expr/lexer.h \
	core/expr/limits.h \
	core/expr/node.h \
	core/expr/operators.c \
	core/expr/operators.h \
	core/expr/parse_call.c \
	core/expr/parse_tag.c \
	core/expr/parser.c \
	core/expr/parser.h \
	core/expr/raw.c \
	core/expr/raw.h \
	core/expr/template.c \
	core/expr/template.h \
	core/expr/tests.c \
	core/expr/tree.c \
	core/expr/value.c \
	core/expr/value.h
