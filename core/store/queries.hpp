// The SQL of the store: reads a snapshot, applies one change, saves one state.
#ifndef HEARTH_CORE_STORE_QUERIES_HPP
#define HEARTH_CORE_STORE_QUERIES_HPP

#include <Poco/Data/Session.h>

#include "core/store/rows.hpp"

namespace hearth::store {

// These throw Poco's exceptions: Database, their only caller, owns the transaction around them and judges.

Snapshot read_snapshot(Poco::Data::Session& session);

// May leave half of a change behind when it throws: the caller rolls back to a savepoint.
void apply(Poco::Data::Session& session, const Change& change);

// A state whose device is gone is left out: it may have been removed since.
void save_state(Poco::Data::Session& session, const StateRow& row);

}  // namespace hearth::store

#endif
