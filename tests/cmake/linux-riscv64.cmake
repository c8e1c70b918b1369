# Cross-compile for Linux on 64-bit RISC-V with Debian's GCC; run what was built under QEMU.
set(processor riscv64)
set(abi gnu)
include(${CMAKE_CURRENT_LIST_DIR}/linux-emulated.cmake)
