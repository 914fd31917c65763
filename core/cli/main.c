/* main.c - the program */
#include <stdio.h>

int main(void)
{
	puts("godwit");
	return 0;
}
