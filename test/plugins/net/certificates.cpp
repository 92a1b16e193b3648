// The few calls that make a certificate.
#include "certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <stdexcept>

namespace hearth::test {

namespace {

constexpr long kDay = 24 * 60 * 60;

template <class Write>
void to_file(const std::string& path, Write write) {
  auto* file = std::fopen(path.c_str(), "w");
  if (!file) throw std::runtime_error("cannot write " + path);
  write(file);
  std::fclose(file);
}

void extend(X509* certificate, int nid, const std::string& value) {
  auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  if (!extension) throw std::runtime_error("no extension " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void set_name(X509_NAME* name, const char* text) {
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(text), -1, -1,
                             0);
}

}  // namespace

struct Authority::Pair {
  explicit Pair(const char* name, int days) : key(EVP_EC_gen("P-256")), certificate(X509_new()) {
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -2 * kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate), days * kDay);
    X509_set_pubkey(certificate, key);
    set_name(X509_get_subject_name(certificate), name);
  }
  Pair(const Pair&) = delete;
  ~Pair() {
    EVP_PKEY_free(key);
    X509_free(certificate);
  }
  EVP_PKEY* key;
  X509* certificate;
};

Authority::Authority() {
  std::string folder = std::filesystem::temp_directory_path() / "hearth-tls-XXXXXX";
  if (!::mkdtemp(folder.data())) throw std::runtime_error("no folder for certificates");
  folder_ = folder;
  own_ = std::make_unique<Pair>("an authority", 1);
  X509_set_issuer_name(own_->certificate, X509_get_subject_name(own_->certificate));
  extend(own_->certificate, NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(own_->certificate, own_->key, EVP_sha256());
  to_file(certificate(), [this](FILE* file) { PEM_write_X509(file, own_->certificate); });
}

Authority::~Authority() { std::filesystem::remove_all(folder_); }

Signed Authority::sign(const std::string& file, const std::string& names, int days,
                       const std::string& passphrase) {
  const Pair pair("somebody", days);
  X509_set_issuer_name(pair.certificate, X509_get_subject_name(own_->certificate));
  extend(pair.certificate, NID_subject_alt_name, names);
  X509_sign(pair.certificate, own_->key, EVP_sha256());
  Signed made{path(file + ".pem"), path(file + ".key")};
  to_file(made.certificate, [&](FILE* to) { PEM_write_X509(to, pair.certificate); });
  to_file(made.key, [&](FILE* to) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(passphrase.data());
    PEM_write_PrivateKey(to, pair.key, passphrase.empty() ? nullptr : EVP_aes_128_cbc(), bytes,
                         static_cast<int>(passphrase.size()), nullptr, nullptr);
  });
  return made;
}

}  // namespace hearth::test
