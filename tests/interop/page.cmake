# Makes C of the page:  cmake -D PAGE=page.html -D HEADER=page_bytes.h -P page.cmake
#
# The header has the page's bytes, and the hashes of its script and its style, by which the server's
# Content-Security-Policy allows these and no others.

# hash_of(RESULT ELEMENT) - "sha256-..." of what the page's only element of that name holds.
function(hash_of result element)
    file(READ ${PAGE} text)
    string(REPLACE "\r\n" "\n" text "${text}") # as browsers do before they look
    string(FIND "${text}" "<${element}>" begin)
    string(FIND "${text}" "</${element}>" end)
    string(LENGTH "<${element}>" tag)
    if(begin EQUAL -1 OR end LESS begin)
        message(FATAL_ERROR "${PAGE} has no <${element}>")
    endif()
    math(EXPR begin "${begin} + ${tag}")
    math(EXPR length "${end} - ${begin}")
    string(SUBSTRING "${text}" ${begin} ${length} text)
    string(SHA256 hash "${text}")

    # 32 bytes as base64: ten times three bytes in four letters, then two bytes in three letters and "=".
    set(alphabet ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
    set(base64 "")
    foreach(first RANGE 0 60 6)
        string(SUBSTRING "${hash}0000" ${first} 6 three)
        foreach(shift IN ITEMS 18 12 6 0)
            math(EXPR index "(0x${three} >> ${shift}) & 63")
            string(SUBSTRING ${alphabet} ${index} 1 letter)
            string(APPEND base64 ${letter})
        endforeach()
    endforeach()
    string(SUBSTRING ${base64} 0 43 base64)
    set(${result} "sha256-${base64}=" PARENT_SCOPE)
endfunction()

hash_of(script_hash script)
hash_of(style_hash style)
file(READ ${PAGE} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REPEAT "0x..," 20 line)
string(REGEX REPLACE "(${line})" "\\1\n" bytes "${bytes}")
file(WRITE ${HEADER} "/* Made of page.html by page.cmake. */
#define PAGE_SCRIPT_HASH \"${script_hash}\"
#define PAGE_STYLE_HASH \"${style_hash}\"
static const unsigned char page_bytes[] = {
${bytes}
};
")
