#include "kernels/targets.h"

#include <atomic>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <mutex>

#include "hwy/highway.h"
#include "kernels/target_order.h"
#include "unroll/core/error.h"
#include "unroll/kernels/precision.h"

namespace unroll::kernels {
namespace {

std::string lower_name(std::int64_t target) {
  std::string name = hwy::TargetName(target);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

// Highway gives better instruction sets lower bits.
std::vector<std::int64_t> usable_targets() {
  std::vector<std::int64_t> targets;
  for (int bit = 0; bit < 63; ++bit) {
    const std::int64_t target = std::int64_t{1} << bit;
    if ((target & HWY_TARGETS) != 0 &&
        ((target & hwy::SupportedTargets()) != 0 || target == HWY_STATIC_TARGET)) {
      targets.push_back(target);
    }
  }
  return targets;
}

std::atomic<bool> selected{false};
std::mutex selecting;
std::int64_t current = 0;
std::string refused;  // what UNROLL_TARGET said, when it names no usable target

std::atomic<bool> bf16_instruction{false}, bf16_allowed{true};

bool processor_multiplies_bf16() {
#if HWY_ARCH_X86 && (HWY_COMPILER_GCC || HWY_COMPILER_CLANG)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

void choose(std::int64_t target) {
  hwy::GetChosenTarget().Update(target);
  current = target;
  bf16_instruction = UNROLL_IS_AVX512(target) && processor_multiplies_bf16();
}

bool choose(const std::string& name) {
  for (const std::int64_t target : usable_targets()) {
    if (lower_name(target) == name) {
      choose(target);
      return true;
    }
  }
  return false;
}

template <class E>
[[noreturn]] void refuse(const std::string& what, const std::string& name) {
  std::string known;
  for (const std::string& target : target_names()) known += (known.empty() ? "" : ", ") + target;
  throw E(what + " names the instruction set '" + name + "'; this processor offers: " + known);
}

}  // namespace

void ensure_target() noexcept {
  if (selected.load(std::memory_order_acquire)) return;
  const std::lock_guard lock(selecting);
  if (selected.load(std::memory_order_relaxed)) return;
  const char* wanted = std::getenv("UNROLL_TARGET");
  if (wanted == nullptr || *wanted == '\0' || !choose(wanted)) {
    choose(usable_targets().front());
    if (wanted != nullptr) refused = wanted;
  }
  selected.store(true, std::memory_order_release);
}

bool uses_bf16_instruction() noexcept {
  ensure_target();
  return bf16_instruction.load(std::memory_order_relaxed) &&
         bf16_allowed.load(std::memory_order_relaxed);
}

void allow_bf16_instruction(bool allow) noexcept { bf16_allowed = allow; }

std::vector<std::string> target_names() {
  std::vector<std::string> names;
  for (const std::int64_t target : usable_targets()) names.push_back(lower_name(target));
  return names;
}

std::string target_name() {
  ensure_target();
  const std::lock_guard lock(selecting);
  if (!refused.empty()) refuse<EnvironmentError>("the environment variable UNROLL_TARGET", refused);
  return lower_name(current);
}

void set_target(const std::string& name) {
  ensure_target();
  const std::lock_guard lock(selecting);
  if (!choose(name)) refuse<ValueError>("set_instruction_set", name);
  refused.clear();
}

}  // namespace unroll::kernels

bool unroll::has_bf16_instruction() { return kernels::uses_bf16_instruction(); }
