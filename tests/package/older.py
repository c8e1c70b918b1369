"""Make a websocket.dll that differs from another one in its version alone:  older.py DLL OLDER"""

import struct
import sys

SIGNATURE = struct.pack("<I", 0xFEEF04BD)


def main():
    with open(sys.argv[1], "rb") as file:
        dll = file.read()
    at = dll.index(SIGNATURE)
    major, minor = struct.unpack_from("<HH", dll, at + 10)[0], struct.unpack_from("<H", dll, at + 8)[0]
    new = f"{major}.{minor}.".encode("utf-16-le")
    old = f"{major - 1}.{minor + 9}.".encode("utf-16-le")
    assert len(old) == len(new) and dll.count(new) == 2  # FileVersion and ProductVersion
    dll = bytearray(dll.replace(new, old))
    for field in (8, 16):  # the same in numbers
        struct.pack_into("<HH", dll, at + field, minor + 9, major - 1)
    with open(sys.argv[2], "wb") as file:
        file.write(dll)


main()
