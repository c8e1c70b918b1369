# What the tests' CMakeLists.txt files share: where cmocka comes from, and how a test is registered.

# Test names begin with the preset's, so that one ctest run can hold all presets: linux.unit.frame, windows-x64.api.load.
cmake_path(GET PROJECT_BINARY_DIR FILENAME WEBSOCKET_TEST_PREFIX)

# Linux on another processor, or with another C library, than the machine's own. What may be otherwise there is in the
# library: such a preset has the tests that call it, and not those of the programs and packages around it.
# WEBSOCKET_ELSEWHERE is set by its toolchain file.
set(WEBSOCKET_EMULATED OFF) # by QEMU, so that all takes ten times as long; Wine runs programs as they are
if(WEBSOCKET_ELSEWHERE AND CMAKE_CROSSCOMPILING_EMULATOR)
    set(WEBSOCKET_EMULATED ON)
elseif(CMAKE_TOOLCHAIN_FILE MATCHES "/linux-x86\\.cmake$") # where the kernel runs none of these, see tests/emulate-i386.sh
    execute_process(COMMAND /lib/ld-linux.so.2 --version RESULT_VARIABLE refused OUTPUT_QUIET ERROR_QUIET)
    if(refused OR EXISTS /proc/sys/fs/binfmt_misc/websocket-i386)
        set(WEBSOCKET_EMULATED ON)
    endif()
endif()
set(time_limit 300) # seconds
set(asan_options detect_stack_use_after_return=1:strict_string_checks=1)
if(WEBSOCKET_EMULATED) # to search for leaks it stops its own threads, which QEMU does not know how to do
    set(time_limit 900)
    string(APPEND asan_options :detect_leaks=0)
endif()

# The build of each system that is tested most. What would show the same in the others is tested in this one alone.
set(WEBSOCKET_STANDS_FOR_ALL OFF)
if(WEBSOCKET_TEST_PREFIX MATCHES "^(linux|windows-x64)$")
    set(WEBSOCKET_STANDS_FOR_ALL ON)
endif()

# cmocka is Debian's: the package where we compile for the machine itself, else its source compiled for the target. It is one
# file; that it is told here what the target has saves its own build's hundred questions, for each target anew.
if(CMAKE_TOOLCHAIN_FILE)
    set(cmocka_source ${PROJECT_SOURCE_DIR}/build/cmocka/source)
    execute_process(COMMAND sh ${PROJECT_SOURCE_DIR}/tests/fetch-source.sh cmocka ${PROJECT_SOURCE_DIR}/build/cmocka
        OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    add_library(cmocka STATIC EXCLUDE_FROM_ALL ${cmocka_source}/src/cmocka.c)
    target_compile_definitions(cmocka PRIVATE HAVE_INTTYPES_H HAVE_SIGNAL_H HAVE_STRINGS_H HAVE_STRUCT_TIMESPEC
        HAVE_GCC_THREAD_LOCAL_STORAGE
        $<$<NOT:$<BOOL:${APPLE}>>:HAVE_MALLOC_H>
        "$<$<NOT:$<BOOL:${WIN32}>>:HAVE_CLOCK_REALTIME;HAVE_SIGLONGJMP;HAVE_STRSIGNAL>")
    target_compile_options(cmocka PRIVATE -w -fno-sanitize=all)
    target_include_directories(cmocka SYSTEM PUBLIC ${cmocka_source}/include)
    set_target_properties(cmocka PROPERTIES C_EXTENSIONS ON DISABLE_PRECOMPILE_HEADERS ON)
else()
    add_library(cmocka INTERFACE)
    find_path(CMOCKA_INCLUDE_DIRECTORY cmocka.h REQUIRED)
    find_library(CMOCKA_LIBRARY cmocka REQUIRED)
    target_include_directories(cmocka SYSTEM INTERFACE ${CMOCKA_INCLUDE_DIRECTORY})
    target_link_libraries(cmocka INTERFACE ${CMOCKA_LIBRARY})
endif()

# Where there is not even an emulator, the programs are built, and only what reads files is a test. The others belong to a
# configuration that nobody asks for, so that CTest does not know of them.
set(WEBSOCKET_NOTHING_RUNS OFF)
set(configurations "")
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
    set(WEBSOCKET_NOTHING_RUNS ON)
    set(configurations CONFIGURATIONS elsewhere)
endif()

# websocket_add_test(NAME COMMAND [ARGUMENT...]) - registers the test <preset>.<NAME>.
# A target's name as the command stands for its program; under Wine where it is a Windows program.
function(websocket_add_test name)
    set(test ${WEBSOCKET_TEST_PREFIX}.${name})
    if(WEBSOCKET_SANITIZE STREQUAL "thread") # all tests of that build are programs
        list(POP_FRONT ARGN program)
        list(PREPEND ARGN sh ${PROJECT_SOURCE_DIR}/tests/tsan.sh $<TARGET_FILE:${program}>)
    endif()
    add_test(NAME ${test} COMMAND ${ARGN} ${configurations})
    set_tests_properties(${test} PROPERTIES
        TIMEOUT ${time_limit}
        LABELS ${WEBSOCKET_TEST_PREFIX}
        ENVIRONMENT "ASAN_OPTIONS=${asan_options};UBSAN_OPTIONS=print_stacktrace=1")
    if(WIN32 AND CMAKE_CROSSCOMPILING_EMULATOR) # whose programs share a processor: one at a time, and so from the beginning on
        set_tests_properties(${test} PROPERTIES FIXTURES_REQUIRED ${WEBSOCKET_TEST_PREFIX}.wine
            RESOURCE_LOCK wine.${WEBSOCKET_WINDOWS_MACHINE} COST 50)
    endif()
    if(WEBSOCKET_COVERAGE) # all that is counted begins after coverage.start, and ends before coverage.lines
        set_tests_properties(${test} PROPERTIES FIXTURES_REQUIRED ${WEBSOCKET_TEST_PREFIX})
        set_property(GLOBAL APPEND PROPERTY WEBSOCKET_COUNTED_TESTS ${test})
    endif()
endfunction()

# websocket_add_cmocka_test(NAME TARGET [ARGUMENT...]) - the same for a cmocka program, which must run at least one of its
# tests, skip none, and say of none that it failed, whatever its exit code.
function(websocket_add_cmocka_test name target)
    websocket_add_test(${name} ${target} ${ARGN})
    set_tests_properties(${WEBSOCKET_TEST_PREFIX}.${name} PROPERTIES
        FAIL_REGULAR_EXPRESSION "\\[  FAILED  \\];\\[  SKIPPED \\];\\[==========\\] Running 0 test;\\[  PASSED  \\] 0 test")
endfunction()

# In a preset that wants it: valgrind and its options. No byte may be read or written that is not there or was never
# written, and no block may be left in the end. All of the suite runs under it, except what would take minutes, or is as
# well done by the sanitizers (faults.api, load, soak, the model, threads that meet), and unit.handshake_length,
# which says why. Threads take turns: else one that never waits keeps the others waiting, for minutes.
if(WEBSOCKET_MEMCHECK)
    find_program(VALGRIND valgrind)
    if(NOT VALGRIND) # who only wants to build need not have it; tests/run.sh misses these tests
        set(WEBSOCKET_MEMCHECK OFF)
    endif()
endif()
if(WEBSOCKET_MEMCHECK)
    set(WEBSOCKET_MEMCHECK_COMMAND ${VALGRIND} -q --error-exitcode=99 --fair-sched=try --leak-check=full
        --show-leak-kinds=all --errors-for-leak-kinds=all --suppressions=${PROJECT_SOURCE_DIR}/tests/memcheck.supp)
endif()

# websocket_add_memcheck(NAME COMMAND [ARGUMENT...]) - a test in which programs run under WEBSOCKET_MEMCHECK_COMMAND.
function(websocket_add_memcheck name)
    websocket_add_test(memcheck.${name} ${ARGN})
    set_tests_properties(${WEBSOCKET_TEST_PREFIX}.memcheck.${name} PROPERTIES
        TIMEOUT 900 COST 30
        FAIL_REGULAR_EXPRESSION "==[0-9]+==")
endfunction()

# websocket_add_memcheck_program(NAME TARGET [ARGUMENT...]) - runs a program under it.
function(websocket_add_memcheck_program name target)
    if(WEBSOCKET_MEMCHECK)
        websocket_add_memcheck(${name} ${WEBSOCKET_MEMCHECK_COMMAND} $<TARGET_FILE:${target}> ${ARGN})
    endif()
endfunction()

# websocket_add_memcheck_test(NAME TARGET [ARGUMENT...]) - runs a cmocka program under it.
function(websocket_add_memcheck_test name target)
    if(WEBSOCKET_MEMCHECK)
        websocket_add_memcheck_program(${name} ${target} ${ARGN})
        set_tests_properties(${WEBSOCKET_TEST_PREFIX}.memcheck.${name} PROPERTIES
            PASS_REGULAR_EXPRESSION "\\[  PASSED  \\] [1-9]"
            FAIL_REGULAR_EXPRESSION "\\[  FAILED  \\];\\[  SKIPPED \\];==[0-9]+==")
    endif()
endfunction()
