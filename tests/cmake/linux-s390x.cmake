# Cross-compile for Linux on IBM Z, whose numbers begin with their highest byte, with Debian's GCC; run what was built under QEMU.
set(processor s390x)
set(abi gnu)
include(${CMAKE_CURRENT_LIST_DIR}/linux-emulated.cmake)
