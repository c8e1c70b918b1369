"""Compare websocket.dll with what Windows is told and asked by it: its version resource, and each of its imports.

usage: check_windows.py DLL VERSION IMPORTS

VERSION is the one that the resource must have, such as 1.0.0. IMPORTS is a list of "dll function" lines, with
comments after a #: what is not in it must not be imported. (Not all of it must be: whether a copy becomes a call of
memcpy is up to the compiler.)
"""

import struct
import sys

from check_exports import Checks, Pe

STRINGS = {
    "ProductName": "websocket.dll",
    "FileDescription": "WebSocket Protocol Component API",
    "InternalName": "websocket",
    "OriginalFilename": "websocket.dll",
    "LegalCopyright": "Copyright (c) websocket.dll contributors, MIT License",
}
RT_VERSION, VS_VERSION_INFO, ENGLISH = 16, 1, 0x409
FIXED_SIGNATURE, VOS_NT_WINDOWS32, VFT_DLL = 0xFEEF04BD, 0x40004, 2


def resource(pe, *identities):
    """The bytes of the resource with this type, identity and language."""
    root = at = pe.offset(pe.directories[2][0])
    for identity in identities:
        named, numbered = struct.unpack_from("<HH", pe.data, at + 12)
        entries = [struct.unpack_from("<II", pe.data, at + 16 + 8 * i) for i in range(named, named + numbered)]
        at = root + (dict(entries)[identity] & 0x7FFFFFFF)
    rva, size = struct.unpack_from("<II", pe.data, at)
    start = pe.offset(rva)
    return pe.data[start:start + size]


def blocks(data, at, end):
    """The version blocks between two offsets: (key, value's offset, value's length, children's offset, block's end)."""
    while at < end:
        length, value_length, is_text = struct.unpack_from("<HHH", data, at)
        key_end = at + 6
        while data[key_end:key_end + 2] != b"\0\0":
            key_end += 2
        value = (key_end + 2 + 3) & ~3
        children = (value + value_length * (2 if is_text else 1) + 3) & ~3
        yield data[at + 6:key_end].decode("utf-16-le"), value, value_length, children, at + length
        at = (at + length + 3) & ~3


def check_version(pe, version, checks):
    data = resource(pe, RT_VERSION, VS_VERSION_INFO, ENGLISH)
    (key, fixed, _, children, end), = blocks(data, 0, len(data))
    checks.that(key == "VS_VERSION_INFO", f"the version resource is called {key}")

    words = struct.unpack_from("<13I", data, fixed)
    major, minor, patch = (int(number) for number in version.split("."))
    wanted = (major << 16 | minor, patch << 16)
    checks.that(words[0] == FIXED_SIGNATURE, f"the version resource's signature is {words[0]:#x}")
    checks.that(words[2:4] == wanted, f"the file version is {words[2]:#x}, {words[3]:#x}")
    checks.that(words[4:6] == wanted, f"the product version is {words[4]:#x}, {words[5]:#x}")
    checks.that(words[8:10] == (VOS_NT_WINDOWS32, VFT_DLL), f"it is of kind {words[8]:#x}, {words[9]:#x}")

    top = {key: where for key, *where in blocks(data, children, end)}
    _, _, children, end = top["StringFileInfo"]
    (language, _, _, children, end), = blocks(data, children, end)
    checks.that(language == "040904B0", f"the strings' language is {language}")
    seen = {key: data[value:value + 2 * length].decode("utf-16-le").rstrip("\0")
            for key, value, length, _, _ in blocks(data, children, end)}
    checks.same_names({*STRINGS, "FileVersion", "ProductVersion"}, list(seen), "the version resource")
    for key, text in {**STRINGS, "FileVersion": version, "ProductVersion": version}.items():
        checks.that(seen.get(key) == text, f"{key} is {seen.get(key)!r}")

    _, _, children, end = top["VarFileInfo"]
    translation = {key: data[value:value + length] for key, value, length, _, _ in blocks(data, children, end)}
    checks.that(translation == {"Translation": b"\x09\x04\xB0\x04"}, f"the translations are {translation}")


def check_imports(pe, path, checks):
    with open(path, encoding="ascii") as file:
        lines = [line.split("#")[0].split() for line in file]
    listed = {tuple(line) for line in lines if line}
    imports = pe.imports()
    for dll, function in sorted(set(imports) - listed):
        checks.that(False, f"imports {function} from {dll}, which is not in the list")
    return f"{len(imports)} imports, all of them among the {len(listed)} listed"


def main(path, version, list_path):
    with open(path, "rb") as file:
        pe = Pe(file.read())
    checks = Checks()
    check_version(pe, version, checks)
    imports = check_imports(pe, list_path, checks)
    print(f"{path}: " + ("; ".join(["WRONG"] + checks.faults) if checks.faults
                         else f"version {version}; {imports}"))
    return 1 if checks.faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 4 else __doc__)
