/* mem.h - the public header, by the name that core uses */
#ifndef GW_BASE_MEM_H
#define GW_BASE_MEM_H

#include <godwit/mem.h>

#endif
