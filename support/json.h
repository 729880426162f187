#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace unroll {

// A value of another type than wanted, a missing key, a text that is no JSON. what() is one line.
class JsonError : public std::runtime_error {
 public:
  explicit JsonError(const std::string& what, std::optional<std::size_t> offset = {})
      : std::runtime_error(what), offset(offset) {}
  std::optional<std::size_t> offset;  // of texts: the byte, from 0, where reading ended
};

// A JSON value; the members of objects keep their order. nlohmann-json reads and writes it, in
// json.cc alone: its header costs every file that includes it some seconds.
class Json {
 public:
  struct Member;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;

  Json();
  Json(const Json&);
  Json(Json&&) noexcept;
  Json& operator=(const Json&);
  Json& operator=(Json&&) noexcept;
  ~Json();
  Json(std::nullptr_t) : Json() {}
  template <class Number>
  requires std::is_arithmetic_v<Number> Json(Number number) : value_(widest(number)) {}
  Json(const char* text) : Json(std::string(text)) {}
  Json(std::string text);
  Json(std::string_view text) : Json(std::string(text)) {}
  Json(Array items);
  Json(Object members);
  template <class T>
  Json(const std::vector<T>& items) : Json(Array(items.begin(), items.end())) {}
  template <class T>
  Json(const std::optional<T>& value) {
    if (value) *this = Json(*value);
  }
  template <class T>
  Json(const std::map<std::string, T>& members) : Json(object()) {
    for (const auto& [key, value] : members) (*this)[key] = value;
  }
  Json(std::initializer_list<Member> members);  // an object
  static Json array(std::initializer_list<Json> items = {}) { return Json(Array(items)); }
  static Json object();

  // Reads one value. Throws JsonError, also for a key that stands twice in an object and for lists
  // and objects that are nested deeper than `depth`.
  static Json parse(std::string_view text, std::size_t depth = 64);

  // The same; nothing where that throws.
  static std::optional<Json> try_parse(std::string_view text);

  enum class Utf8 { kRefuse, kReplace };
  // On one line, or indented by `indent`. Numbers that are not finite become null. Texts that are
  // not UTF-8 throw JsonError or have U+FFFD in place of what is not.
  std::string dump(int indent = -1, Utf8 utf8 = Utf8::kRefuse) const;

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  bool is_boolean() const { return std::holds_alternative<bool>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }
  bool is_structured() const { return is_array() || is_object(); }
  bool is_number_float() const { return std::holds_alternative<double>(value_); }
  bool is_number_integer() const;   // a whole number without point or exponent
  bool is_number_unsigned() const;  // and not negative
  bool is_number() const { return is_number_integer() || is_number_float(); }

  // bool, a number, std::string, std::vector or std::map<std::string, ·> of such. Throws JsonError,
  // also for a whole number that T cannot hold.
  template <class T>
  T get() const {
    if constexpr (std::is_same_v<T, Json>) {
      return *this;
    } else if constexpr (std::is_same_v<T, std::string>) {
      return text();
    } else if constexpr (std::is_same_v<T, bool>) {
      return boolean();
    } else if constexpr (std::is_floating_point_v<T>) {
      return static_cast<T>(number());
    } else if constexpr (std::is_unsigned_v<T>) {
      return static_cast<T>(whole(std::uint64_t{static_cast<T>(-1)}));
    } else {
      T values;
      read(values);
      return values;
    }
  }
  template <class T>
  void get_to(T& value) const {
    value = get<T>();
  }
  const std::string& text() const;

  // Of arrays and objects; others have no items.
  std::size_t size() const;
  bool empty() const { return size() == 0; }

  // Of arrays. Throws JsonError where it is none.
  const Array& items_of_array() const;
  void push_back(Json item);
  const Json& operator[](std::size_t i) const { return items_of_array().at(i); }
  const Json& operator[](int i) const { return (*this)[static_cast<std::size_t>(i)]; }
  // The items of an array; nothing of another value.
  Array::const_iterator begin() const { return list().begin(); }
  Array::const_iterator end() const { return list().end(); }

  // Of objects. A value that is missing is null; at() throws JsonError.
  const Object& members() const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  const Json* find(std::string_view key) const;
  const Json& at(std::string_view key) const;
  const Json& operator[](std::string_view key) const;
  const Json& operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  Json& operator[](std::string_view key);  // makes an object of null, and the member
  Json& operator[](const char* key) { return (*this)[std::string_view(key)]; }
  void erase(std::string_view key);
  template <class T>
  T value(std::string_view key, T standard) const {
    const Json* found = find(key);
    return found == nullptr ? standard : found->get<T>();
  }

  bool operator==(const Json& other) const;
  // The alternative that holds it, for those that go over all of them.
  template <class Visitor>
  decltype(auto) visit(const Visitor& visitor) const {
    return std::visit(visitor, value_);
  }

 private:
  template <class Number>
  static auto widest(Number number) {
    if constexpr (std::is_same_v<Number, bool>) {
      return number;
    } else if constexpr (std::is_floating_point_v<Number>) {
      return static_cast<double>(number);
    } else if constexpr (std::is_unsigned_v<Number>) {
      return static_cast<std::uint64_t>(number);
    } else {
      return static_cast<std::int64_t>(number);
    }
  }
  template <class T>
  void read(std::vector<T>& values) const {
    for (const Json& item : items_of_array()) values.push_back(item.get<T>());
  }
  template <class T>
  void read(std::map<std::string, T>& values) const;
  const Array& list() const;
  bool boolean() const;
  double number() const;
  std::uint64_t whole(std::uint64_t most) const;

  std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, Array,
               Object>
      value_;  // null at first
};

struct Json::Member {
  std::string key;
  Json value;
};

template <class T>
void Json::read(std::map<std::string, T>& values) const {
  for (const Member& member : members()) values[member.key] = member.value.get<T>();
}

}  // namespace unroll
