"""Print what is in a release, as a CycloneDX document:  contents.py VERSION COMMIT FOLDER CMOCKA

FOLDER holds the files of the release, CMOCKA is the folder with the source of Debian's cmocka. The same release gives the same
document: its time is SOURCE_DATE_EPOCH, its number is made of the version and the commit.
"""

import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import time
import uuid
import zipfile

OURS = [{"license": {"id": "MIT"}}]


def file_of(name, content, ref, inside=()):
    component = {
        "type": "file",
        "bom-ref": ref,
        "name": name,
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}],
        "licenses": OURS,
    }
    if inside:
        component["components"] = list(inside)
    return component


def members(name, content):
    """The files inside of an archive, as pairs of name and content."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [(entry, archive.read(entry)) for entry in sorted(archive.namelist()) if not entry.endswith("/")]
    if name.endswith(".deb"):
        content = subprocess.run(["dpkg-deb", "--fsys-tarfile", "/dev/stdin"], input=content, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            files = sorted((entry.name.removeprefix("./"), entry) for entry in archive.getmembers() if entry.isfile())
            return [(entry, archive.extractfile(file).read()) for entry, file in files]
    return []  # the source is what the commit says


def package_version(name):
    query = ["dpkg-query", "--show", "--showformat", "${source:Version}", name]
    return subprocess.run(query, check=True, capture_output=True, text=True).stdout


def libraries(cmocka):
    """What others wrote of which some is linked into the programs: (component, pattern of the files that hold it)."""
    with open(cmocka / "debian" / "changelog", encoding="utf-8") as changelog:
        cmocka_version = re.match(r"cmocka \((.*?)\)", changelog.readline()).group(1)
    runtime = [{"expression": "GPL-3.0-or-later WITH GCC-exception-3.1"}]
    return [
        (library("cmocka", cmocka_version, [{"license": {"id": "Apache-2.0"}}]), r"api_tests\.exe$"),
        (library("mingw-w64", package_version("mingw-w64-x86-64-dev"), [{"license": {"id": "ZPL-2.1"}}]), r"\.(exe|dll)$"),
        (library("gcc-mingw-w64", package_version("gcc-mingw-w64-x86-64-win32"), runtime), r"\.(exe|dll)$"),
    ]


def library(name, version, licenses):
    return {
        "type": "library",
        "bom-ref": name,
        "name": name,
        "version": version,
        "licenses": licenses,
        "purl": f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}?arch=source",
    }


def main():
    version, commit, folder, cmocka = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])
    files = []
    refs = []
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        inside = [file_of(name, data, f"{path.name}/{name}") for name, data in members(path.name, content)]
        refs += [entry["bom-ref"] for entry in inside]
        files.append(file_of(path.name, content, path.name, inside))
    linked = libraries(cmocka)
    dependencies = [{"ref": ref, "dependsOn": [part["bom-ref"] for part, pattern in linked if re.search(pattern, ref)]}
                    for ref in refs]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, f"websocket.dll {version} {commit}").urn,
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))),
            "component": {
                "type": "library",
                "bom-ref": "websocket.dll",
                "name": "websocket.dll",
                "version": version,
                "licenses": OURS,
                "properties": [{"name": "commit", "value": commit}],
            },
        },
        "components": files + [part for part, _ in linked],
        "dependencies": [entry for entry in dependencies if entry["dependsOn"]],
    }
    json.dump(document, sys.stdout, indent=2)
    print()


main()
