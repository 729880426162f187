#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "command_line/command_line.h"

namespace unroll::app {

enum class Kind { kText, kPath, kSwitch, kCount, kNumber };

// A switch, a count, a number, or a text or path.
using Value = std::variant<bool, std::uint64_t, double, std::string>;

// One option: the flag --learning-rate and the TOML key learning_rate.
struct OptionSpec {
  std::string name = {};  // the TOML key
  Kind kind = Kind::kText;
  std::string group = {};  // heading in --help and in config.toml
  std::string help = {};
  std::optional<Value> standard = {};  // what holds when it is not given
  double low = 0, high = 0;            // of counts and numbers, both included
  bool low_open = false;               // `low` itself is not allowed
  bool high_open = false;
  // Of texts: all that are allowed; empty: any. Of paths: words that stand for something else.
  std::vector<std::string> choices = {};
  std::string type = {};  // in --help, where it is not the kind's
  bool in_toml = true;
};

// The values of a table of options, and where each came from.
class Options {
 public:
  explicit Options(std::vector<OptionSpec> table);

  // Declares the flags. The table stays where it is until they are parsed.
  void declare(CommandLine& line);
  // Takes the flags that were given, after parsing. Throws UsageError for a wrong value.
  void read_flags();
  // Takes the keys of a TOML file, except those given as flags; relative paths in it start from its
  // folder. Throws FileError, and UsageError naming file, line and key.
  void read_toml(const std::string& path);
  // All options that have a value, as TOML; paths are absolute. Throws UsageError for a path that
  // TOML cannot hold, because it is not UTF-8.
  std::string toml() const;

  bool knows(std::string_view name) const;  // whether the table has it
  bool has(std::string_view name) const { return entry(name).value.has_value(); }
  bool is_on(std::string_view name) const { return std::get<bool>(value(name)); }
  std::uint64_t count(std::string_view name) const { return std::get<std::uint64_t>(value(name)); }
  std::size_t size(std::string_view name) const { return std::size_t{count(name)}; }
  double number(std::string_view name) const { return std::get<double>(value(name)); }
  const std::string& text(std::string_view name) const {
    return std::get<std::string>(value(name));
  }
  std::optional<double> optional_number(std::string_view name) const;
  std::optional<std::uint64_t> optional_count(std::string_view name) const;

  // Whether it was given, as a flag or in a file, and not left at its standard value.
  bool given(std::string_view name) const { return entry(name).given; }
  bool given_as_flag(std::string_view name) const;
  // The flags that were given, in the table's order.
  std::vector<std::string> given_flags() const;
  // Fills in what follows from other options.
  void set(std::string_view name, Value value) { entry(name).value = std::move(value); }

  // Leaves it without a value: it does not get into toml().
  void clear(std::string_view name) { entry(name).value.reset(); }

  // "--learning-rate 0", "run.toml:7: learning_rate = 0", or "learning_rate" when it was not given.
  std::string where(std::string_view name) const;
  // Throws UsageError: where(name), then what is wrong.
  [[noreturn]] void fail(std::string_view name, const std::string& what) const;

  static std::string flag(std::string_view name);  // "--learning-rate"

 private:
  struct Entry {
    OptionSpec spec;
    std::optional<Value> value = {};
    bool given = false;
    std::string source = {};               // of a value from a file: "run.toml:7"
    std::string written = {};              // the value as it was given
    std::optional<std::string> flag = {};  // what the command line says
  };

  const Entry& entry(std::string_view name) const;
  Entry& entry(std::string_view name);
  const Value& value(std::string_view name) const { return entry(name).value.value(); }
  void accept(Entry& entry, Value value) const;

  std::vector<Entry> entries_;
};

}  // namespace unroll::app
