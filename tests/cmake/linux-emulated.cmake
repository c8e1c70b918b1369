# What the toolchain files for other processors share: Debian's GCC for `processor` and `abi`, which they set, and QEMU to run
# what was built.
set(WEBSOCKET_ELSEWHERE ON) # see testing.cmake
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${processor})
set(CMAKE_C_COMPILER ${processor}-linux-${abi}-gcc)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${processor} -L /usr/${processor}-linux-${abi})

set(CMAKE_FIND_ROOT_PATH /usr/${processor}-linux-${abi})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
