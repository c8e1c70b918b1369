/*
 * Assertions about HRESULTs that print names instead of sign-extended numbers.
 */
#include "check.h"

#include <stdio.h>

static const struct {
    HRESULT result;
    const char *name;
} names[] = {
    {S_OK, "S_OK"},
    {E_INVALID_PROTOCOL_OPERATION, "E_INVALID_PROTOCOL_OPERATION"},
    {E_INVALID_PROTOCOL_FORMAT, "E_INVALID_PROTOCOL_FORMAT"},
    {E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED, "E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED"},
    {E_SUBPROTOCOL_NOT_SUPPORTED, "E_SUBPROTOCOL_NOT_SUPPORTED"},
    {E_PROTOCOL_VERSION_NOT_SUPPORTED, "E_PROTOCOL_VERSION_NOT_SUPPORTED"},
    {E_HANDLE, "E_HANDLE"},
    {E_INVALIDARG, "E_INVALIDARG"},
    {E_OUTOFMEMORY, "E_OUTOFMEMORY"},
    {E_FAIL, "E_FAIL"},
};

const char *result_name(HRESULT result)
{
    static char number[16];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].result == result) {
            return names[i].name;
        }
    }
    if (result == HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER)) {
        return "ERROR_INSUFFICIENT_BUFFER";
    }
    snprintf(number, sizeof number, "0x%08lX", (unsigned long)result & 0xFFFFFFFFul);
    return number;
}

void check_result(HRESULT wanted, HRESULT seen, const char *call, const char *row, const char *file, int line)
{
    if (wanted == seen) {
        return;
    }
    print_error("%s%s%s: expected %s,", row, row[0] != '\0' ? ": " : "", call, result_name(wanted));
    print_error(" seen %s\n", result_name(seen));
    _fail(file, line);
}
