#pragma once

#include <cstdint>
#include <string>

#include "support/json.h"
#include "unroll/core/error.h"
#include "unroll/core/parameter.h"
#include "unroll/io/safetensors.h"
#include "unroll/nn/recurrence.h"

namespace unroll {

// What all model files have in common: safetensors with the parameters as tensors, and the rest as
// text under "__metadata__", in keys that begin with "unroll." (docs/file-format.md).
inline constexpr std::uint64_t kModelFormat = 1;

class ModelFile {
 public:
  // Throws FormatError for a file that is no model of this program or has a newer format.
  explicit ModelFile(SafetensorsFile file);

  const SafetensorsFile& tensors() const { return file_; }
  const std::string& path() const { return file_.path(); }
  const std::string& architecture() const { return text("unroll.architecture"); }
  // Throws FormatError unless the architecture is `wanted`.
  void require_architecture(const std::string& wanted) const;

  // Throws FormatError where the key is missing.
  const std::string& text(const std::string& key) const;

  // What use(json) makes of a key that holds JSON; what it throws becomes a FormatError.
  template <class Use>
  auto parse(const std::string& key, const Use& use) const {
    try {
      return use(Json::parse(text(key)));
    } catch (const JsonError& error) {
      throw FormatError(path() + ": '" + key + "' in its metadata is damaged: " + error.what());
    } catch (const ValueError& error) {
      throw FormatError(path() + ": " + error.what());
    }
  }

  // Before a model of a size that the metadata say is made: a file with tensors of these shapes is
  // as large. Both throw FormatError. Returns the recurrence's number of outputs, D·H.
  void require_shape(const std::string& name, std::size_t rows, std::size_t columns) const;
  std::size_t require_recurrence(const CellOptions& cell, std::size_t inputs, std::size_t hidden,
                                 std::size_t layers, bool bidirectional) const;

  // Reads every parameter. Throws FormatError for a tensor that is missing, unknown, of another
  // shape, or not finite.
  template <class T>
  void read_into(const Parameters<T>& parameters) const;

  std::string dtype() const;  // of the first tensor, "F32"
  // Numbers that are trained: without the biases that `bias` holds at zero, and without the initial
  // state where it is given.
  std::uint64_t parameter_count(Bias bias, bool given_initial_state = false) const;

 private:
  SafetensorsFile file_;
};

// The beginning of a model file that is written: format, architecture and options. Throws
// NumericError for a parameter that is not finite.
template <class T>
void begin_model(SafetensorsWriter& writer, const std::string& architecture,
                 const std::string& options, const std::string& training,
                 const ConstParameters<T>& parameters);

// "heads" of the options, which is there from two on: older files have no such key.
void add_heads(Json& options, const CellOptions& cell);
// The cell that the options say.
CellOptions cell_of(const Json& options);

// A member of an object that is a whole number; throws ValueError for another.
std::size_t size_member(const Json& json, const char* key);

}  // namespace unroll
