/*
 * A stand-in for Windows' certutil.exe, of which Wine has the name only:  certutil -hashfile FILE SHA256
 *
 * It does what install.cmd asks of it and nothing else: the sum of the file's bytes, from Windows' own cryptography, printed as
 * Windows 7 does, with spaces between the bytes and a line before and after.
 */
#include <windows.h>

#include <wincrypt.h>

#include <stdio.h>
#include <string.h>

static BOOL add_file(HCRYPTHASH hash, FILE *file)
{
    BYTE bytes[4096];
    size_t count;
    while ((count = fread(bytes, 1, sizeof bytes, file)) > 0)
        if (!CryptHashData(hash, bytes, (DWORD)count, 0))
            return FALSE;
    return !ferror(file);
}

int main(int argc, char **argv)
{
    BYTE sum[32];
    DWORD size = sizeof sum;
    HCRYPTPROV provider = 0;
    HCRYPTHASH hash = 0;
    if (argc != 4 || strcmp(argv[1], "-hashfile") != 0 || strcmp(argv[3], "SHA256") != 0)
        return 2;
    FILE *file = fopen(argv[2], "rb");
    if (file == NULL)
        return 1;
    BOOL done = CryptAcquireContext(&provider, NULL, NULL, PROV_RSA_AES, CRYPT_VERIFYCONTEXT) &&
                CryptCreateHash(provider, CALG_SHA_256, 0, 0, &hash) && add_file(hash, file) &&
                CryptGetHashParam(hash, HP_HASHVAL, sum, &size, 0);
    (void)fclose(file);
    if (!done)
        return 1;
    (void)printf("SHA256 hash of file %s:\n", argv[2]);
    for (DWORD i = 0; i < size; i++)
        (void)printf("%s%02x", i == 0 ? "" : " ", sum[i]);
    (void)printf("\nCertUtil: -hashfile command completed successfully.\n");
    return 0;
}
