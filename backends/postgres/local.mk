# postgres
