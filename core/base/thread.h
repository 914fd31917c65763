/* thread.h - the public header, by the name that core uses */
#ifndef GW_BASE_THREAD_H
#define GW_BASE_THREAD_H

#include <godwit/thread.h>

#endif
