# After the zip was written: once more, with its files sorted by name, all of one date, and without the times of this machine.
# CPack takes the files as the file system happens to list them, and notes when it read them.
get_filename_component(folder ${CPACK_TEMPORARY_INSTALL_DIRECTORY} NAME)
get_filename_component(above ${CPACK_TEMPORARY_INSTALL_DIRECTORY} DIRECTORY)
file(GLOB_RECURSE files RELATIVE ${above} ${above}/${folder}/*)
list(SORT files)
file(REMOVE ${CPACK_PACKAGE_FILES})
execute_process(COMMAND touch --date=@$ENV{SOURCE_DATE_EPOCH} ${files}
    WORKING_DIRECTORY ${above} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND zip -X -9 -q ${CPACK_PACKAGE_FILES} ${files}
    WORKING_DIRECTORY ${above} COMMAND_ERROR_IS_FATAL ANY)
