# memory
