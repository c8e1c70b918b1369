# Compile for 32-bit Linux on a 64-bit one, which can also run what was built.
set(CMAKE_C_COMPILER gcc)
# The headers of the kernel are the same for both; GCC looks for them where only gcc-multilib, which tolerates no cross
# compiler beside itself, would put them.
set(CMAKE_C_FLAGS_INIT "-m32 -idirafter /usr/include/x86_64-linux-gnu")
