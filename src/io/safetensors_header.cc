#include "io/safetensors_header.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "support/quote.h"
#include "unroll/core/error.h"
#include "unroll/core/suggest.h"

namespace unroll {
namespace {

using Json = nlohmann::json;
using Entry = detail::SafetensorsEntry;

// Follows the JSON text event by event and refuses what the format does not allow at that place, so
// that neither depth nor size of hostile text costs memory. Every function returns false to stop.
class HeaderHandler : public nlohmann::json_sax<Json> {
 public:
  SafetensorsHeader& header() { return header_; }
  const std::string& problem() const { return problem_; }

  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("a boolean"); }
  bool number_integer(number_integer_t value) override {
    return unexpected("the negative number " + std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& text) override {
    return unexpected("the number " + printable(text));
  }
  bool binary(binary_t&) override { return unexpected("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ == Place::kShape) {
      if (entry_.shape.size() == kSafetensorsMaxRank) {
        return refuse(here() + ": shape has more than " + std::to_string(kSafetensorsMaxRank) +
                      " axes");
      }
      entry_.shape.push_back(value);
      return true;
    }
    if (place_ == Place::kOffsets) {
      if (offsets_ == 2) return refuse(here() + ": data_offsets has more than 2 numbers");
      (offsets_++ == 0 ? entry_.begin : entry_.end) = value;
      return true;
    }
    return unexpected("the number " + std::to_string(value));
  }

  bool string(string_t& value) override {
    if (place_ == Place::kMetadata) {
      header_.metadata[key_] = std::move(value);
      return true;
    }
    if (place_ != Place::kTensor || field_ != kDtype) return unexpected("a string");
    const auto type = parse_data_type(value);
    if (!type) return refuse(here() + ": unknown dtype " + quote(value));
    entry_.dtype = *type;
    return true;
  }

  bool key(string_t& value) override {
    if (place_ == Place::kTop) {
      name_ = std::move(value);
      if (name_ == kSafetensorsMetadata) {
        if (std::exchange(has_metadata_, true)) return refuse(here() + " occurs twice");
      } else if (header_.entries.contains(name_)) {
        return refuse(here() + " occurs twice");
      }
      return true;
    }
    if (place_ == Place::kMetadata) {
      key_ = std::move(value);
      if (header_.metadata.contains(key_)) {
        return refuse(here() + ": key " + quote(key_) + " occurs twice");
      }
      return true;
    }
    for (field_ = 0; field_ < kFields; ++field_) {
      if (value == kFieldNames[field_]) break;
    }
    if (field_ == kFields) {
      return refuse(here() + ": " +
                    unknown_name_message("key", value, {kFieldNames, kFieldNames + kFields}));
    }
    if (std::exchange(seen_[field_], true)) {
      return refuse(here() + ": key " + quote(value) + " occurs twice");
    }
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::kStart) {
      place_ = Place::kTop;
    } else if (place_ == Place::kTop && name_ == kSafetensorsMetadata) {
      place_ = Place::kMetadata;
    } else if (place_ == Place::kTop) {
      place_ = Place::kTensor;
      entry_ = Entry();
      offsets_ = 0;
      for (bool& seen : seen_) seen = false;
    } else {
      return unexpected("an object");
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kTensor) {
      for (int field = 0; field < kFields; ++field) {
        if (!seen_[field]) return refuse(here() + ": " + kFieldNames[field] + " is missing");
      }
      header_.entries.emplace(name_, std::move(entry_));
    }
    place_ = Place::kTop;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ != Place::kTensor || field_ == kDtype) return unexpected("a list");
    place_ = field_ == kShape ? Place::kShape : Place::kOffsets;
    return true;
  }

  bool end_array() override {
    if (place_ == Place::kOffsets && offsets_ != 2) {
      return refuse(here() + ": data_offsets has " + std::to_string(offsets_) +
                    " numbers, wanted 2");
    }
    place_ = Place::kTensor;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::detail::exception& error) override {
    // A number beyond the range of double is the only error that is not one of syntax.
    const bool range = dynamic_cast<const nlohmann::detail::out_of_range*>(&error) != nullptr;
    return refuse("the header is not valid JSON at its byte " + std::to_string(position) +
                  (range ? ": number out of range near " : ", near ") + quote(token));
  }

 private:
  enum class Place { kStart, kTop, kMetadata, kTensor, kShape, kOffsets };
  enum Field { kDtype, kShape, kOffsets, kFields };
  static constexpr const char* kFieldNames[kFields] = {"dtype", "shape", "data_offsets"};

  bool refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  // "tensor 'w'", or the metadata.
  std::string here() const {
    return name_ == kSafetensorsMetadata ? kSafetensorsMetadata : "tensor " + quote(name_);
  }

  bool unexpected(const std::string& got) {
    switch (place_) {
      case Place::kStart:
        return refuse("the header is " + got + ", wanted an object");
      case Place::kTop:
        return refuse(here() + " is " + got + ", wanted an object");
      case Place::kMetadata:
        return refuse(here() + ": value of key " + quote(key_) + " is " + got +
                      ", wanted a string");
      case Place::kTensor:
        return refuse(here() + ": " + kFieldNames[field_] + " is " + got +
                      (field_ == kDtype ? ", wanted a string" : ", wanted a list of numbers"));
      case Place::kShape:
      case Place::kOffsets:
        break;
    }
    return refuse(here() + ": " + kFieldNames[field_] + " contains " + got +
                  ", wanted whole numbers from 0 to 2^64-1");
  }

  SafetensorsHeader header_;
  std::string problem_;
  Place place_ = Place::kStart;
  std::string name_;  // of the entry at the top
  std::string key_;   // inside the metadata
  int field_ = kDtype;
  bool has_metadata_ = false;
  bool seen_[kFields] = {};
  int offsets_ = 0;  // numbers of data_offsets so far
  Entry entry_;
};

}  // namespace

SafetensorsHeader parse_safetensors_header(const std::string& path, const std::string& json) {
  if (json.empty() || json.front() != '{') {
    throw FormatError(path + ": the header does not begin with '{': not a safetensors file");
  }
  // The JSON parser takes a NUL byte for the end of the text and would ignore what follows.
  if (const std::size_t nul = json.find('\0'); nul != std::string::npos) {
    throw FormatError(path + ": the header is not valid JSON at its byte " +
                      std::to_string(nul + 1) + ": a NUL byte");
  }
  HeaderHandler handler;
  if (!Json::sax_parse(json, &handler)) throw FormatError(path + ": " + handler.problem());
  return std::move(handler.header());
}

}  // namespace unroll
