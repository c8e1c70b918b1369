# Cross-compile for Linux on 32-bit Arm (ARMv7) with Debian's GCC; run what was built under QEMU.
set(processor arm)
set(abi gnueabihf)
include(${CMAKE_CURRENT_LIST_DIR}/linux-emulated.cmake)
