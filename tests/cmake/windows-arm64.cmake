# Cross-compile for Windows on Arm with clang and lld; nothing here can run what is built. The C runtime is made first:
# CMake tries the compiler before it builds anything.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR ARM64)
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET aarch64-w64-mingw32)
set(CMAKE_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../../build/mingw-w64/arm64)
execute_process(COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/../build-mingw.sh
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

set(CMAKE_C_FLAGS_INIT -D_UCRT)
foreach(kind IN ITEMS EXE SHARED MODULE)
    set(CMAKE_${kind}_LINKER_FLAGS_INIT "-fuse-ld=lld -static-libgcc")
endforeach()
set(CMAKE_C_STANDARD_LIBRARIES "" CACHE STRING "None but those that clang names itself")

# GNU's resource compiler can do without a machine of its own: what it makes is of no machine until lld takes it in.
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
set(CMAKE_RC_FLAGS_INIT "-O res")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
