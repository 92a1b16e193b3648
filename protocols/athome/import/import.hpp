// Import: the verb `hearthctl athome import FILE [--dry-run]`.
#ifndef HEARTH_ATHOME_IMPORT_IMPORT_HPP
#define HEARTH_ATHOME_IMPORT_IMPORT_HPP

#include <memory>

#include "../call.hpp"
#include "hearth/verb.hpp"
#include "legacy.hpp"
#include "plan.hpp"

namespace hearth::athome {

// Takes over a database of the original: reads it on a worker, plans, tells, and unless it was only asked
// what would happen has home do it as a whole. One at a time. [loop]
class Import {
 public:
  Import(Context& context, Services& services) : ctx_(context), services_(services) {}

  void run(Verb verb);

 private:
  struct Job;

  void read(const std::shared_ptr<Job>& job);
  void planned(const std::shared_ptr<Job>& job);
  void taken(const std::shared_ptr<Job>& job, const HouseImported& numbers);
  void tell(Job& job);

  Context& ctx_;
  Services& services_;
  Handle waiting_;
  bool busy_ = false;
};

}  // namespace hearth::athome

#endif
