# sqlite
