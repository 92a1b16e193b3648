// Filling the table.
#include "openssl.hpp"

#include <dlfcn.h>
#include <openssl/opensslv.h>

#include <string>

#include "hearth/log.hpp"

namespace hearth::net::tls {

namespace {

// Finds functions until one is missing.
class Symbols {
 public:
  bool open(const std::string& library) {
    // Never closed: OpenSSL pins itself.
    library_ = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library_) missing_ = library;
    return library_ != nullptr;
  }
  template <class Function>
  void find(const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    if (!function && missing_.empty()) missing_ = name;
  }
  const std::string& missing() const { return missing_; }

 private:
  void* library_ = nullptr;
  std::string missing_;
};

void find_contexts(Symbols& from, OpenSsl& to) {
  from.find("TLS_method", to.tls_method);
  from.find("SSL_CTX_new", to.ctx_new);
  from.find("SSL_CTX_free", to.ctx_free);
  from.find("SSL_CTX_ctrl", to.ctx_ctrl);
  from.find("SSL_CTX_set_options", to.ctx_set_options);
  from.find("SSL_CTX_set_verify", to.ctx_set_verify);
  from.find("SSL_CTX_set_default_passwd_cb", to.ctx_set_default_passwd_cb);
  from.find("SSL_CTX_use_certificate_chain_file", to.ctx_use_certificate_chain_file);
  from.find("SSL_CTX_use_PrivateKey_file", to.ctx_use_private_key_file);
  from.find("SSL_CTX_check_private_key", to.ctx_check_private_key);
  from.find("SSL_CTX_load_verify_file", to.ctx_load_verify_file);
  from.find("SSL_CTX_set_default_verify_paths", to.ctx_set_default_verify_paths);
  from.find("SSL_CTX_set_session_id_context", to.ctx_set_session_id_context);
  from.find("SSL_load_client_CA_file", to.load_client_ca_file);
  from.find("SSL_CTX_set_client_CA_list", to.ctx_set_client_ca_list);
}

void find_connections(Symbols& from, OpenSsl& to) {
  from.find("SSL_new", to.ssl_new);
  from.find("SSL_free", to.ssl_free);
  from.find("SSL_ctrl", to.ssl_ctrl);
  from.find("SSL_set_bio", to.set_bio);
  from.find("SSL_set_accept_state", to.set_accept_state);
  from.find("SSL_set_connect_state", to.set_connect_state);
  from.find("SSL_set1_host", to.set1_host);
  from.find("SSL_get0_param", to.get0_param);
  from.find("SSL_read", to.read);
  from.find("SSL_write", to.write);
  from.find("SSL_pending", to.pending);
  from.find("SSL_shutdown", to.shutdown);
  from.find("SSL_get_error", to.get_error);
  from.find("SSL_is_init_finished", to.is_init_finished);
  from.find("SSL_get_verify_result", to.get_verify_result);
}

void find_crypto(Symbols& from, OpenSsl& to) {
  from.find("BIO_meth_new", to.bio_meth_new);
  from.find("BIO_meth_free", to.bio_meth_free);
  from.find("BIO_meth_set_write", to.bio_meth_set_write);
  from.find("BIO_meth_set_read", to.bio_meth_set_read);
  from.find("BIO_meth_set_ctrl", to.bio_meth_set_ctrl);
  from.find("BIO_new", to.bio_new);
  from.find("BIO_set_data", to.bio_set_data);
  from.find("BIO_get_data", to.bio_get_data);
  from.find("BIO_set_init", to.bio_set_init);
  from.find("BIO_set_flags", to.bio_set_flags);
  from.find("BIO_clear_flags", to.bio_clear_flags);
  from.find("X509_VERIFY_PARAM_set1_ip_asc", to.param_set1_ip_asc);
  from.find("X509_verify_cert_error_string", to.verify_cert_error_string);
  from.find("ERR_clear_error", to.clear_error);
  from.find("ERR_peek_error", to.peek_error);
  from.find("ERR_reason_error_string", to.reason_error_string);
}

}  // namespace

Result<std::shared_ptr<const OpenSsl>> OpenSsl::load() {
  const auto version = std::to_string(OPENSSL_SHLIB_VERSION);
  auto table = std::make_shared<OpenSsl>();
  Symbols symbols;
  if (symbols.open("libssl.so." + version)) {
    find_contexts(symbols, *table);
    find_connections(symbols, *table);
    if (symbols.open("libcrypto.so." + version)) find_crypto(symbols, *table);
  }
  if (!symbols.missing().empty())
    return Error{ErrorCode::kFailed,
                 concat("TLS needs OpenSSL ", version, ": ", symbols.missing(), " is not there")};
  return std::shared_ptr<const OpenSsl>(std::move(table));
}

const char* OpenSsl::reason() const {
  const char* words = reason_error_string(peek_error());
  return words ? words : "an unknown error";
}

}  // namespace hearth::net::tls
