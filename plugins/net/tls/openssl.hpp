// OpenSsl: the functions of OpenSSL that are used here, found when they are needed.
#ifndef HEARTH_NET_TLS_OPENSSL_HPP
#define HEARTH_NET_TLS_OPENSSL_HPP

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <memory>

#include "hearth/status.hpp"

namespace hearth::net::tls {

// A plugin that links libssl maps it and libcrypto and has them relocated at its start, secure or not: 2 MB
// of a process of 5. So nothing links them; this table is filled by name. The names are those of OpenSSL,
// which keeps them and their types stable within a major version; the headers are of the same.
struct OpenSsl {
  decltype(&::TLS_method) tls_method;
  decltype(&::SSL_CTX_new) ctx_new;
  decltype(&::SSL_CTX_free) ctx_free;
  decltype(&::SSL_CTX_ctrl) ctx_ctrl;
  decltype(&::SSL_CTX_set_options) ctx_set_options;
  decltype(&::SSL_CTX_set_verify) ctx_set_verify;
  decltype(&::SSL_CTX_set_default_passwd_cb) ctx_set_default_passwd_cb;
  decltype(&::SSL_CTX_use_certificate_chain_file) ctx_use_certificate_chain_file;
  decltype(&::SSL_CTX_use_PrivateKey_file) ctx_use_private_key_file;
  decltype(&::SSL_CTX_check_private_key) ctx_check_private_key;
  decltype(&::SSL_CTX_load_verify_file) ctx_load_verify_file;
  decltype(&::SSL_CTX_set_default_verify_paths) ctx_set_default_verify_paths;
  decltype(&::SSL_CTX_set_session_id_context) ctx_set_session_id_context;
  decltype(&::SSL_load_client_CA_file) load_client_ca_file;
  decltype(&::SSL_CTX_set_client_CA_list) ctx_set_client_ca_list;
  decltype(&::SSL_new) ssl_new;
  decltype(&::SSL_free) ssl_free;
  decltype(&::SSL_ctrl) ssl_ctrl;
  decltype(&::SSL_set_bio) set_bio;
  decltype(&::SSL_set_accept_state) set_accept_state;
  decltype(&::SSL_set_connect_state) set_connect_state;
  decltype(&::SSL_set1_host) set1_host;
  decltype(&::SSL_get0_param) get0_param;
  decltype(&::SSL_read) read;
  decltype(&::SSL_write) write;
  decltype(&::SSL_pending) pending;
  decltype(&::SSL_shutdown) shutdown;
  decltype(&::SSL_get_error) get_error;
  decltype(&::SSL_is_init_finished) is_init_finished;
  decltype(&::SSL_get_verify_result) get_verify_result;

  decltype(&::BIO_meth_new) bio_meth_new;
  decltype(&::BIO_meth_free) bio_meth_free;
  decltype(&::BIO_meth_set_write) bio_meth_set_write;
  decltype(&::BIO_meth_set_read) bio_meth_set_read;
  decltype(&::BIO_meth_set_ctrl) bio_meth_set_ctrl;
  decltype(&::BIO_new) bio_new;
  decltype(&::BIO_set_data) bio_set_data;
  decltype(&::BIO_get_data) bio_get_data;
  decltype(&::BIO_set_init) bio_set_init;
  decltype(&::BIO_set_flags) bio_set_flags;
  decltype(&::BIO_clear_flags) bio_clear_flags;
  decltype(&::X509_VERIFY_PARAM_set1_ip_asc) param_set1_ip_asc;
  decltype(&::X509_verify_cert_error_string) verify_cert_error_string;
  decltype(&::ERR_clear_error) clear_error;
  decltype(&::ERR_peek_error) peek_error;
  decltype(&::ERR_reason_error_string) reason_error_string;

  // kFailed if it isn't installed, or isn't the one that this was built for.
  static Result<std::shared_ptr<const OpenSsl>> load();

  // The oldest error of this thread, in words.
  const char* reason() const;
};

}  // namespace hearth::net::tls

#endif
