# Cross-compile for Linux on 64-bit Arm with Debian's GCC; run what was built under QEMU.
set(processor aarch64)
set(abi gnu)
include(${CMAKE_CURRENT_LIST_DIR}/linux-emulated.cmake)
