/* module_nothing.c - a shared object that is no module */
int gw_nothing(void);

int gw_nothing(void)
{
	return 0;
}
