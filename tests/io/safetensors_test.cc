#include "unroll/io/safetensors.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <cmath>
#include <limits>

#include "io/safetensors_bytes.h"
#include "messages.h"
#include "temporary_folder.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using Names = std::vector<std::string>;
using Extents = std::vector<std::size_t>;

class SafetensorsTest : public testing::Test {
 protected:
  std::string path() const { return folder_.file("model.safetensors"); }
  std::string bytes() const { return read_file(path(), 1 << 26); }
  SafetensorsFile open(const std::string& header, const std::string& data) const {
    write_file_atomically(path(), safetensors_bytes(header, data));
    return SafetensorsFile(path());
  }

  TemporaryFolder folder_;
};

template <class T>
std::vector<T> values(const Tensor<T>& tensor) {
  return {tensor.begin(), tensor.end()};
}

template <class T>
Tensor<T> counting(const Shape& shape) {
  Tensor<T> tensor(shape);
  for (std::size_t i = 0; i < tensor.size(); ++i) tensor[i] = static_cast<T>(i) / T(3) - T(1);
  return tensor;
}

TEST_F(SafetensorsTest, RoundTripOfEveryType) {
  // More elements than the reader's chunk, an odd number of them, a scalar and an empty array.
  const auto large = counting<float>({101, 199});
  const auto precise = counting<double>({2, 3, 4, 5});
  const auto scalar = counting<double>({});
  const auto empty = counting<float>({0, 7});
  const std::vector<std::int64_t> integers{std::numeric_limits<std::int64_t>::min(), -1, 0,
                                           std::numeric_limits<std::int64_t>::max()};
  const std::vector<std::uint32_t> words{0, 1, 0xffffffff};
  SafetensorsWriter writer;
  writer.set_metadata("format", "pt");
  writer.set_metadata("text", "line\n\"quoted\" \xe2\x82\xac");
  writer.add("large", large);
  writer.add("words", {3}, words.data());
  writer.add("precise", precise);
  writer.add("empty", empty);
  writer.add("scalar", scalar);
  writer.add("integers", {2, 2}, integers.data());
  writer.write(path());

  const SafetensorsFile file(path());
  EXPECT_EQ(file.metadata(), (std::map<std::string, std::string>{
                                 {"format", "pt"}, {"text", "line\n\"quoted\" \xe2\x82\xac"}}));
  EXPECT_EQ(file.names(), (Names{"precise", "scalar", "integers", "large", "words", "empty"}));
  EXPECT_EQ(file.dtype("large"), DataType::F32);
  EXPECT_EQ(file.dtype("precise"), DataType::F64);
  EXPECT_EQ(file.dtype("integers"), DataType::I64);
  EXPECT_EQ(file.dtype("words"), DataType::U32);
  EXPECT_EQ(file.shape("precise"), (Extents{2, 3, 4, 5}));
  EXPECT_EQ(file.shape("scalar"), Extents{});
  EXPECT_EQ(file.shape("empty"), (Extents{0, 7}));
  EXPECT_TRUE(file.contains("words"));
  EXPECT_FALSE(file.contains("__metadata__"));

  EXPECT_EQ(values(file.read<float>("large", {101, 199})), values(large));
  EXPECT_EQ(values(file.read<double>("precise")), values(precise));
  EXPECT_EQ(file.read<double>("precise").shape(), precise.shape());
  EXPECT_EQ(values(file.read<double>("scalar", {})), values(scalar));
  EXPECT_EQ(file.read<float>("empty", {0, 7}).size(), 0u);
  EXPECT_EQ(file.read_array<std::int64_t>("integers"), integers);
  EXPECT_EQ(file.read_array<std::uint32_t>("words"), words);
  // From the other floating type: exact to double, rounded once to float.
  EXPECT_EQ(values(file.read<double>("large")), std::vector<double>(large.begin(), large.end()));
  std::vector<float> rounded;
  for (const double value : precise) rounded.push_back(static_cast<float>(value));
  EXPECT_EQ(values(file.read<float>("precise")), rounded);
  Tensor<float> target({101, 199});
  file.read_into("large", target);
  EXPECT_EQ(values(target), values(large));
}

TEST_F(SafetensorsTest, NoTensorsAtAll) {
  SafetensorsWriter().write(path());
  EXPECT_EQ(bytes(), safetensors_bytes("{}      ", ""));
  EXPECT_EQ(SafetensorsFile(path()).names(), Names{});
}

TEST_F(SafetensorsTest, BytesAreThoseOfTheFormat) {
  const auto tensor = counting<float>({1, 3});
  const double scalar = 0.5;
  SafetensorsWriter writer;
  writer.set_metadata("b", "2");
  writer.set_metadata("a", "0");
  writer.set_metadata("a", "1");
  writer.add("ww\"", tensor);
  writer.add("s", {}, &scalar);
  writer.write(path());
  std::string header =
      R"({"__metadata__":{"a":"1","b":"2"},"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]},)"
      R"("ww\"":{"dtype":"F32","shape":[1,3],"data_offsets":[8,20]}})";
  ASSERT_NE(header.size() % 8, 0u);
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string data = little_endian(scalar);
  for (const float value : tensor) data += little_endian(value);
  EXPECT_EQ(bytes(), safetensors_bytes(header, data));
  const std::string first = bytes();
  writer.write(path());
  EXPECT_EQ(bytes(), first);
}

// Every tensor at a multiple of its element's size, as PyTorch's reader needs.
TEST_F(SafetensorsTest, DataIsAligned) {
  const auto odd = counting<float>({3});
  const auto precise = counting<double>({1});
  SafetensorsWriter writer;
  writer.add("a", odd);
  writer.add("b", precise);
  writer.add("c", odd);
  writer.write(path());
  const std::string text = bytes();
  EXPECT_EQ(text.find(little_endian(precise[0])) % 8, 0u);
  EXPECT_EQ(SafetensorsFile(path()).names(), (Names{"b", "a", "c"}));
}

TEST_F(SafetensorsTest, WriterRefuses) {
  const auto tensor = counting<float>({3});
  SafetensorsWriter writer;
  writer.add("a", tensor);
  EXPECT_THROW(writer.add("a", tensor), ValueError);
  EXPECT_THROW(writer.add("__metadata__", tensor), ValueError);
  EXPECT_THROW(writer.add("\xff", tensor), ValueError);
  EXPECT_THROW(writer.add("none", Tensor<float>()), ValueError);
  EXPECT_THROW(writer.set_metadata("\xff", "a"), ValueError);
  EXPECT_THROW(writer.set_metadata("a", "\xc0\x80"), ValueError);
  writer.write(path());
  EXPECT_EQ(SafetensorsFile(path()).names(), Names{"a"});
}

TEST_F(SafetensorsTest, WriterKeepsTheLimitOfTheHeader) {
  SafetensorsWriter writer;
  writer.set_metadata("a", std::string(100000000, 'x'));
  EXPECT_NE(message_of<ValueError>([&] { writer.write(path()); }).find("100000000"),
            std::string::npos);
  EXPECT_EQ(folder_.names(), Names{});
}

TEST_F(SafetensorsTest, FullDiskLeavesTheOldFile) {
  const auto tensor = counting<float>({200000});
  SafetensorsWriter writer;
  writer.write(path());
  writer.add("a", tensor);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{100000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  const std::string message = message_of<FileError>([&] { writer.write(path()); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(message, path() + ": cannot be written: File too large");
  EXPECT_EQ(SafetensorsFile(path()).names(), Names{});
  EXPECT_EQ(folder_.names(), Names{"model.safetensors"});
}

// Keys and tensors in another order than the data, blanks, no metadata, no padding.
TEST_F(SafetensorsTest, FileOfAnotherProgram) {
  std::string data;
  for (const unsigned bits : {0x3f80u, 0xc049u, 0x0001u, 0xff80u}) {
    data += little_endian(static_cast<std::uint16_t>(bits));
  }
  data += little_endian(1e-310) + little_endian(std::numeric_limits<double>::infinity());
  for (const unsigned bits : {0x3c00u, 0x8001u, 0x7c00u, 0x7e00u}) {
    data += little_endian(static_cast<std::uint16_t>(bits));
  }
  data += "\x01";
  const SafetensorsFile file = open(
      R"({ "flag" : {"shape":[ ], "data_offsets":[32,33], "dtype":"BOOL"},
          "half": {"data_offsets": [24, 32], "dtype": "F16", "shape": [4]},
          "brain": {"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]},
          "nothing": {"dtype":"F32","shape":[5,0],"data_offsets":[8,8]},
          "double": {"dtype":"F64","shape":[2],"data_offsets":[8,24]} })",
      data);
  EXPECT_TRUE(file.metadata().empty());
  EXPECT_EQ(file.names(), (Names{"brain", "nothing", "double", "half", "flag"}));
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(values(file.read<float>("brain", {2, 2})),
            (std::vector<float>{1.0f, -3.140625f, 0x1p-133f, -infinity}));
  EXPECT_EQ(values(file.read<double>("brain", {2, 2})),
            (std::vector<double>{1.0, -3.140625, 0x1p-133, -HUGE_VAL}));
  const auto half = file.read<double>("half");
  EXPECT_EQ(half[0], 1.0);
  EXPECT_EQ(half[1], -0x1p-24);
  EXPECT_EQ(half[2], HUGE_VAL);
  EXPECT_TRUE(std::isnan(half[3]));
  EXPECT_EQ(values(file.read<double>("double")), (std::vector<double>{1e-310, HUGE_VAL}));
  EXPECT_EQ(values(file.read<float>("double")), (std::vector<float>{0.0f, infinity}));
  EXPECT_EQ(file.read<float>("nothing").shape(), (Shape{5, 0}));
  EXPECT_EQ(file.dtype("flag"), DataType::BOOL);
}

TEST_F(SafetensorsTest, EveryTypeOfTheFormatIsRecognised) {
  for (int index = 0; index <= static_cast<int>(DataType::U64); ++index) {
    const auto type = static_cast<DataType>(index);
    const std::size_t size = data_type_bits(type);  // of eight elements, in bytes
    const SafetensorsFile file =
        open(R"({"x":{"dtype":")" + std::string(data_type_name(type)) +
                 R"(","shape":[8],"data_offsets":[0,)" + std::to_string(size) + "]}}",
             std::string(size, '\0'));
    EXPECT_EQ(file.dtype("x"), type);
    const bool floating = type == DataType::F16 || type == DataType::BF16 ||
                          type == DataType::F32 || type == DataType::F64;
    if (floating) {
      EXPECT_EQ(values(file.read<float>("x")), std::vector<float>(8));
    } else {
      EXPECT_EQ(message_of<FormatError>([&] { file.read<float>("x"); }),
                path() + ": tensor 'x' has dtype " + std::string(data_type_name(type)) +
                    ", wanted F64, F32, F16 or BF16");
    }
  }
}

TEST_F(SafetensorsTest, ReadRefusesWhatTheCallerDoesNotWant) {
  const SafetensorsFile file =
      open(R"({"w":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},)"
           R"("deep":{"dtype":"F32","shape":[1,1,1,1,1],"data_offsets":[16,20]}})",
           little_endian(1.0) + little_endian(-1e300) + little_endian(1.0f));
  const auto refusal = [](auto&& call) { return message_of<FormatError>(call); };
  EXPECT_EQ(refusal([&] {
              file.read<float>("w", {2, 1});
            }),
            path() + ": tensor 'w' has shape [1, 2], wanted [2, 1]");
  EXPECT_EQ(refusal([&] { file.read<float>("w", {2}); }),
            path() + ": tensor 'w' has shape [1, 2], wanted [2]");
  EXPECT_EQ(refusal([&] { file.read<float>("v", {2}); }),
            path() + ": has no tensor 'v'; it has 2: 'w', 'deep'");
  EXPECT_EQ(refusal([&] { file.read<float>("w"); }),
            path() +
                ": tensor 'w': element 1 is -1e+300, too large for float32; "
                "read it as float64");
  EXPECT_EQ(refusal([&] { file.read<float>("deep"); }),
            path() + ": tensor 'deep' has 5 axes, at most 4 are supported");
  EXPECT_EQ(refusal([&] { file.read_array<std::int64_t>("w"); }),
            path() + ": tensor 'w' has dtype F64, wanted I64");
  Tensor<double> other({2, 1});
  EXPECT_NE(refusal([&] { file.read_into("w", other); }), "");
  EXPECT_NE(refusal([&] { file.dtype("none"); }), "");
  EXPECT_NE(refusal([&] { file.shape("none"); }), "");
}

TEST_F(SafetensorsTest, FileShortenedAfterOpening) {
  const SafetensorsFile file =
      open(R"({"w":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}})", std::string(16, '\0'));
  std::filesystem::resize_file(path(), 70);
  EXPECT_NE(message_of<FileError>([&] { file.read<double>("w"); }).find("shortened"),
            std::string::npos);
}

}  // namespace
}  // namespace unroll
