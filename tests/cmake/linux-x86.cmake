# Compile for 32-bit Linux on a 64-bit one, which can also run what was built.
set(CMAKE_C_COMPILER gcc)
set(CMAKE_C_FLAGS_INIT -m32)
