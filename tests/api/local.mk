# The built program over loopback: cases as text files, and clients that mean no good.
API_TESTS = tests/api/api.test tests/api/hostile.test tests/api/kestrapy.test
dist_check_SCRIPTS += $(API_TESTS)
TESTS += $(API_TESTS)
EXTRA_DIST += tests/api/cases tests/api/cases.py tests/api/godwit.py tests/api/kestrapy_cases.py
