#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "io/safetensors_bytes.h"
#include "messages.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"
#include "unroll/core/random.h"
#include "unroll/io/safetensors.h"

namespace unroll {
namespace {

struct Case {
  const char* name;
  std::string bytes;
  std::string message;  // after the path
};

// One tensor "a" of the given fields, with `data` bytes.
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets,
                std::size_t data) {
  return safetensors_bytes(
      R"({"a":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}",
      std::string(data, '\0'));
}

// Two tensors of U8, "a" and "b", with the given offsets and sizes.
std::string two(const std::string& a, const std::string& size_a, const std::string& b,
                const std::string& size_b, std::size_t data) {
  return safetensors_bytes(R"({"a":{"dtype":"U8","shape":[)" + size_a + R"(],"data_offsets":)" + a +
                               R"(},"b":{"dtype":"U8","shape":[)" + size_b +
                               R"(],"data_offsets":)" + b + "}}",
                           std::string(data, '\0'));
}

std::string header_only(const std::string& header) { return safetensors_bytes(header, ""); }

const char kWholeNumbers[] = ", wanted whole numbers from 0 to 2^64-1";

std::vector<Case> cases() {
  const std::string a = ": tensor 'a'";
  const std::string whole = kWholeNumbers;
  const std::string largest = "18446744073709551615";
  return {
      {"empty", "", ": has 0 bytes; a safetensors file begins with 8 bytes"},
      {"seven bytes", std::string(7, '\0'), ": has 7 bytes"},
      {"header of length 0", header_only(""), ": the header does not begin with '{'"},
      {"huge header", little_endian(~std::uint64_t{0}) + "{}",
       ": the first 8 bytes announce a header of " + largest + " bytes, at most 100000000"},
      {"header beyond the limit", little_endian(std::uint64_t{100000001}) + "{}",
       ": the first 8 bytes announce a header of 100000001 bytes, at most 100000000"},
      {"header beyond the file", little_endian(std::uint64_t{100000000}) + "{}",
       ": the first 8 bytes announce a header of 100000000 bytes, only 2 follow"},
      {"text", "Call me Ishmael. Some years ago", ": the first 8 bytes announce a header of "},
      {"white space first", header_only(" {}"), ": the header does not begin with '{'"},
      {"byte order mark", header_only("\xef\xbb\xbf{}"), ": the header does not begin with '{'"},
      {"list", header_only("[]"), ": the header does not begin with '{'"},
      {"not closed", header_only("{"), ": the header is not valid JSON at its byte 2"},
      {"NUL after the object", header_only(std::string("{}\0{}", 5)),
       ": the header is not valid JSON at its byte 3: a NUL byte"},
      {"NUL in a name", header_only(std::string("{\"a\0\":{}}", 9)),
       ": the header is not valid JSON at its byte 4: a NUL byte"},
      {"text after the object", header_only("{} x"),
       ": the header is not valid JSON at its byte 4"},
      {"two objects", header_only("{}{}"), ": the header is not valid JSON at its byte 3"},
      {"comment", header_only("{/**/}"), ": the header is not valid JSON at its byte 2"},
      {"trailing comma", one("\"U8\"", "[1,]", "[0,1]", 1), ": the header is not valid JSON"},
      {"not UTF-8", header_only("{\"\xff\":{}}"), ": the header is not valid JSON at its byte 3"},
      {"line break in a name", header_only("{\"a\nb\":{}}"), ": the header is not valid JSON"},
      {"literal NaN", one("\"F32\"", "[NaN]", "[0,4]", 4), ": the header is not valid JSON"},
      {"number beyond double", one("\"U8\"", "[1e999]", "[0,1]", 1),
       ": the header is not valid JSON at its byte 33: number out of range near '1e999'"},
      {"deep nesting in a name's place", header_only("{\"a\":" + std::string(1000000, '[')),
       a + " is a list, wanted an object"},
      {"deep nesting of objects", header_only([] {
         std::string text = "{";
         for (int i = 0; i < 100000; ++i) text += "\"dtype\":{";
         return text;
       }()),
       ": tensor 'dtype': dtype is an object, wanted a string"},
      {"deep nesting in a shape", one("\"U8\"", std::string(100000, '['), "[0,1]", 1),
       a + ": shape contains a list" + whole},
      {"entry is a number", header_only(R"({"a":1})"), a + " is the number 1, wanted an object"},
      {"entry is null", header_only(R"({"a":null})"), a + " is null, wanted an object"},
      {"entry is a string", header_only(R"({"a":"F32"})"), a + " is a string, wanted an object"},
      {"metadata is a list", header_only(R"({"__metadata__":[]})"),
       ": __metadata__ is a list, wanted an object"},
      {"metadata holds a number", header_only(R"({"__metadata__":{"k":1}})"),
       ": __metadata__: value of key 'k' is the number 1, wanted a string"},
      {"metadata holds an object", header_only(R"({"__metadata__":{"k":{}}})"),
       ": __metadata__: value of key 'k' is an object, wanted a string"},
      {"metadata twice", header_only(R"({"__metadata__":{},"__metadata__":{}})"),
       ": __metadata__ occurs twice"},
      {"key of metadata twice", header_only(R"({"__metadata__":{"k":"1","k":"2"}})"),
       ": __metadata__: key 'k' occurs twice"},
      {"tensor twice",
       header_only(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                   R"("a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})"),
       a + " occurs twice"},
      {"tensor twice, escaped",
       header_only(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                   R"("\u0061":{"dtype":"U8","shape":[0]}})"),
       a + " occurs twice"},
      {"dtype twice", header_only(R"({"a":{"dtype":"U8","dtype":"U8"}})"),
       a + ": key 'dtype' occurs twice"},
      {"unknown key", header_only(R"({"a":{"strides":[1]}})"),
       a + ": unknown key 'strides'; known: dtype, shape, data_offsets"},
      {"no dtype", header_only(R"({"a":{"shape":[0],"data_offsets":[0,0]}})"),
       a + ": dtype is missing"},
      {"no shape", header_only(R"({"a":{"dtype":"U8","data_offsets":[0,0]}})"),
       a + ": shape is missing"},
      {"no offsets", header_only(R"({"a":{"dtype":"U8","shape":[0]}})"),
       a + ": data_offsets is missing"},
      {"unknown dtype", one("\"F128\"", "[1]", "[0,16]", 16), a + ": unknown dtype 'F128'"},
      {"control characters in dtype", one(R"("\u001b[2J\n")", "[1]", "[0,16]", 16),
       a + R"(: unknown dtype '\x1b[2J\n')"},
      {"dtype is a number", one("32", "[1]", "[0,4]", 4),
       a + ": dtype is the number 32, wanted a string"},
      {"dtype is a list", one("[]", "[1]", "[0,4]", 4), a + ": dtype is a list, wanted a string"},
      {"shape is a number", one("\"U8\"", "1", "[0,1]", 1),
       a + ": shape is the number 1, wanted a list of numbers"},
      {"shape is a string", one("\"U8\"", "\"1\"", "[0,1]", 1),
       a + ": shape is a string, wanted a list of numbers"},
      {"extent is negative", one("\"U8\"", "[-1]", "[0,1]", 1),
       a + ": shape contains the negative number -1" + whole},
      {"extent is a fraction", one("\"U8\"", "[1.0]", "[0,1]", 1),
       a + ": shape contains the number 1.0" + whole},
      {"extent has an exponent", one("\"U8\"", "[1e0]", "[0,1]", 1),
       a + ": shape contains the number 1e0" + whole},
      {"extent beyond 64 bits", one("\"U8\"", "[18446744073709551616]", "[0,1]", 1),
       a + ": shape contains the number 18446744073709551616" + whole},
      {"extent is a boolean", one("\"U8\"", "[true]", "[0,1]", 1),
       a + ": shape contains a boolean" + whole},
      {"extent is a string", one("\"U8\"", "[\"1\"]", "[0,1]", 1),
       a + ": shape contains a string" + whole},
      {"65 axes",
       one(
           "\"U8\"",
           "[1" +
               [] {
                 std::string text;
                 for (int i = 0; i < 64; ++i) text += ",1";
                 return text;
               }() +
               "]",
           "[0,1]", 1),
       a + ": shape has more than 64 axes"},
      {"product beyond 64 bits", one("\"U8\"", "[4294967296,4294967296]", "[0,0]", 0),
       a + ": dtype U8 with shape [4294967296, 4294967296] is larger than any memory"},
      {"product beyond 64 bits in bytes", one("\"F64\"", "[2305843009213693952]", "[0,0]", 0),
       a + ": dtype F64 with shape [2305843009213693952] is larger than any memory"},
      {"product wraps to the size", one("\"U8\"", "[" + largest + "," + largest + "]", "[0,1]", 1),
       a + ": dtype U8 with shape [" + largest + ", " + largest + "] is larger than any memory"},
      {"part of a byte", one("\"F4\"", "[3]", "[0,2]", 2),
       a + ": dtype F4 with shape [3] needs 12 bits, not a whole number of bytes"},
      {"offsets for fewer bytes", one("\"F32\"", "[2]", "[0,7]", 7),
       a + ": dtype F32 with shape [2] needs 8 bytes, data_offsets [0, 7] give 7"},
      {"offsets for more bytes", one("\"F32\"", "[2]", "[0,9]", 9),
       a + ": dtype F32 with shape [2] needs 8 bytes, data_offsets [0, 9] give 9"},
      {"offsets reversed", one("\"U8\"", "[1]", "[1,0]", 1),
       a + ": data_offsets [1, 0] end before they begin"},
      {"offsets negative", one("\"U8\"", "[1]", "[-1,0]", 1),
       a + ": data_offsets contains the negative number -1" + whole},
      {"offsets are one number", one("\"U8\"", "[1]", "[0]", 1),
       a + ": data_offsets has 1 numbers, wanted 2"},
      {"offsets are three numbers", one("\"U8\"", "[1]", "[0,1,2]", 1),
       a + ": data_offsets has more than 2 numbers"},
      {"offsets are an object", one("\"U8\"", "[1]", "{}", 1),
       a + ": data_offsets is an object, wanted a list of numbers"},
      {"offsets at the end of 64 bits",
       one("\"U8\"", "[1]", "[18446744073709551614," + largest + "]", 1),
       a + ": data_offsets [18446744073709551614, " + largest + "] leave a hole"},
      {"overlap", two("[0,4]", "4", "[3,7]", "4", 7),
       ": tensor 'b': data_offsets [3, 7] overlap tensor 'a', which ends at 4"},
      {"same place", two("[0,4]", "4", "[0,4]", "4", 4),
       ": tensor 'b': data_offsets [0, 4] overlap tensor 'a', which ends at 4"},
      {"empty tensor inside another", two("[0,4]", "4", "[2,2]", "0", 4),
       ": tensor 'b': data_offsets [2, 2] overlap tensor 'a', which ends at 4"},
      {"hole", two("[0,4]", "4", "[5,9]", "4", 9),
       ": tensor 'b': data_offsets [5, 9] leave a hole: bytes 4 to 5 belong to no tensor"},
      {"hole at the start", one("\"U8\"", "[1]", "[1,2]", 2),
       a + ": data_offsets [1, 2] leave a hole: bytes 0 to 1 belong to no tensor"},
      {"data missing", two("[0,4]", "4", "[4,8]", "4", 7),
       ": tensor 'b': data_offsets [4, 8] go beyond the 7 bytes of data in the file"},
      {"data added", two("[0,4]", "4", "[4,8]", "4", 9),
       ": has 9 bytes of data, its tensors need 8: bytes were added at the end"},
      {"data without tensors", safetensors_bytes("{}", "x"),
       ": has 1 bytes of data, its tensors need 0"},
      {"long name", header_only("{\"" + std::string(1000000, 'n') + "\":1}"),
       ": tensor '" + std::string(100, 'n') + "...' is the number 1, wanted an object"},
  };
}

class HostileTest : public testing::Test {
 protected:
  std::string path() const { return folder_.file("hostile.safetensors"); }
  // Without AtomicFile's syncs, and into a new file, because ext4 syncs one that was truncated:
  // that would take most of the time of thousands of files.
  void write_plainly(const std::string& bytes) const {
    std::filesystem::remove(path());
    std::ofstream stream(path(), std::ios::binary);
    stream << bytes;
    if (!stream.flush()) throw std::runtime_error("cannot write " + path());
  }
  // Opens the file and reads all that it holds. Throws what that throws.
  void load(const std::string& bytes) const {
    write_plainly(bytes);
    const SafetensorsFile file(path());
    for (const std::string& name : file.names()) {
      if (file.dtype(name) == DataType::I64) {
        file.read_array<std::int64_t>(name);
      } else if (file.dtype(name) == DataType::U32) {
        file.read_array<std::uint32_t>(name);
      } else {
        file.read<float>(name);
        file.read<double>(name);
      }
    }
  }

  TemporaryFolder folder_;
};

TEST_F(HostileTest, EachIsRefusedWithItsReason) {
  for (const Case& hostile : cases()) {
    SCOPED_TRACE(hostile.name);
    const std::string message = message_of<FormatError>([&] { load(hostile.bytes); });
    EXPECT_EQ(message.substr(0, path().size() + hostile.message.size()), path() + hostile.message);
    EXPECT_LT(message.size(), path().size() + 400);
  }
}

std::string valid_file() {
  std::string data = little_endian(std::int64_t{-5}) + little_endian(2.5) + little_endian(-0.125) +
                     little_endian(1.5f) + little_endian(std::uint32_t{7});
  data += std::string("\x00\x3c\x80\x3f", 4);
  return safetensors_bytes(
      R"({"__metadata__":{"k":"v"},"i":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
      R"("d":{"dtype":"F64","shape":[2,1],"data_offsets":[8,24]},)"
      R"("f":{"dtype":"F32","shape":[1],"data_offsets":[24,28]},)"
      R"("u":{"dtype":"U32","shape":[1],"data_offsets":[28,32]},)"
      R"("h":{"dtype":"F16","shape":[1],"data_offsets":[32,34]},)"
      R"("b":{"dtype":"BF16","shape":[1],"data_offsets":[34,36]}})",
      data);
}

TEST_F(HostileTest, TruncatedAtEveryByte) {
  const std::string whole = valid_file();
  write_plainly(whole);
  EXPECT_EQ(SafetensorsFile(path()).names().size(), 6u);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string message = message_of<FormatError>([&] { load(whole.substr(0, size)); });
    ASSERT_EQ(message.rfind(path() + ": ", 0), 0u) << size << " bytes: " << message;
  }
}

TEST_F(HostileTest, RandomChangesLoadOrThrow) {
  constexpr std::uint64_t kFiles = 5000;
  const std::string whole = valid_file();
  std::size_t loaded = 0;
  for (std::uint64_t file = 0; file < kFiles; ++file) {
    const Random random(1, RandomUse::kCheck, file);
    std::string bytes = whole;
    const std::uint64_t changes = 1 + random.below(0, 4);
    for (std::uint64_t i = 0; i < changes; ++i) {
      const std::uint64_t place = random.below(3 * i + 1, bytes.size());
      const std::uint64_t change = random.below(3 * i + 2, 4);
      const auto byte = static_cast<char>(random.below(3 * i + 3, 256));
      if (change == 0) bytes[place] = byte;
      if (change == 1) bytes[place] = static_cast<char>(bytes[place] ^ (1 << (byte & 7)));
      if (change == 2) bytes.insert(place, 1, bytes[random.below(3 * i + 3, bytes.size())]);
      if (change == 3) bytes.erase(place, 1);
    }
    try {
      load(bytes);
      ++loaded;
    } catch (const Error& error) {
      const std::string message = error.what();
      ASSERT_NE(message.find(path()), std::string::npos) << "file " << file << ": " << message;
      ASSERT_EQ(message.find('\n'), std::string::npos) << "file " << file << ": " << message;
    }
  }
  // Changes of the data alone are read; most others are refused.
  EXPECT_GT(loaded, 0u);
  EXPECT_LT(loaded, kFiles / 2);
}

}  // namespace
}  // namespace unroll
