#include "support/json.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "support/quote.h"

namespace unroll {
namespace {

using Written = nlohmann::ordered_json;

// "a number", as messages name what was found.
std::string kind_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "true or false";
  if (value.is_string()) return "a text";
  if (value.is_array()) return "a list";
  if (value.is_object()) return "an object";
  return value.dump();
}

[[noreturn]] void fail(const std::string& wanted, const Json& got) {
  throw JsonError(kind_of(got) + " where " + wanted + " is wanted");
}

// What nlohmann's parser finds, as a value.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(std::size_t depth) : depth_(depth) {}

  Json value() { return std::move(value_); }
  std::string problem;
  std::optional<std::size_t> offset;

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& key) override {
    if (!open_.back().keys.insert(key).second) {
      return refuse("the key " + quote(key) + " stands twice");
    }
    open_.back().key = std::move(key);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // 406: a number that no double can hold.
    if (error.id == 406) return refuse("not valid JSON: a number is out of the range of a double");
    offset = position == 0 ? 0 : position - 1;
    return refuse("not valid JSON at byte offset " + std::to_string(*offset));
  }

 private:
  bool refuse(std::string what) {
    problem = std::move(what);
    return false;
  }
  bool open(bool is_object) {
    if (open_.size() == depth_) return refuse("lists or objects are nested too deeply");
    open_.push_back({.is_object = is_object});
    return true;
  }
  bool close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    return add(closed.is_object ? Json(std::move(closed.members)) : Json(std::move(closed.items)));
  }
  bool add(Json value) {
    if (open_.empty()) {
      value_ = std::move(value);
    } else if (open_.back().is_object) {
      open_.back().members.push_back({std::move(open_.back().key), std::move(value)});
    } else {
      open_.back().items.push_back(std::move(value));
    }
    return true;
  }

  // A list or an object of which the end has not come yet.
  struct Open {
    bool is_object;
    Json::Array items = {};
    Json::Object members = {};
    std::set<std::string> keys = {};
    std::string key = {};  // of the value that comes
  };

  std::size_t depth_;
  std::vector<Open> open_;
  Json value_;
};

Written written(const Json& json);

struct Writer {
  Written operator()(const Json::Array& items) const {
    Written array = Written::array();
    for (const Json& item : items) array.push_back(written(item));
    return array;
  }
  Written operator()(const Json::Object& members) const {
    Written object = Written::object();
    // Past ordered_json's own insertion, which looks for every key in all that are there.
    auto& pairs = object.get_ref<Written::object_t&>();
    for (const Json::Member& m : members) pairs.emplace_back(m.key, written(m.value));
    return object;
  }
  template <class T>
  Written operator()(const T& value) const {
    return Written(value);
  }
};

Written written(const Json& json) { return json.visit(Writer()); }

}  // namespace

Json::Json() = default;
Json::Json(std::string text) : value_(std::move(text)) {}
Json::Json(Array items) : value_(std::move(items)) {}
Json::Json(Object members) : value_(std::move(members)) {}
Json Json::object() { return Json(Object()); }

Json::Json(const Json&) = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json&) = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json::Json(std::initializer_list<Member> members) : value_(Object(members)) {}

Json Json::parse(std::string_view text, std::size_t depth) {
  // The parser takes a NUL byte for the end of the text and would ignore what follows.
  if (const std::size_t nul = text.find('\0'); nul != text.npos) {
    throw JsonError("not valid JSON at byte offset " + std::to_string(nul), nul);
  }
  Builder builder(depth);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    throw JsonError(builder.problem, builder.offset);
  }
  return builder.value();
}

std::optional<Json> Json::try_parse(std::string_view text) {
  try {
    return parse(text);
  } catch (const JsonError&) {
    return std::nullopt;
  }
}

std::string Json::dump(int indent, Utf8 utf8) const {
  using Handler = Written::error_handler_t;
  try {
    return written(*this).dump(indent, ' ', false,
                               utf8 == Utf8::kReplace ? Handler::replace : Handler::strict);
  } catch (const Written::exception&) {
    throw JsonError("a text is not UTF-8");
  }
}

bool Json::is_number_integer() const {
  return std::holds_alternative<std::int64_t>(value_) || is_number_unsigned();
}

bool Json::is_number_unsigned() const {
  const auto* number = std::get_if<std::int64_t>(&value_);
  return std::holds_alternative<std::uint64_t>(value_) || (number != nullptr && *number >= 0);
}

const std::string& Json::text() const {
  const auto* text = std::get_if<std::string>(&value_);
  if (text == nullptr) fail("a text", *this);
  return *text;
}

bool Json::boolean() const {
  const auto* value = std::get_if<bool>(&value_);
  if (value == nullptr) fail("true or false", *this);
  return *value;
}

double Json::number() const {
  if (const auto* x = std::get_if<double>(&value_)) return *x;
  if (const auto* n = std::get_if<std::uint64_t>(&value_)) return static_cast<double>(*n);
  if (const auto* n = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*n);
  fail("a number", *this);
}

std::uint64_t Json::whole(std::uint64_t most) const {
  if (!is_number_unsigned()) fail("a whole number", *this);
  const auto* n = std::get_if<std::uint64_t>(&value_);
  const std::uint64_t number =
      n != nullptr ? *n : static_cast<std::uint64_t>(std::get<std::int64_t>(value_));
  if (number > most) fail("a whole number up to " + std::to_string(most), *this);
  return number;
}

std::size_t Json::size() const {
  if (const auto* items = std::get_if<Array>(&value_)) return items->size();
  const auto* members = std::get_if<Object>(&value_);
  return members == nullptr ? 0 : members->size();
}

const Json::Array& Json::items_of_array() const {
  if (!is_array()) fail("a list", *this);
  return std::get<Array>(value_);
}

void Json::push_back(Json item) {
  if (is_null()) value_ = Array();
  if (!is_array()) fail("a list", *this);
  std::get<Array>(value_).push_back(std::move(item));
}

const Json::Array& Json::list() const {
  static const Array none;
  return is_array() ? std::get<Array>(value_) : none;
}

const Json::Object& Json::members() const {
  if (!is_object()) fail("an object", *this);
  return std::get<Object>(value_);
}

const Json* Json::find(std::string_view key) const {
  const auto* members = std::get_if<Object>(&value_);
  if (members == nullptr) return nullptr;
  for (const Member& member : *members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

const Json& Json::at(std::string_view key) const {
  static_cast<void>(members());
  const Json* found = find(key);
  if (found == nullptr) throw JsonError("the key " + quote(key) + " is missing");
  return *found;
}

const Json& Json::operator[](std::string_view key) const {
  static const Json null;
  const Json* found = find(key);
  return found == nullptr ? null : *found;
}

Json& Json::operator[](std::string_view key) {
  if (is_null()) value_ = Object();
  if (!is_object()) fail("an object", *this);
  if (const Json* found = find(key)) return const_cast<Json&>(*found);
  auto& members = std::get<Object>(value_);
  members.push_back({std::string(key), Json()});
  return members.back().value;
}

void Json::erase(std::string_view key) {
  if (!is_object()) fail("an object", *this);
  std::erase_if(std::get<Object>(value_), [&](const Member& m) { return m.key == key; });
}

bool Json::operator==(const Json& other) const {
  if (is_object() && other.is_object()) {
    if (size() != other.size()) return false;
    for (const Member& member : members()) {
      const Json* found = other.find(member.key);
      if (found == nullptr || !(*found == member.value)) return false;
    }
    return true;
  }
  if (is_number_unsigned() && other.is_number_unsigned()) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    return whole(kMost) == other.whole(kMost);
  }
  if (is_array() && other.is_array())
    return std::get<Array>(value_) == std::get<Array>(other.value_);
  return value_.index() == other.value_.index() && dump() == other.dump();
}

}  // namespace unroll
