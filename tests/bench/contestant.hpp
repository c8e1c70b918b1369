/*
 * The headers that a contestant needs which is written in C++. Those of the language itself come first: they must not be
 * read as C.
 */
#ifndef CONTESTANT_HPP
#define CONTESTANT_HPP

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#define _Noreturn [[noreturn]]
extern "C" {
#include "basics.h"
#include "contestant.h"
}
#undef _Noreturn

#endif
