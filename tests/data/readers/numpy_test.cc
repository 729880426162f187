#include "data/readers/numpy_testing.h"

#include <gtest/gtest.h>

#include <fstream>

#include "data/readers/reader_testing.h"

namespace unroll {
namespace {

using namespace std::string_literals;
using Names = std::vector<std::string>;
using Begins = std::vector<std::size_t>;
using Arrays = std::vector<std::pair<std::string, std::string>>;
using Floats = std::vector<double>;
using Integers = std::vector<std::int64_t>;

TEST(Npy, ReadsEveryType) {
  const std::string shape = "(1, 2)";
  const std::string files[] = {
      npy<double>("<f8", shape, {1, 2}),        npy<float>("<f4", shape, {1, 2}),
      npy<std::int64_t>("<i8", shape, {1, 2}),  npy<std::int32_t>("<i4", shape, {1, 2}),
      npy<std::int16_t>("<i2", shape, {1, 2}),  npy<std::int8_t>("|i1", shape, {1, 2}),
      npy<std::uint8_t>("|u1", shape, {1, 2}),  npy<std::uint16_t>("<u2", shape, {1, 2}),
      npy<std::uint32_t>("<u4", shape, {1, 2}),
  };
  for (const std::string& bytes : files) {
    expect_values(read_text("x.npy", bytes).values, {1, 2});
    expect_values(read_text("x.npy.gz", gzip(bytes)).values, {1, 2});
  }
  expect_values(read_text("x.npy", npy<std::int8_t>("|i1", shape, {-1, 2})).values, {-1, 2});
  expect_values(read_text("x.npy", npy<std::uint8_t>("|b1", shape, {1, 0})).values, {1, 0});
  expect_values(read_text("x.npy", npy<double>("<f8", shape, {1, kNan})).values, {1, kNan});
}

TEST(Npy, ReadsEveryVersionOfTheHeader) {
  const std::string data = little_endian(1.0) + little_endian(2.0);
  const std::string headers[] = {
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }          \n",
      "{\"shape\":(2,1),\"fortran_order\":False,\"descr\":\"<f8\"}",
  };
  for (const char version : {'\1', '\2', '\3'}) {
    for (const std::string& header : headers) {
      const Sequences s = read_text("x.npy", npy_bytes(header, data, version));
      EXPECT_EQ(s.begin, (Begins{0, 1, 2}));
      expect_values(s.values, {1, 2});
    }
  }
}

TEST(Npy, ReadsBothOrders) {
  // Element (i, t, f) is 100 i + 10 t + f.
  Floats c, fortran;
  for (int i = 0; i < 2; ++i) {
    for (int t = 0; t < 3; ++t) {
      for (int f = 0; f < 4; ++f) c.push_back(100 * i + 10 * t + f);
    }
  }
  for (int f = 0; f < 4; ++f) {
    for (int t = 0; t < 3; ++t) {
      for (int i = 0; i < 2; ++i) fortran.push_back(100 * i + 10 * t + f);
    }
  }
  for (const bool order : {false, true}) {
    const Sequences s =
        read_text("x.npy", npy<double>("<f8", "(2, 3, 4)", order ? fortran : c, order));
    EXPECT_EQ(s.features, 4u);
    EXPECT_EQ(s.begin, (Begins{0, 3, 6}));
    expect_values(s.values, c);
  }
}

TEST(Npy, ReadsMoreThanAChunk) {
  std::vector<float> many(1000003);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<float>(i);
  const std::string bytes = npy<float>("<f4", "(1, 1000003)", many);
  const Floats wanted(many.begin(), many.end());
  expect_values(read_text("x.npy", bytes).values, wanted);
  expect_values(read_text("x.npy.gz", gzip(bytes)).values, wanted);
}

TEST(Npy, MayHaveNoSteps) {
  const Sequences s = read_text("x.npy", npy<double>("<f8", "(3, 0, 2)", {}));
  EXPECT_EQ(s.begin, (Begins{0, 0, 0, 0}));
  EXPECT_EQ(s.features, 2u);
}

TEST(Npy, RefusesAnythingElse) {
  const auto header = [](const std::string& dictionary) { return npy_bytes(dictionary, ""); };
  const std::string rest = ", 'fortran_order': False, 'shape': (1, 1)}";
  const struct {
    std::string bytes, message;
  } cases[] = {
      {"", "x.npy: does not begin as a NumPy array"},
      {"1,2\n", "x.npy: does not begin as a NumPy array"},
      {"PK\x03\x04xxxxxxxxxx",
       "x.npy: looks like a zip archive, such as .npz or .xlsx, wanted a "
       "NumPy array (.npy)"},
      {"\x93NUMPY\x01", "x.npy: ends inside the header of the NumPy array: it is cut off"},
      {"\x93NUMPY\x01\0\x10\0{"s, "x.npy: ends inside the header"},
      {"\x93NUMPY\x04\0\x10\0{"s, "x.npy: version 4 of the format of NumPy arrays"},
      {"\x93NUMPY\x02\0\0\0\0\x7F{"s, "announces a header of 2130706432 bytes; at most 65536"},
      {header("[]"), "the header of the NumPy array, at its character 1: wanted {"},
      {header("{'descr': '<f8'"), "wanted }"},
      {header("{'descr': '<f8'}"), "wanted the keys descr, fortran_order and shape"},
      {header("{'descr': '<f8'} x"), "at its character 18: more follows the dictionary"},
      {header("{'descr': '<f8"), "a string does not end"},
      {header("{descr: '<f8'}"), "wanted a string"},
      {header("{'descr' '<f8'}"), "wanted :"},
      {header("{'descr': '<f8', 'descr': '<f8'}"), "the key 'descr' stands twice"},
      {header("{'order': 'C'}"), "unknown key 'order'"},
      {header("{'fortran_order': 1}"), "wanted True or False"},
      {header("{'shape': 3}"), "wanted ("},
      {header("{'shape': (-3,)}"), "the shape is no tuple of whole numbers"},
      {header("{'shape': (3 4)}"), "wanted )"},
      {header("{'shape': (99999999999999999999,)}"), "the shape is no tuple of whole numbers"},
      {header("{'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)}"),
       "has more than 32 axes"},
      {header("{'descr': [('a', '<f8')]" + rest), "a structured dtype; wanted an array of plain"},
      {header("{'descr': '>f8'" + rest),
       "x.npy: the dtype '>f8' is big-endian; save it as little-endian: x.astype('<f8')"},
      {header("{'descr': '|O'" + rest),
       "the dtype '|O' is of Python objects; labels: y.astype(str); rows of one length: "
       "numpy.stack"},
      {header("{'descr': '<c8'" + rest), "the dtype '<c8' is not supported"},
      {header("{'descr': ''" + rest), "the dtype '' is not supported"},
      {header("{'descr': '<U0'" + rest), "the dtype '<U0' is not supported"},
      {npy<double>("<f8", "(2, 2)", {1, 2, 3}),
       "x.npy: the header announces 32 bytes (dtype '<f8', shape (2, 2)), but 24 follow it"},
      {npy<double>("<f8", "(1, 2)", {1, 2, 3}),
       "announces 16 bytes (dtype '<f8', shape (1, 2)), but 24"},
      {npy<double>("<f8", "(100000000000, 1000)", {1}), "announces 800000000000000 bytes"},
      {npy<double>("<f8", "(4294967296, 4294967296)", {1}), "is larger than any memory"},
      {npy<double>("<f8", "(2,)", {1, 2}),
       "x.npy: the array has dtype '<f8' and shape (2,); wanted numbers of shape (n, T) or (n, T, "
       "I)"},
      {npy<double>("<f8", "()", {1}), "and shape (); wanted"},
      {npy<std::uint32_t>("<U1", "(1, 1)", {65}),
       "has dtype '<U1' and shape (1, 1); wanted numbers"},
      {npy<double>("<f8", "(1, 1, 0)", {}), "a step needs a feature"},
      {npy<double>("<f8", "(1000000000000, 0)", {}), "more than 16777216 sequences without a step"},
      {npy<double>("<f8", "(1, 2)", {1, HUGE_VAL}),
       "x.npy: element 1 of the array (shape (1, 2), counted by rows from 0) is infinite"},
      {npy<double>("<f8", "(0, 2)", {}), "x.npy: holds no sequence"},
  };
  for (const auto& [bytes, message] : cases) {
    const std::string got = refusal("x.npy", bytes);
    EXPECT_TRUE(contains(got, message)) << got << "\nwanted " << message;
    if (bytes.empty()) continue;
    EXPECT_FALSE(refusal("x.npy.gz", gzip(bytes)).empty());
  }
  EXPECT_TRUE(contains(refusal("x.npy.gz", gzip(npy<double>("<f8", "(2, 2)", {1, 2, 3}))),
                       "announces 32 bytes (dtype '<f8', shape (2, 2)), but 24 follow it"));
  EXPECT_TRUE(contains(refusal("x.npy.gz", gzip(npy<double>("<f8", "(1, 1)", {1, 2, 3}))),
                       "announces 8 bytes (dtype '<f8', shape (1, 1)), but more follow it"));
  EXPECT_TRUE(
      contains(refusal("x.npy", npy<double>("<f8", "(1, 1)", {1}), {.target = TargetKind::kLabel}),
               "x.npy: a .npy file holds inputs alone; put x and y into one .npz"));
}

class NpzTest : public testing::Test {
 protected:
  Sequences read(const Arrays& arrays, TargetKind target = TargetKind::kNone) {
    Sequences stored = read_sequences(write_npz(folder_, "a.npz", arrays), {.target = target});
    const Sequences deflated =
        read_sequences(write_npz(folder_, "b.npz", arrays, true), {.target = target});
    EXPECT_EQ(stored.begin, deflated.begin);
    expect_values(stored.values, deflated.values);
    EXPECT_EQ(stored.labels, deflated.labels);
    expect_values(stored.targets, deflated.targets);
    return stored;
  }

  std::string refusal(const Arrays& arrays, TargetKind target) {
    const std::string path = write_npz(folder_, "a.npz", arrays, true);
    return message_of<FormatError>([&] { read_sequences(path, {.target = target}); })
        .substr(folder_.path().size() + 1);
  }

  TemporaryFolder folder_;
  const std::string x_ = npy<double>("<f8", "(2, 3, 1)", {1, 2, 3, 4, 5, 6});
};

TEST_F(NpzTest, ReadsInputsAndLengths) {
  expect_values(read({{"X.npy", x_}}).values, {1, 2, 3, 4, 5, 6});
  const Sequences s =
      read({{"lengths.npy", npy<std::int64_t>("<i8", "(2,)", {0, 2})}, {"x.npy", x_}});
  EXPECT_EQ(s.begin, (Begins{0, 0, 2}));
  expect_values(s.values, {4, 5});
}

TEST_F(NpzTest, ReadsLabels) {
  const std::string integers = npy<std::int32_t>("<i4", "(2,)", {7, -1});
  for (const char* name : {"y", "label", "labels", "target", "targets"}) {
    const Arrays arrays = {{"x.npy", x_}, {name + ".npy"s, integers}};
    EXPECT_EQ(read(arrays, TargetKind::kLabel).labels, (Names{"7", "-1"}));
    EXPECT_TRUE(read(arrays).labels.empty());
  }
  // UTF-32, filled up with zeros.
  const std::string texts = npy<std::uint32_t>("<U3", "(2,)", {'u', 'p', 0, 0xE9, 0x20AC, 0x1F600});
  EXPECT_EQ(read({{"x.npy", x_}, {"y.npy", texts}}, TargetKind::kLabel).labels,
            (Names{"up", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"}));
  const std::string of_steps = npy<std::int64_t>("<i8", "(2, 3)", {1, 2, 3, 4, 5, 6});
  const std::string lengths = npy<std::int64_t>("<i8", "(2,)", {1, 2});
  EXPECT_EQ(
      read({{"x.npy", x_}, {"y.npy", of_steps}, {"lengths.npy", lengths}}, TargetKind::kStepLabel)
          .labels,
      (Names{"1", "4", "5"}));
}

TEST_F(NpzTest, ReadsTargets) {
  const auto targets = [&](const std::string& y, TargetKind kind, std::size_t width) {
    const Sequences s = read({{"x.npy", x_}, {"y.npy", y}}, kind);
    EXPECT_EQ(s.target_width, width);
    return s.targets;
  };
  const Floats six = {1, 2, 3, 4, 5, 6};
  expect_values(targets(npy<float>("<f4", "(2,)", {1, 2}), TargetKind::kValue, 1), {1, 2});
  expect_values(targets(npy<double>("<f8", "(2, 3)", six), TargetKind::kValue, 3), six);
  expect_values(targets(npy<double>("<f8", "(2, 3)", six), TargetKind::kStepValue, 1), six);
  expect_values(
      targets(npy<std::int64_t>("<i8", "(2, 3, 1)", {1, 2, 3, 4, 5, 6}), TargetKind::kStepValue, 1),
      six);
}

TEST_F(NpzTest, RefusesAnythingElse) {
  using T = TargetKind;
  const auto y = [&](const std::string& array) { return Arrays{{"x.npy", x_}, {"y.npy", array}}; };
  const std::string floats = npy<double>("<f8", "(2,)", {1, 2});
  const struct {
    Arrays arrays;
    T target;
    std::string message;
  } cases[] = {
      {{}, T::kNone, "a.npz: looks like an empty zip archive, wanted a zip archive of arrays"},
      {{{"y.npy", floats}}, T::kNone, "a.npz: has no array x"},
      {{{"x.npy", x_}}, T::kLabel, "a.npz: has no array y"},
      {{{"x.npy", x_}, {"X.npy", x_}}, T::kNone, "a.npz: has both x and X"},
      {{{"x.npy", x_}, {"x.npy", x_}}, T::kNone, "a.npz: the array 'x' stands twice"},
      {{{"x.npy", x_}, {"y.npy", floats}, {"label.npy", floats}},
       T::kValue,
       "a.npz: has both y and label; which one is the target?"},
      {{{"x.npy", x_}, {"lenghts.npy", floats}},
       T::kNone,
       "a.npz: unknown array 'lenghts'; did you mean 'lengths'? Known: x, X, y"},
      {{{"x.txt", x_}}, T::kNone, "a.npz: holds 'x.txt', which is no .npy"},
      {{{"x.npy", "hello"}}, T::kNone, "a.npz: array 'x': does not begin as a NumPy array"},
      {{{"x.npy", npy<double>("<f8", "(2, 2)", {1})}},
       T::kNone,
       "a.npz: array 'x': the header announces 32 bytes"},
      {{{"x.npy", x_}, {"lengths.npy", floats}},
       T::kNone,
       "a.npz: lengths has dtype '<f8' and shape (2,); wanted integers of shape (2,)"},
      {{{"x.npy", x_}, {"lengths.npy", npy<std::int64_t>("<i8", "(3,)", {1, 1, 1})}},
       T::kNone,
       "and shape (3,); wanted integers of shape (2,)"},
      {{{"x.npy", x_}, {"lengths.npy", npy<std::int64_t>("<i8", "(2,)", {1, 4})}},
       T::kNone,
       "a.npz: lengths[1] is 4; wanted 0 to 3, the steps of x"},
      {{{"x.npy", x_}, {"lengths.npy", npy<std::int64_t>("<i8", "(2,)", {-1, 3})}},
       T::kNone,
       "a.npz: lengths[0] is -1; wanted 0 to 3"},
      {y(floats), T::kLabel,
       "a.npz: y has dtype '<f8' and shape (2,); labels are integers or texts: y.astype('<i8')"},
      {y(npy<std::uint32_t>("<U1", "(2,)", {65, 66})), T::kValue, "targets are numbers"},
      {y(npy<std::uint32_t>("<U1", "(2,)", {65, 0})), T::kLabel, "y: label 1 is empty"},
      {y(npy<std::uint32_t>("<U1", "(2,)", {65, 0xD800})), T::kLabel, "which is no Unicode"},
      {y(npy<double>("<f8", "(2,)", {1, kNan})), T::kValue, "y: target 1 is missing (NaN)"},
      {y(npy<double>("<f8", "(2,)", {1, -HUGE_VAL})), T::kValue, "array 'y': element 1"},
      {y(floats), T::kStepValue,
       "and shape (2,); wanted shape (2, 3) or (2, 3, W), as x has (2, 3, 1)"},
      {y(npy<std::int64_t>("<i8", "(2, 1)", {1, 2})), T::kLabel,
       "and shape (2, 1); wanted shape (2,), as x has (2, 3, 1)"},
      {y(npy<double>("<f8", "(3,)", {1, 2, 3})), T::kValue,
       "and shape (3,); wanted shape (2,) or (2, W), as x has (2, 3, 1)"},
      {y(npy<double>("<f8", "(2, 0)", {})), T::kValue, "wanted shape (2,) or (2, W)"},
      {y(npy<std::int64_t>("<i8", "(2,)", {1, 2})), T::kStepLabel, "wanted shape (2, 3), as"},
  };
  for (const auto& refused : cases) {
    const std::string got = refusal(refused.arrays, refused.target);
    EXPECT_TRUE(contains(got, refused.message)) << got << "\nwanted " << refused.message;
  }
}

TEST_F(NpzTest, RefusesWhatIsDamaged) {
  const std::string path = write_npz(folder_, "a.npz", {{"x.npy", x_}}, false);
  std::ifstream file(path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = folder_.write("cut.npz", std::string_view(whole).substr(0, size));
    // minizip takes the last bytes for zeros where they are cut off, which is what they were.
    if (size + 4 >= whole.size()) {
      expect_values(read_sequences(cut, {}).values, {1, 2, 3, 4, 5, 6});
    } else {
      EXPECT_THROW(read_sequences(cut, {}), FormatError) << size;
    }
  }
  std::string changed = whole;
  const std::size_t last = whole.find(little_endian(6.0));
  changed[last + 6] = '\x19';
  EXPECT_TRUE(contains(unroll::refusal("a.npz", changed),
                       "a.npz: array 'x': its checksum is wrong: the archive is damaged"));
  EXPECT_TRUE(contains(unroll::refusal("a.npz.gz", gzip(whole)),
                       "a.npz.gz: an .npz file is compressed inside; decompress the .gz (gunzip)"));
  EXPECT_TRUE(contains(unroll::refusal("a.npz", "hello"), "a.npz: is no zip archive"));
  EXPECT_TRUE(contains(unroll::refusal("a.npz", x_),
                       "a.npz: looks like a NumPy array (.npy), wanted a zip archive of arrays"));
  EXPECT_TRUE(contains(message_of<FileError>([&] { read_sequences(folder_.file("none.npz"), {}); }),
                       "none.npz: cannot be opened"));
}

}  // namespace
}  // namespace unroll
