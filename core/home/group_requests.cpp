// Requests about groups.
#include "core/home/home.hpp"

namespace hearth::core {

bool Home::group_requested(const Message& message, const Answer& answer) {
  const auto id = message.id;
  if (message.type == kType<GroupWanted>)
    return with<GroupWanted>(message, answer, [&](const GroupWanted& wanted) {
      put_group(wanted, result_for<GroupDefined>(id, answer));
    });
  if (message.type == kType<GroupMember>)
    return with<GroupMember>(message, answer, [&](const GroupMember& wanted) {
      put_member(wanted, result_for<GroupDefined>(id, answer));
    });
  if (message.type == kType<GroupUnwanted>)
    return with<GroupUnwanted>(message, answer, [&](const GroupUnwanted& unwanted) {
      remove_group(unwanted.number, status_for(id, answer));
    });
  return false;
}

void Home::put_group(const GroupWanted& wanted, std::function<void(Result<GroupDefined>)> done) {
  keep_changed(groups_.put(wanted), std::move(done));
}

void Home::put_member(const GroupMember& wanted, std::function<void(Result<GroupDefined>)> done) {
  keep_changed(groups_.put(wanted), std::move(done));
}

void Home::keep_changed(const Result<const Group*>& group, std::function<void(Result<GroupDefined>)> done) {
  if (!group.ok()) return done(group.error());
  tell(**group);
  keep(**group, [fact = groups_.fact(**group), done = std::move(done)](const Status& status) {
    status.ok() ? done(fact) : done(Error{ErrorCode::kFailed, "not kept: " + status.error().words});
  });
}

void Home::remove_group(std::uint32_t number, std::function<void(Status)> done) {
  if (!groups_.remove(number)) return done({ErrorCode::kInvalid, "no such group"});
  facts_.forget(kType<GroupDefined>, std::to_string(number));
  tell_end(own(kType<GroupRemoved>, encode(builder_, GroupRemoved{number})));
  keeper_.write(store::RemoveGroup{number}, std::move(done));
}

}  // namespace hearth::core
