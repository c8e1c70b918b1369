/*
 * Cases of our own for what the API's tests need no memory for, or need it in one place only: the table of
 * handles beyond its first part, the queues of operations, a ping whose payload is kept aside, keys.
 */
#ifndef FAULTS_SCENARIOS_H
#define FAULTS_SCENARIOS_H

#include "../api/cases.h"

extern const struct api_case scenarios_cases[];

#endif
