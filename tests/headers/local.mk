# headers
