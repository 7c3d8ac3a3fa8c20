/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/crypto.h"

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/log.h"

static struct {
	OSSL_LIB_CTX *lib;
	EVP_MD *md4, *md5;
	EVP_CIPHER *des, *rc4;
	EVP_MAC *hmac;
	EVP_MD_CTX *digest;
	EVP_CIPHER_CTX *cipher;
	EVP_MAC_CTX *mac;
	struct oem *oem;
	bool ready;
} ssl;

static const char *
fetch(void)
{
	char digest[] = "MD5";
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end() };

	ssl.md4 = EVP_MD_fetch(ssl.lib, "MD4", NULL);
	ssl.md5 = EVP_MD_fetch(ssl.lib, "MD5", NULL);
	ssl.des = EVP_CIPHER_fetch(ssl.lib, "DES-ECB", NULL);
	ssl.rc4 = EVP_CIPHER_fetch(ssl.lib, "RC4", NULL);
	ssl.hmac = EVP_MAC_fetch(ssl.lib, "HMAC", NULL);
	if (!ssl.md4 || !ssl.md5 || !ssl.des || !ssl.rc4 || !ssl.hmac)
		return "OpenSSL lacks one of MD4, MD5, DES, RC4, HMAC, which NTLM log-ons need: "
		       "install an OpenSSL 3 built with its legacy algorithms";
	ssl.digest = EVP_MD_CTX_new();
	ssl.cipher = EVP_CIPHER_CTX_new();
	ssl.mac = EVP_MAC_CTX_new(ssl.hmac);
	if (!ssl.digest || !ssl.cipher || !ssl.mac || EVP_MAC_CTX_set_params(ssl.mac, params) != 1)
		return "OpenSSL: out of memory";
	return NULL;
}

/*
 * A library context of its own: what openssl.cnf switches off for others must not lock users out.
 */
const char *
crypto_init(void)
{
	const char *why;

	if (ssl.ready)
		return NULL;
	ssl.lib = OSSL_LIB_CTX_new();
	if (ssl.lib == NULL || OSSL_PROVIDER_load(ssl.lib, "default") == NULL)
		return "OpenSSL's default provider cannot be loaded: is OpenSSL 3 (Debian: libssl3) "
		       "installed whole?";
	if (OSSL_PROVIDER_load(ssl.lib, "legacy") == NULL)
		return "OpenSSL's legacy provider (ossl-modules/legacy.so) cannot be loaded, and NTLM "
		       "log-ons need its MD4, DES and RC4: install the package it is in (Debian: libssl3 "
		       "or openssl-provider-legacy) or point OPENSSL_MODULES at its folder";
	why = fetch();
	if (why != NULL)
		return why;
	ssl.oem = oem_open("CP850");
	if (ssl.oem == NULL)
		return "iconv does not know the code page CP850: install the C library's character "
		       "set modules (Debian: libc-bin, libc6)";
	ssl.ready = true;
	return NULL;
}

static void
must(int ok)
{
	if (ok == 1)
		return;
	log_error("OpenSSL failed at what it was asked before: was logon_crypto_init called?");
	abort();
}

static void
digest(const EVP_MD *md, const struct crypto_part *parts, size_t n, uint8_t out[16])
{
	must(EVP_DigestInit_ex2(ssl.digest, md, NULL));
	for (size_t i = 0; i < n; i++)
		must(EVP_DigestUpdate(ssl.digest, parts[i].p, parts[i].n));
	must(EVP_DigestFinal_ex(ssl.digest, out, NULL));
}

void
crypto_md4(const void *p, size_t n, uint8_t out[16])
{
	digest(ssl.md4, &(struct crypto_part){ p, n }, 1, out);
}

void
crypto_md5(const struct crypto_part *parts, size_t n, uint8_t out[16])
{
	digest(ssl.md5, parts, n, out);
}

void
crypto_hmac_md5(const uint8_t key[16], const struct crypto_part *parts, size_t n, uint8_t out[16])
{
	size_t len;

	must(EVP_MAC_init(ssl.mac, key, 16, NULL));
	for (size_t i = 0; i < n; i++)
		must(EVP_MAC_update(ssl.mac, parts[i].p, parts[i].n));
	must(EVP_MAC_final(ssl.mac, out, &len, 16));
}

void
crypto_rc4(const uint8_t key[16], const uint8_t *in, size_t n, uint8_t *out)
{
	int len;

	must(EVP_EncryptInit_ex2(ssl.cipher, ssl.rc4, key, NULL, NULL));
	must(EVP_EncryptUpdate(ssl.cipher, out, &len, in, (int)n));
}

struct crypto_stream {
	EVP_CIPHER_CTX *cipher;
};

struct crypto_stream *
crypto_stream_new(const uint8_t key[16])
{
	struct crypto_stream *s = xcalloc(1, sizeof(*s));

	s->cipher = EVP_CIPHER_CTX_new();
	must(s->cipher != NULL);
	must(EVP_EncryptInit_ex2(s->cipher, ssl.rc4, key, NULL, NULL));
	return s;
}

void
crypto_stream_run(struct crypto_stream *s, const uint8_t *in, size_t n, uint8_t *out)
{
	int len;

	must(EVP_EncryptUpdate(s->cipher, out, &len, in, (int)n));
}

void
crypto_stream_free(struct crypto_stream **s)
{
	EVP_CIPHER_CTX_free((*s)->cipher);
	free(*s);
	*s = NULL;
}

void
crypto_des(const uint8_t key[7], const uint8_t in[8], uint8_t out[8])
{
	uint64_t bits = 0;
	uint8_t wide[8];
	int len;

	for (int i = 0; i < 7; i++)
		bits = bits << 8 | key[i];
	for (int i = 0; i < 8; i++)
		wide[i] = (uint8_t)((bits >> (49 - 7 * i) & 0x7F) << 1);
	must(EVP_EncryptInit_ex2(ssl.cipher, ssl.des, wide, NULL, NULL));
	must(EVP_CIPHER_CTX_set_padding(ssl.cipher, 0));
	must(EVP_EncryptUpdate(ssl.cipher, out, &len, in, 8));
	OPENSSL_cleanse(wide, sizeof(wide));
}

bool
crypto_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

void
crypto_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}

struct oem *
crypto_oem(void)
{
	return ssl.oem;
}
