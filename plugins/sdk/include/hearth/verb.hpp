// Verb: one call of `hearthctl WORD VERB args`, from its arguments to its answer.
#ifndef HEARTH_VERB_HPP
#define HEARTH_VERB_HPP

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "hearth/context.hpp"
#include "hearth/files.hpp"

namespace hearth {

// Ends in exactly one of ok and fail, now or later; dropped without either it fails in words. The caller
// waits for ten minutes at most. Move-only. [loop] but for progress
class Verb {
 public:
  Verb(Context& ctx, VerbCall call, std::uint64_t id, Reply reply)
      : ctx_(&ctx), call_(std::move(call)), id_(id), reply_(std::move(reply)) {}

  const std::string& word() const { return call_.word; }
  const std::string& name() const { return call_.verb; }
  const std::vector<std::string>& args() const { return call_.args; }

  // The file that the caller has named in `args()[index]`, opened with the caller's rights: for the first
  // "files" (plugin.json) arguments that don't begin with '-'. Once for each, until the call is answered. Its
  // path means nothing here.
  Result<File> file(std::size_t index) {
    if (index >= call_.args.size()) return Error{ErrorCode::kInvalid, "a file is missing"};
    return take_file(ctx_->host, id_, static_cast<std::uint32_t>(index));
  }

  // A line that the caller sees at once, beside the answer. Nothing is lost if nobody hears it. [any], while
  // the Verb is there
  void progress(std::string text) const {
    auto send = [ctx = ctx_, id = id_, line = VerbProgress{std::move(text)}] {
      (void)ctx->bus.publish(line, id);
    };
    ctx_->loop.is_current() ? send() : ctx_->loop.post(std::move(send));
  }

  // `text` is for a person; `json` for --json, where it is empty `text` as a JSON string.
  void ok(std::string text = {}, std::string json = {}) {
    reply_.ok(VerbResult{std::move(text), std::move(json)});
  }
  void fail(ErrorCode code, std::string_view words) { reply_.fail(code, words); }
  void fail(const Error& error) { reply_.fail(error.code, error.words); }

  // Id of the call: the cause of what follows from it.
  std::uint64_t cause() const { return id_; }

 private:
  Context* ctx_;
  VerbCall call_;
  std::uint64_t id_;
  Reply reply_;
};

}  // namespace hearth

#endif
