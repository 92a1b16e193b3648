// Directory: who is registered under which name.
#ifndef HEARTH_RELAY_DIRECTORY_HPP
#define HEARTH_RELAY_DIRECTORY_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "client.hpp"
#include "hearth/status.hpp"

namespace hearth::relay {

// `server` and its alias, in any capitals.
bool is_server(std::string_view name);

// Knows clients and not the house, but for what the hooks tell. [loop]
class Directory {
 public:
  static constexpr std::size_t kMostName = 128;  // characters
  static constexpr std::size_t kMostText = 512;  // characters of each of the other texts

  struct Hooks {
    // Why nobody may be called so; empty: it is free.
    std::function<std::string(const std::string& name)> objection{};
    std::function<void(const Card&)> came{};
    std::function<void(const std::string& name, const std::string& why)> went{};
  };

  explicit Directory(Hooks hooks) : hooks_(std::move(hooks)) {}
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  // `force`: takes the name from whoever has it, who is told, and renames a client that has one. kInvalid, in
  // words for the client.
  Status enter(Client& client, Card card, bool force);
  // The client has no name any more. Nothing happens if it had none.
  void leave(Client& client, const std::string& why);

  // By name as it is written; null: nobody.
  Client* find(std::string_view name) const;
  // In the order of registration.
  const std::map<std::uint64_t, Client*>& clients() const { return clients_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct Entry {
    Client* client;
    std::uint64_t place;
  };

  void erase(Client& client);

  const Hooks hooks_;
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> names_;
  std::map<std::uint64_t, Client*> clients_;
  std::uint64_t last_ = 0;
};

}  // namespace hearth::relay

#endif
