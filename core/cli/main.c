/* main.c - the program */
#include "run/host.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], GW_HOST_VERB) == 0)
		return gw_host_main(argc, argv);
	puts("godwit");
	return 0;
}
