UNIT_TESTS += tests/unit/yaml/test_yaml
tests_unit_yaml_test_yaml_SOURCES = tests/unit/yaml/test_yaml.c tests/unit/test.h
EXTRA_DIST += tests/unit/yaml/documents.tsv tests/unit/yaml/prints.tsv tests/unit/yaml/scalars.tsv
