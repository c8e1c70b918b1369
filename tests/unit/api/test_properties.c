/*
 * White-box tests of properties.c: the table of section 3 of the specification. Lists and values lie
 * in exact heap blocks, the values at odd addresses, as nothing promises more.
 */
#include "unit.h"

#include "api/properties.h"

enum { MOST = 4, ODD = 1 };

#define RBS     WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE
#define SBS     WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE
#define UNMASK  WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE
#define BUFFER  WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE
#define NO_UTF8 WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE

/* A property list that owns its values. */
struct list {
    WEB_SOCKET_PROPERTY *properties;
    uint8_t *values[MOST];
    uint32_t count;
};

static void add(struct list *list, unsigned type, const void *value, uint32_t value_size,
                uint32_t claimed_size)
{
    assert_true(list->count < MOST);
    uint8_t *block = block_new(ODD + value_size);
    memcpy(block + ODD, value, value_size);
    list->values[list->count] = block;

    WEB_SOCKET_PROPERTY *properties = malloc((list->count + 1) * sizeof *properties);
    assert_non_null(properties);
    if (list->count > 0)
        memcpy(properties, list->properties, list->count * sizeof *properties);
    properties[list->count] =
        (WEB_SOCKET_PROPERTY){(WEB_SOCKET_PROPERTY_TYPE)type, value ? block + ODD : NULL, claimed_size};
    free(list->properties);
    list->properties = properties;
    list->count++;
}

static void add_number(struct list *list, unsigned type, uint32_t value)
{
    add(list, type, &value, sizeof value, sizeof value);
}

/* The caller's buffer: its address is the value. */
static void add_buffer(struct list *list, void *buffer, uint32_t size)
{
    add(list, BUFFER, &buffer, sizeof buffer, size);
}

/* Reads the list and releases it. A refusal must leave the options alone. */
static enum ws_status take(struct list *list, bool server, struct ws_session_options *options)
{
    memset(options, BLOCK_POISON, sizeof *options);
    enum ws_status status = ws_properties_read(list->properties, list->count, server, options);
    if (status != WS_OK)
        assert_true(block_untouched(options, sizeof *options));
    for (uint32_t i = 0; i < list->count; i++)
        free(list->values[i]);
    free(list->properties);
    *list = (struct list){0};
    return status;
}

static enum ws_status take_number(unsigned type, uint32_t value, struct ws_session_options *options)
{
    struct list list = {0};
    add_number(&list, type, value);
    return take(&list, false, options);
}

static void no_list_gives_the_defaults(void **state)
{
    (void)state;
    for (unsigned server = 0; server <= 1; server++) {
        struct ws_session_options options;
        struct list list = {0};
        assert_int_equal(take(&list, server, &options), WS_OK);
        assert_int_equal(options.server, server);
        assert_int_equal(options.receive_size, 4096);
        assert_int_equal(options.send_size, server ? 16 : 4096);
        assert_false(options.disable_masking);
        assert_false(options.disable_utf8);
        assert_null(options.memory);
    }
}

static void a_list_of_no_properties_is_not_read(void **state)
{
    (void)state;
    struct ws_session_options options;
    uint8_t *block = block_new(0);
    assert_int_equal(ws_properties_read((const WEB_SOCKET_PROPERTY *)(const void *)block, 0, true, &options),
                     WS_OK);
    assert_int_equal(options.send_size, 16);
    free(block);
}

static void sizes_have_a_least(void **state)
{
    (void)state;
    static const struct {
        unsigned type;
        uint32_t value;
        enum ws_status status;
    } rows[] = {
        {RBS, 0, WS_ERROR_ARGUMENT},
        {RBS, 255, WS_ERROR_ARGUMENT},
        {RBS, 256, WS_OK},
        {RBS, 257, WS_OK},
        {RBS, UINT32_MAX, WS_OK},
        {SBS, 0, WS_ERROR_ARGUMENT},
        {SBS, 15, WS_ERROR_ARGUMENT},
        {SBS, 16, WS_OK},
        {SBS, 17, WS_OK},
        {SBS, UINT32_MAX, WS_OK},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ws_session_options options;
        assert_int_equal(ws_status_class(take_number(rows[i].type, rows[i].value, &options)), rows[i].status);
        if (rows[i].status == WS_OK) {
            assert_int_equal(options.receive_size, rows[i].type == RBS ? rows[i].value : 4096);
            assert_int_equal(options.send_size, rows[i].type == SBS ? rows[i].value : 4096);
        }
    }
}

/* A BOOL is true if it is not 0. */
static void flags(void **state)
{
    (void)state;
    static const uint32_t values[] = {0, 1, 2, 256, 0x10000, 0x80000000, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct ws_session_options options;
        assert_int_equal(take_number(UNMASK, values[i], &options), WS_OK);
        assert_int_equal(options.disable_masking, values[i] != 0);
        assert_false(options.disable_utf8);
        assert_int_equal(take_number(NO_UTF8, values[i], &options), WS_OK);
        assert_int_equal(options.disable_utf8, values[i] != 0);
        assert_false(options.disable_masking);
    }
}

/* "A size other than 4 for a ULONG/BOOL: E_INVALIDARG." The value is not read then. */
static void numbers_have_four_bytes(void **state)
{
    (void)state;
    static const unsigned types[] = {RBS, SBS, UNMASK, NO_UTF8};
    static const uint32_t sizes[] = {0, 1, 2, 3, 5, 8, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        for (size_t j = 0; j < COUNT_OF(sizes); j++) {
            struct ws_session_options options;
            struct list list = {0};
            add(&list, types[i], "", 0, sizes[j]);
            assert_int_equal(ws_status_class(take(&list, false, &options)), WS_ERROR_ARGUMENT);
        }
    }
}

static void a_null_value_is_refused(void **state)
{
    (void)state;
    for (unsigned type = RBS; type <= NO_UTF8; type++) {
        WEB_SOCKET_PROPERTY property = {(WEB_SOCKET_PROPERTY_TYPE)type, NULL, 4};
        struct ws_session_options options;
        assert_int_equal(ws_status_class(ws_properties_read(&property, 1, false, &options)),
                         WS_ERROR_ARGUMENT);
    }
}

static void other_types_are_refused(void **state)
{
    (void)state;
    static const uint32_t types[] = {WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE,
                                     WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE,
                                     7,
                                     256,
                                     0x7FFFFFFF,
                                     0x80000000,
                                     UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ws_session_options options;
        assert_int_equal(ws_status_class(take_number(types[i], 4096, &options)), WS_ERROR_ARGUMENT);
    }
}

/*
 * Properties come in any order, and the last of two equal types wins; a wrong one is refused all the same
 * (own choice).
 */
static void order_and_repetition(void **state)
{
    (void)state;
    struct ws_session_options options;
    struct list list = {0};
    add_number(&list, UNMASK, 1);
    add_number(&list, SBS, 300);
    add_number(&list, RBS, 500);
    add_number(&list, SBS, 20);
    assert_int_equal(take(&list, true, &options), WS_OK);
    assert_true(options.server && options.disable_masking && !options.disable_utf8);
    assert_int_equal(options.receive_size, 500);
    assert_int_equal(options.send_size, 20);

    add_number(&list, RBS, 255);
    add_number(&list, RBS, 256);
    assert_int_equal(ws_status_class(take(&list, true, &options)), WS_ERROR_ARGUMENT);
    add_number(&list, RBS, 256);
    add_number(&list, SBS, 15);
    assert_int_equal(ws_status_class(take(&list, true, &options)), WS_ERROR_ARGUMENT);
}

/* "RBS + SBS + 144 bytes", because that is what .NET passes; or sizeof(PVOID), the reference's reading. */
static void the_callers_buffer(void **state)
{
    (void)state;
    static const struct {
        uint32_t size;
        enum ws_status status;
    } rows[] = {
        {0, WS_ERROR_ARGUMENT},
        {1, WS_ERROR_ARGUMENT},
        {sizeof(PVOID) - 1, WS_ERROR_ARGUMENT},
        {sizeof(PVOID), WS_OK},
        {sizeof(PVOID) + 1, WS_ERROR_ARGUMENT},
        {256 + 16 + 143, WS_ERROR_ARGUMENT},
        {256 + 16 + 144, WS_OK},
        {256 + 16 + 145, WS_OK},
        {256 + 16 + 256, WS_OK},
        {UINT32_MAX, WS_OK},
    };
    uint8_t buffer[1];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (unsigned last = 0; last <= 1; last++) { /* its sizes may stand before or behind it */
            struct ws_session_options options;
            struct list list = {0};
            if (!last)
                add_buffer(&list, buffer, rows[i].size);
            add_number(&list, RBS, 256);
            add_number(&list, SBS, 16);
            if (last)
                add_buffer(&list, buffer, rows[i].size);
            assert_int_equal(ws_status_class(take(&list, false, &options)), rows[i].status);
            if (rows[i].status == WS_OK)
                assert_ptr_equal(options.memory, buffer);
        }
    }
}

/* The sum of two sizes near 2^32 does not come round to a small one. */
static void the_callers_buffer_for_huge_sizes(void **state)
{
    (void)state;
    uint8_t buffer[1];
    struct ws_session_options options;
    struct list list = {0};
    add_number(&list, RBS, UINT32_MAX);
    add_number(&list, SBS, 1000);
    add_buffer(&list, buffer, 2000);
    assert_int_equal(ws_status_class(take(&list, false, &options)), WS_ERROR_ARGUMENT);
    add_number(&list, RBS, UINT32_MAX - 143);
    add_number(&list, SBS, 16);
    add_buffer(&list, buffer, UINT32_MAX);
    assert_int_equal(ws_status_class(take(&list, false, &options)), WS_ERROR_ARGUMENT);
}

/* Own choice: an address of NULL is no buffer. */
static void a_buffer_at_null_is_refused(void **state)
{
    (void)state;
    struct ws_session_options options;
    struct list list = {0};
    add_buffer(&list, NULL, 8192 + 144);
    assert_int_equal(ws_status_class(take(&list, false, &options)), WS_ERROR_ARGUMENT);
    add_buffer(&list, NULL, sizeof(PVOID));
    assert_int_equal(ws_status_class(take(&list, false, &options)), WS_ERROR_ARGUMENT);
}

/* Own choice: a count above 65535 is refused before anything is read. */
static void absurd_lists(void **state)
{
    (void)state;
    struct ws_session_options options;
    uint32_t value = 300;
    WEB_SOCKET_PROPERTY property = {RBS, &value, sizeof value};

    assert_int_equal(ws_status_class(ws_properties_read(NULL, 1, false, &options)), WS_ERROR_ARGUMENT);
    assert_int_equal(ws_status_class(ws_properties_read(&property, 65536, false, &options)),
                     WS_ERROR_ARGUMENT);
    assert_int_equal(ws_status_class(ws_properties_read(&property, UINT32_MAX, false, &options)),
                     WS_ERROR_ARGUMENT);

    WEB_SOCKET_PROPERTY *many = malloc(65535 * sizeof *many);
    assert_non_null(many);
    for (unsigned i = 0; i < 65535; i++)
        many[i] = property;
    assert_int_equal(ws_properties_read(many, 65535, false, &options), WS_OK);
    assert_int_equal(options.receive_size, 300);
    free(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_list_gives_the_defaults),  cmocka_unit_test(a_list_of_no_properties_is_not_read),
        cmocka_unit_test(sizes_have_a_least),          cmocka_unit_test(flags),
        cmocka_unit_test(numbers_have_four_bytes),     cmocka_unit_test(a_null_value_is_refused),
        cmocka_unit_test(other_types_are_refused),     cmocka_unit_test(order_and_repetition),
        cmocka_unit_test(the_callers_buffer),          cmocka_unit_test(the_callers_buffer_for_huge_sizes),
        cmocka_unit_test(a_buffer_at_null_is_refused), cmocka_unit_test(absurd_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
