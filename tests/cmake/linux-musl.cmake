# Compile for the machine itself, with another C library than its own.
set(CMAKE_C_COMPILER musl-gcc)
set(WEBSOCKET_ELSEWHERE ON) # see testing.cmake
