EXPR_CASES = tests/unit/expr/cases.c tests/unit/expr/cases.h tests/unit/test.h
EXTRA_DIST += tests/unit/expr/cases

UNIT_TESTS += tests/unit/expr/test_cases
tests_unit_expr_test_cases_SOURCES = tests/unit/expr/test_cases.c $(EXPR_CASES)
UNIT_TESTS += tests/unit/expr/test_functions
tests_unit_expr_test_functions_SOURCES = tests/unit/expr/test_functions.c $(EXPR_CASES)
UNIT_TESTS += tests/unit/expr/test_limits
tests_unit_expr_test_limits_SOURCES = tests/unit/expr/test_limits.c $(EXPR_CASES)
UNIT_TESTS += tests/unit/expr/test_manual
tests_unit_expr_test_manual_SOURCES = tests/unit/expr/test_manual.c $(EXPR_CASES)
UNIT_TESTS += tests/unit/expr/test_template
tests_unit_expr_test_template_SOURCES = tests/unit/expr/test_template.c $(EXPR_CASES)
UNIT_TESTS += tests/unit/expr/test_tree
tests_unit_expr_test_tree_SOURCES = tests/unit/expr/test_tree.c $(EXPR_CASES)
