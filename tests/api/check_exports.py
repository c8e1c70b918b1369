"""Read built files as a loader or a linker would, and compare them with what the specification demands.

usage: check_exports.py [--hardened | --machine x86|x64|arm64] FILE...

libwebsocket.so      exports the 13 functions and nothing else, and needs nothing but libc; has no executable stack, and
                     nothing to write where addresses are looked up. Hardened, it also has canaries and checked copies
                     (which musl, in libc.so, does not have), and on x86 landing pads at its entries and the mark that
                     lets a program keep its shadow stack
websocket.dll        exports the 13 names with their ordinals and nothing else; imports only what every Windows has;
                     may be loaded anywhere, has no executable data, carries no build time, is small; on x86 it has no
                     exception handlers
libwebsocket.dll.a   offers the 13 functions under the names that a compiler gives them (_Name@bytes on x86)
websocket.lib        the same, in short import members that ask the DLL for the undecorated names

Those of Windows are for the machine that is named. Prints one line a file; says what is wrong and exits with 1 if
anything is.
"""

import argparse
import struct
import sys

# name: (ordinal, bytes of arguments on x86), from the table in the specification's section 1.1
FUNCTIONS = {
    "WebSocketAbortHandle": (1, 4),
    "WebSocketBeginClientHandshake": (2, 36),
    "WebSocketBeginServerHandshake": (3, 32),
    "WebSocketCompleteAction": (4, 12),
    "WebSocketCreateClientHandle": (5, 12),
    "WebSocketCreateServerHandle": (6, 12),
    "WebSocketDeleteHandle": (7, 4),
    "WebSocketEndClientHandshake": (8, 24),
    "WebSocketEndServerHandshake": (9, 4),
    "WebSocketGetAction": (10, 32),
    "WebSocketGetGlobalProperty": (11, 12),
    "WebSocketReceive": (12, 12),
    "WebSocketSend": (13, 16),
}

LARGEST_DLL = 128 * 1024
SYSTEM_DLLS = {"kernel32.dll", "advapi32.dll"}
C_RUNTIME, C_RUNTIME_ON_ARM = "msvcrt.dll", "api-ms-win-crt-" # the latter has a DLL for each of its headers
ALLOWED_SHARED_OBJECTS = {"libc.so.6", "ld-linux.so.2", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "ld64.so.1",
                          "ld-linux-riscv64-lp64d.so.1", "ld-linux-armhf.so.3", "libc.so"}

# DllCharacteristics, and in the file header's Characteristics
HIGH_ENTROPY_VA, DYNAMIC_BASE, NX_COMPAT, NO_SEH = 0x20, 0x40, 0x100, 0x400
RELOCS_STRIPPED, LARGE_ADDRESS_AWARE, DLL = 0x1, 0x20, 0x2000
MACHINE_X86, MACHINE_X64, MACHINE_ARM64 = 0x14C, 0x8664, 0xAA64
MACHINES = {"x86": MACHINE_X86, "x64": MACHINE_X64, "arm64": MACHINE_ARM64}
OLDEST_SYSTEM = {MACHINE_X86: (6, 1), MACHINE_X64: (6, 1), MACHINE_ARM64: (10, 0)}

# Of an ELF file: machines, a symbol that only its own file sees (a section, on Arm), segments, a tag of the dynamic section
# with its flag, a note's type, its property with its flag
ELF_X86, ELF_X64 = 3, 62
LOCAL = 0
LOAD, STACK, RELRO, PROPERTIES = 1, 0x6474E551, 0x6474E552, 0x6474E553
FLAGS_1, NOW = 0x6FFFFFFB, 0x1
PROPERTY_NOTE, X86_FEATURES, SHADOW_STACK = 5, 0xC0000002, 0x2
LANDING_PAD = {ELF_X86: b"\xF3\x0F\x1E\xFB", ELF_X64: b"\xF3\x0F\x1E\xFA"}

# Short import members: how the name that is looked up in the DLL follows from the symbol
AS_IT_IS, UNDECORATED = 1, 3


class Checks:
    """Collects what is wrong with one file."""

    def __init__(self):
        self.faults = []

    def that(self, good, fault):
        if not good:
            self.faults.append(fault)

    def same_names(self, wanted, seen, what):
        for name in sorted(set(wanted) - set(seen)):
            self.faults.append(f"{what} lacks {name}")
        for name in sorted(set(seen) - set(wanted)):
            self.faults.append(f"{what} has {name} too")
        self.that(len(seen) == len(set(seen)), f"{what} has a name twice")


def text_at(data, offset):
    return data[offset:data.index(b"\0", offset)].decode("ascii")


class Pe:
    """The parts of a PE file that are needed here; addresses in it are relative to the image's base (RVA)."""

    def __init__(self, data):
        self.data = data
        header = self.u32(0x3C)
        if data[header:header + 4] != b"PE\0\0":
            raise ValueError("not a PE file")
        self.machine, sections, self.time = struct.unpack_from("<HHI", data, header + 4)
        optional_size, self.characteristics = struct.unpack_from("<HH", data, header + 20)
        optional = header + 24
        self.is_64 = self.u16(optional) == 0x20B
        self.system_version = struct.unpack_from("<HH", data, optional + 48)
        self.dll_characteristics = self.u16(optional + 70)
        directories = optional + (112 if self.is_64 else 96)
        self.directories = [struct.unpack_from("<II", data, directories + 8 * i) for i in range(16)]
        self.sections = []
        for i in range(sections):
            at = optional + optional_size + 40 * i
            size, address, raw_size, raw = struct.unpack_from("<IIII", data, at + 8)
            self.sections.append((address, max(size, raw_size), raw, self.u32(at + 36)))

    def u16(self, offset):
        return struct.unpack_from("<H", self.data, offset)[0]

    def u32(self, offset):
        return struct.unpack_from("<I", self.data, offset)[0]

    def offset(self, rva):
        for address, size, raw, _ in self.sections:
            if address <= rva < address + size:
                return rva - address + raw
        raise ValueError(f"no section has the address {rva:#x}")

    def exports(self):
        """(the DLL's own name, time, {name: ordinal}, the addresses of all ordinals in use)"""
        at = self.offset(self.directories[0][0])
        time, = struct.unpack_from("<I", self.data, at + 4)
        own_name, base, functions, names, table, name_table, ordinal_table = struct.unpack_from(
            "<IIIIIII", self.data, at + 12)
        addresses = [self.u32(self.offset(table) + 4 * i) for i in range(functions)]
        exported = {}
        for i in range(names):
            name = text_at(self.data, self.offset(self.u32(self.offset(name_table) + 4 * i)))
            exported[name] = base + self.u16(self.offset(ordinal_table) + 2 * i)
        return text_at(self.data, self.offset(own_name)), time, exported, [address for address in addresses if address != 0]

    def is_code(self, rva):
        return any(flags & 0x20000000 and address <= rva < address + size
                   for address, size, _, flags in self.sections)

    def imports(self):
        """[(DLL in lower case, function or "#ordinal")]"""
        found = []
        at = self.offset(self.directories[1][0])
        step, by_ordinal = (8, 1 << 63) if self.is_64 else (4, 1 << 31)
        while self.u32(at + 12) != 0:
            dll = text_at(self.data, self.offset(self.u32(at + 12))).lower()
            thunk = self.offset(self.u32(at) or self.u32(at + 16))
            while entry := int.from_bytes(self.data[thunk:thunk + step], "little"):
                found.append((dll, f"#{entry & 0xFFFF}" if entry & by_ordinal
                              else text_at(self.data, self.offset(entry) + 2)))
                thunk += step
            at += 20
        return found

    def strange_imports(self):
        """Those that are not of the system's two DLLs and not of the C runtime that every Windows for this machine has."""
        runtime = C_RUNTIME_ON_ARM if self.machine == MACHINE_ARM64 else C_RUNTIME
        return [(dll, function) for dll, function in self.imports()
                if dll not in SYSTEM_DLLS and not dll.startswith(runtime)]


def check_dll(data, checks, machine):
    pe = Pe(data)
    own_name, export_time, exports, addresses = pe.exports()
    checks.that(own_name == "websocket.dll", f"calls itself {own_name}")
    checks.same_names(FUNCTIONS, list(exports), "the export table")
    for name, (ordinal, _) in FUNCTIONS.items():
        checks.that(exports.get(name) == ordinal, f"{name} has ordinal {exports.get(name)}, not {ordinal}")
    checks.that(len(addresses) == len(FUNCTIONS), f"{len(addresses)} ordinals are in use")
    checks.that(len(set(addresses)) == len(addresses), "two ordinals have the same address")
    checks.that(all(pe.is_code(address) for address in addresses), "exports addresses that are not code")

    imports = pe.imports()
    for dll, function in pe.strange_imports():
        checks.that(False, f"imports {function} from {dll}")
    checks.that(pe.directories[13] == (0, 0), "loads DLLs later (delay import)")

    checks.that(pe.machine == machine, f"is for machine {pe.machine:#x}")
    checks.that(pe.characteristics & DLL, "is not marked as a DLL")
    checks.that(pe.dll_characteristics & DYNAMIC_BASE, "is not marked for ASLR")
    checks.that(not pe.characteristics & RELOCS_STRIPPED and pe.directories[5][1] > 0, "cannot be relocated")
    checks.that(pe.dll_characteristics & NX_COMPAT, "is not marked for DEP")
    if not pe.is_64:
        checks.that(pe.dll_characteristics & NO_SEH, "is not marked as without exception handlers")
    if pe.is_64:
        checks.that(pe.dll_characteristics & HIGH_ENTROPY_VA, "is not marked for high-entropy addresses")
        checks.that(pe.characteristics & LARGE_ADDRESS_AWARE, "is not marked for large addresses")
    for address, _, _, flags in pe.sections:
        checks.that(flags & 0xA0000000 != 0xA0000000, f"section at {address:#x} is writable and executable")
    checks.that(pe.system_version == OLDEST_SYSTEM.get(machine), f"asks for Windows {pe.system_version}")
    checks.that(len(data) <= LARGEST_DLL, f"has {len(data)} bytes")
    checks.that(pe.time == 0 and export_time == 0, f"carries a build time ({pe.time:#x}, {export_time:#x})")
    return (f"{len(data)} bytes; {len(exports)} exports; "
            f"imports {len(imports)} functions of {', '.join(sorted({dll for dll, _ in imports}))}")


def import_members(data):
    """(machines, {symbol: kind of name}) of an archive's members; the names of short ones, which begin with 0, 0xFFFF."""
    machines, found = set(), {}
    at = 8
    while at < len(data):
        size = int(data[at + 48:at + 58])
        first, second, _, machine = struct.unpack_from("<4H", data, at + 60)
        if (first, second) == (0, 0xFFFF):
            machines.add(machine)
            kind, = struct.unpack_from("<H", data, at + 60 + 18)
            found[text_at(data, at + 60 + 20)] = kind >> 2 & 7
        elif data[at:at + 16].rstrip() not in (b"/", b"//"): # the lists of names
            machines.add(first)
        at += 60 + size + size % 2
    return machines, found


def check_import_library(data, checks, machine, short):
    """The archive's first member, "/", lists every symbol: a count, that many offsets, then the names."""
    size = int(data[8 + 48:8 + 58])
    table = data[8 + 60:8 + 60 + size]
    count, = struct.unpack_from(">I", table)
    symbols = [name.decode("ascii") for name in table[4 + 4 * count:].split(b"\0")[:count]]
    machines, members = import_members(data)
    checks.that(machines == {machine}, f"is for machines {', '.join(f'{other:#x}' for other in sorted(machines))}")
    if machine == MACHINE_X86:
        wanted = {f"_{name}@{size}" for name, (_, size) in FUNCTIONS.items()}
    else:
        wanted = set(FUNCTIONS)
    seen = [name for name in symbols if "WebSocket" in name]
    checks.same_names(wanted | {"__imp_" + name for name in wanted}, seen, "the import library")
    checks.that(b"websocket.dll\0" in data, "does not name websocket.dll")
    if short:
        checks.same_names(wanted, list(members), "the import library's short members")
        kind = UNDECORATED if machine == MACHINE_X86 else AS_IT_IS
        checks.that(set(members.values()) == {kind}, f"looks up names of the kinds {set(members.values())}")
    return f"{len(wanted)} functions, such as {sorted(wanted)[-1]}"


class Elf:
    """The dynamic section and the dynamic symbols of an ELF file, which says itself in which order its bytes are."""

    def __init__(self, data):
        self.data = data
        self.is_64 = data[4] == 2
        self.order = ">" if data[5] == 2 else "<"
        self.machine, = self.unpack("H", 0x12)
        start, entry_size, count = ((0x28, 0x3A, 0x3C) if self.is_64 else (0x20, 0x2E, 0x30))
        start = self.unpack("Q" if self.is_64 else "I", start)[0]
        entry_size, = self.unpack("H", entry_size)
        count, = self.unpack("H", count)
        # (type, offset, size, index of the string table)
        self.sections = []
        for i in range(count):
            at = start + i * entry_size
            self.sections.append(self.unpack("4xI8x8xQQI" if self.is_64 else "4xI4x4xIII", at))
        headers, size, count = ((0x20, 0x36, 0x38) if self.is_64 else (0x1C, 0x2A, 0x2C))
        headers = self.unpack("Q" if self.is_64 else "I", headers)[0]
        size, = self.unpack("H", size)
        count, = self.unpack("H", count)
        # (type, flags, offset, address, size)
        self.segments = []
        for i in range(count):
            at = headers + i * size
            if self.is_64:
                kind, flags, offset, address, _, length = self.unpack("IIQQQQ", at)
            else:
                kind, offset, address, _, length, _, flags = self.unpack("7I", at)
            self.segments.append((kind, flags, offset, address, length))

    def unpack(self, layout, offset):
        return struct.unpack_from(self.order + layout, self.data, offset)

    def segment(self, wanted):
        """(flags, bytes) of the first segment of a type, or None."""
        for kind, flags, offset, _, length in self.segments:
            if kind == wanted:
                return flags, self.data[offset:offset + length]
        return None

    def bytes_at(self, wanted, count):
        """What is loaded to an address."""
        for kind, _, offset, address, length in self.segments:
            if kind == LOAD and address <= wanted < address + length:
                return self.data[offset + wanted - address:offset + wanted - address + count]
        raise ValueError(f"nothing is loaded to {wanted:#x}")

    def rows(self, section_type, layout):
        for kind, offset, size, strings in self.sections:
            if kind == section_type:
                text = self.sections[strings][1]
                for at in range(offset, offset + size, struct.calcsize(self.order + layout)):
                    yield text, self.unpack(layout, at)

    def symbols(self):
        """(exports, imports): the defined dynamic symbols with their addresses, and the undefined ones' names."""
        layout, index, value, info = ("IBBHQQ", 3, 4, 1) if self.is_64 else ("IIIBBH", 5, 1, 3)
        exports, imports = [], []
        for text, row in self.rows(11, layout):
            name = text_at(self.data, text + row[0])
            if row[index] == 0:
                imports.append(name)
            elif row[info] >> 4 != LOCAL:
                exports.append((name, row[value]))
        return exports, imports

    def dynamic(self):
        return list(self.rows(6, "QQ" if self.is_64 else "II"))

    def needed(self):
        return [text_at(self.data, text + value) for text, (tag, value) in self.dynamic() if tag == 1]

    def flags_1(self):
        return sum(value for _, (tag, value) in self.dynamic() if tag == FLAGS_1)

    def x86_features(self):
        """Of the property note: a name's size, the size of all, a type, "GNU"; then a type, a size and a number."""
        found = self.segment(PROPERTIES)
        if found is None:
            return 0
        _, size, kind, _, first, _, features = struct.unpack_from("<III4sIII", found[1])
        return features if kind == PROPERTY_NOTE and size >= 12 and first == X86_FEATURES else 0


def check_shared_object(data, checks, hardened):
    elf = Elf(data)
    (exports, imports), needed = elf.symbols(), elf.needed()
    checks.same_names(FUNCTIONS, [name for name, _ in exports], "the dynamic symbol table")
    for name in sorted(set(needed) - ALLOWED_SHARED_OBJECTS):
        checks.that("asan" in name or "ubsan" in name or name.startswith("libgcc"), f"needs {name}")
    stack = elf.segment(STACK)
    checks.that(stack is not None and not stack[0] & 1, "has an executable stack")
    checks.that(elf.segment(RELRO), "leaves its relocated data writable")
    if hardened:
        checks.that(elf.flags_1() & NOW, "looks addresses up when they are first needed")
        checks.that("__stack_chk_fail" in imports, "has no canaries on its stack")
        checks.that("libc.so" in needed or any(name.endswith("_chk") for name in imports), "has no checked copies")
    if hardened and elf.machine in LANDING_PAD:
        checks.that(elf.x86_features() & SHADOW_STACK, "is not marked as fit for a shadow stack")
        entries = [(name, address) for name, address in exports if name in FUNCTIONS]
        bare = [name for name, address in entries if elf.bytes_at(address, 4) != LANDING_PAD[elf.machine]]
        checks.that(not bare, f"has no landing pads at {', '.join(bare)}")
    return f"{len(exports)} exports; needs {', '.join(needed)}"


def check(path, hardened, machine):
    with open(path, "rb") as file:
        data = file.read()
    checks = Checks()
    if data.startswith(b"MZ"):
        summary = check_dll(data, checks, machine)
    elif data.startswith(b"!<arch>\n"):
        summary = check_import_library(data, checks, machine, path.endswith(".lib"))
    elif data.startswith(b"\x7fELF"):
        summary = check_shared_object(data, checks, hardened)
    else:
        raise ValueError(f"{path}: not a kind of file that is known here")
    print(f"{path}: {'; '.join(['WRONG'] + checks.faults) if checks.faults else summary}")
    return not checks.faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hardened", action="store_true")
    parser.add_argument("--machine", choices=MACHINES)
    parser.add_argument("paths", nargs="+")
    given = parser.parse_args()
    good = [check(path, given.hardened, MACHINES.get(given.machine)) for path in given.paths]
    sys.exit(0 if all(good) else 1)
