#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "messages.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"
#include "unroll/data/read_sequences.h"

namespace unroll {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Reads `text` as a file of that name.
inline Sequences read_text(const std::string& name, std::string_view text,
                           const SequenceReaderOptions& options = {}) {
  const TemporaryFolder folder;
  Sequences sequences = read_sequences(folder.write(name, text), options);
  EXPECT_EQ(sequences.source, folder.file(name));
  EXPECT_EQ(sequences.target, options.target);
  EXPECT_EQ(sequences.values.size(), sequences.features * sequences.steps());
  EXPECT_EQ(sequences.tokens.size(), sequences.of_tokens() ? sequences.steps() : 0);
  return sequences;
}

// The message that the file of that name is refused with, from the name on; E is the wanted type.
template <class E = FormatError>
std::string refusal(const std::string& name, std::string_view text,
                    const SequenceReaderOptions& options = {}) {
  const TemporaryFolder folder;
  const std::string path = folder.write(name, text);
  const std::string message = message_of<E>([&] { read_sequences(path, options); });
  EXPECT_LT(message.size(), path.size() + 500) << message;
  const std::size_t at = message.find(folder.path() + "/");
  if (at == message.npos) return message;
  return message.substr(0, at) + message.substr(at + folder.path().size() + 1);
}

// Equal, where NaN equals NaN.
inline void expect_values(const std::vector<double>& got, const std::vector<double>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (std::isnan(wanted[i])) {
      EXPECT_TRUE(std::isnan(got[i])) << i;
    } else {
      EXPECT_EQ(got[i], wanted[i]) << i;
    }
  }
}

inline std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string compressed(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  deflate(&stream, Z_FINISH);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

// The folder with real data, or nothing where a test is to be skipped.
inline std::string data_folder(const std::string& part) {
  const char* data = std::getenv("UNROLL_DATA");
  const std::string folder = std::string(data ? data : "") + "/" + part;
  return data && std::filesystem::exists(folder) ? folder : "";
}

}  // namespace unroll
