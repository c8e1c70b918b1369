/*
 * What the reasons are in words, see status.h.
 */
#include "results/status.h"

const char *ws_status_text(enum ws_status status)
{
    switch ((unsigned)status) {
#define REASON(name, text)                                                                                   \
    case WS_WHY_##name:                                                                                      \
        return text;
        WS_REASONS(REASON)
#undef REASON
    default:
        return "";
    }
}
