// Drift: slow sines for what is measured, hashed spans of time for what happens.
#include "drift.hpp"

#include <cmath>
#include <numbers>

namespace simulated {
namespace {

// FNV-1a and the finalizer of SplitMix64: spelled out, because std::hash differs between libraries.
std::uint64_t seed_of(std::string_view id) {
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return hash;
}

std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

double unit(std::uint64_t x) { return static_cast<double>(x >> 11) * 0x1p-53; }

double one_decimal(double x) { return std::round(x * 10) / 10; }

std::uint64_t span(double seconds, double length) {
  return static_cast<std::uint64_t>(std::max(0.0, seconds) / length);
}

enum Salt : std::uint64_t {
  kTemperature = 1,
  kHumidity,
  kMotion,
  kContact,
  kBattery,
  kLoad,
  kVoltage,
  kChance
};

}  // namespace

Drift::Drift(std::string_view id) : seed_(seed_of(id)) {}

double Drift::fixed(std::uint64_t salt) const { return unit(mix(seed_ ^ mix(salt))); }

double Drift::wave(std::uint64_t salt, double period_s, double seconds) const {
  return std::sin(2 * std::numbers::pi * (seconds / period_s + fixed(salt)));
}

double Drift::temperature(double seconds) const {
  const double middle = 18 + 6 * fixed(kTemperature + 100);
  return one_decimal(middle + 3 * wave(kTemperature, 1800, seconds));
}

double Drift::humidity(double seconds) const {
  const double middle = 40 + 20 * fixed(kHumidity + 100);
  return one_decimal(middle + 10 * wave(kHumidity, 2700, seconds));
}

bool Drift::motion(double seconds) const {
  return unit(mix(seed_ ^ mix(kMotion) ^ mix(span(seconds, 20)))) < 0.125;
}

bool Drift::contact(double seconds) const {
  return unit(mix(seed_ ^ mix(kContact) ^ mix(span(seconds, 60)))) < 0.75;
}

int Drift::battery(double seconds) const {
  const auto spent = static_cast<std::uint64_t>(fixed(kBattery) * 91) + span(seconds, 6 * 3600);
  return 100 - static_cast<int>(spent % 91);
}

double Drift::load() const { return one_decimal(5 + 100 * fixed(kLoad)); }

double Drift::voltage(double seconds) const { return one_decimal(230 + 5 * wave(kVoltage, 900, seconds)); }

double Drift::chance(std::uint64_t n) const { return unit(mix(seed_ ^ mix(kChance) ^ mix(n))); }

}  // namespace simulated
