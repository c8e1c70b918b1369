# Before the zip is written: the SHA-256 sums of all its files.
set(folder ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
file(GLOB_RECURSE files RELATIVE ${folder} ${folder}/*)
list(SORT files)
foreach(name IN LISTS files)
    file(SHA256 ${folder}/${name} sum)
    file(APPEND ${folder}/SHA256SUMS "${sum}  ${name}\n")
endforeach()
