/*
 * See misdeeds.h.
 */
#include "misdeeds.h"

#include "upgrade.h"

/* The slow ones come first, so that they take their time beside all others. */
static const struct {
    size_t (*count)(void);
    void (*write)(struct script *script, size_t kind, unsigned turn);
} families[] = {{misdeeds_lives_count, misdeeds_lives_write},
                {misdeeds_requests_count, misdeeds_requests_write},
                {misdeeds_frames_count, misdeeds_frames_write}};

enum { FAMILIES = sizeof families / sizeof *families };

size_t misdeeds_count(void)
{
    size_t count = 0;
    for (size_t i = 0; i < FAMILIES; i++)
        count += families[i].count();
    return count;
}

void misdeeds_write(struct script *script, size_t kind, unsigned turn)
{
    size_t i = 0;
    while (kind >= families[i].count())
        kind -= families[i++].count();
    families[i].write(script, kind, turn);
}

void misdeeds_shake_hands(struct script *script)
{
    bytes_add_text(&script->bytes, UPGRADE_REQUEST);
    script_add(script, STEP_SEND, 0);
    script_add(script, STEP_SWITCH, 0);
}
