/*
 * A leak, for the checks to find: a check that is blind would find nothing anywhere.
 */
#include <stdlib.h>

int leak(void);

int leak(void)
{
    int *number = malloc(sizeof *number);
    if (!number)
        return -1;
    *number = 1;
    return *number;
}
