#include "unroll/data/truncated_bptt.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "data/data_testing.h"
#include "unroll/core/error.h"

namespace unroll {
namespace {

using Ids = std::vector<std::uint32_t>;

// Token i is i + 7, so that a window shows where it was taken.
Ids numbered(std::size_t count) {
  Ids tokens(count);
  std::iota(tokens.begin(), tokens.end(), 7u);
  return tokens;
}

struct Copy {
  std::size_t steps;
  Ids inputs, targets;
  friend bool operator==(const Copy&, const Copy&) = default;
};

template <class T>
Copy copy_next(TruncatedBptt<T>& bptt) {
  const BpttWindow window = bptt.next();
  const std::size_t size = window.steps * bptt.options().batch;
  return {window.steps, Ids(window.inputs, window.inputs + size),
          Ids(window.targets, window.targets + size)};
}

constexpr struct {
  std::size_t tokens, batch, bptt;
} kGrid[] = {{2, 1, 1},   {3, 2, 1},   {11, 1, 10},  {12, 1, 10},   {31, 3, 10},   {33, 3, 10},
             {34, 3, 10}, {100, 7, 3}, {100, 7, 14}, {1000, 10, 5}, {1001, 20, 50}};

TEST(TruncatedBptt, EpochWindowsFollowTheFormula) {
  for (const auto& [n, batch, steps] : kGrid) {
    const Ids tokens = numbered(n);
    TruncatedBptt<float> bptt(tokens, {batch, steps, Cursor::kEpoch}, {});
    const std::size_t length = (n - 1) / batch;
    ASSERT_EQ(bptt.windows_per_epoch(), (length + steps - 1) / steps);
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
      std::size_t time = 0;
      for (std::uint64_t window = 0; window < bptt.windows_per_epoch(); ++window) {
        EXPECT_EQ(bptt.position(), (BpttPosition{epoch, window, time}));
        const Copy got = copy_next(bptt);
        ASSERT_EQ(got.steps, std::min(steps, length - time));
        for (std::size_t t = 0; t < got.steps; ++t, ++time) {
          for (std::size_t lane = 0; lane < batch; ++lane) {
            ASSERT_EQ(got.inputs[t * batch + lane], tokens[lane * length + time]);
            ASSERT_EQ(got.targets[t * batch + lane], tokens[lane * length + time + 1]);
          }
        }
      }
      EXPECT_EQ(time, length);
    }
  }
}

TEST(TruncatedBptt, WrapWindowsFollowTheFormula) {
  for (const auto& [n, batch, steps] : kGrid) {
    const Ids tokens = numbered(n);
    TruncatedBptt<double> bptt(tokens, {batch, steps, Cursor::kWrap}, {});
    const std::size_t data_size = n - 1;
    ASSERT_EQ(bptt.windows_per_epoch(), data_size / (batch * steps));
    std::size_t time = 0;
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
      for (std::uint64_t window = 0; window < bptt.windows_per_epoch(); ++window) {
        EXPECT_EQ(bptt.position(), (BpttPosition{epoch, window, time}));
        const Copy got = copy_next(bptt);
        ASSERT_EQ(got.steps, steps);
        for (std::size_t t = 0; t < steps; ++t, ++time) {
          for (std::size_t lane = 0; lane < batch; ++lane) {
            const std::size_t pair = (lane * (data_size / batch) + time) % data_size;
            ASSERT_EQ(got.inputs[t * batch + lane], tokens[pair]);
            ASSERT_EQ(got.targets[t * batch + lane], tokens[pair + 1]);
          }
        }
      }
    }
  }
}

TEST(TruncatedBptt, AThousandWords) {
  const Ids tokens = numbered(1000);
  TruncatedBptt<float> bptt(tokens, {10, 5, Cursor::kWrap}, {});
  EXPECT_EQ(bptt.windows_per_epoch(), 19u);
  const Copy first = copy_next(bptt);
  EXPECT_EQ(first.inputs[1], tokens[99]);
  EXPECT_EQ(first.targets[9], tokens[892]);
  for (int window = 1; window < 19; ++window) bptt.next();
  EXPECT_EQ(bptt.position(), (BpttPosition{1, 0, 95}));
  EXPECT_EQ(copy_next(bptt).inputs[0], tokens[95]);  // runs on, does not restart
}

TEST(TruncatedBptt, CarriesOrZeroesTheState) {
  const Ids tokens = numbered(21);
  for (const Cursor cursor : {Cursor::kEpoch, Cursor::kWrap}) {
    TruncatedBptt<float> bptt(tokens, {2, 5, cursor}, {Shape{3, 2, 4}, Shape{1, 2, 6}});
    ASSERT_EQ(bptt.state().size(), 2u);
    EXPECT_EQ(bptt.state()[0].shape(), (Shape{3, 2, 4}));
    ASSERT_EQ(bptt.windows_per_epoch(), 2u);
    float before = 0;
    for (int window = 0; window < 6; ++window) {
      bptt.next();
      const float wanted = cursor == Cursor::kEpoch && window % 2 == 0 ? 0 : before;
      for (const Tensor<float>& state : bptt.state()) {
        for (const float value : state) ASSERT_EQ(value, wanted);
      }
      before = static_cast<float>(window + 1);
      for (Tensor<float>& state : bptt.state()) state.fill(before);
    }
  }
}

TEST(TruncatedBptt, ResumesExactlyAnywhere) {
  for (const Cursor cursor : {Cursor::kEpoch, Cursor::kWrap}) {
    for (const auto& [n, batch, steps] : kGrid) {
      const Ids tokens = numbered(n);
      const TruncatedBpttOptions options{batch, steps, cursor};
      const std::vector<Shape> shapes = {Shape{1, batch, 2}};
      // The "model": each window adds its first input to the state.
      const auto step = [](TruncatedBptt<double>& bptt) {
        const Copy window = copy_next(bptt);
        for (double& value : bptt.state()[0]) value += window.inputs[0];
        return window;
      };
      TruncatedBptt<double> whole(tokens, options, shapes);
      for (std::size_t done = 0; done < 3 * whole.windows_per_epoch(); ++done) {
        TruncatedBptt<double> resumed(tokens, options, shapes);
        for (int window = 0; window < 3; ++window) step(resumed);  // of no effect
        resumed.restore(whole.position());
        resumed.state() = whole.state();
        TruncatedBptt<double> reference = whole;
        for (std::size_t i = 0; i < whole.windows_per_epoch() + 2; ++i) {
          ASSERT_EQ(step(resumed), step(reference));
          ASSERT_EQ(resumed.position(), reference.position());
          ASSERT_EQ(resumed.state()[0][0], reference.state()[0][0]);
        }
        step(whole);
      }
    }
  }
}

TEST(TruncatedBptt, RefusesAPositionOfAnotherRun) {
  const Ids tokens = numbered(1000);
  const auto refused = [&](Cursor cursor, const BpttPosition& position) {
    TruncatedBptt<float> bptt(tokens, {10, 5, cursor}, {});
    EXPECT_THROW(bptt.restore(position), ValueError);
    EXPECT_EQ(bptt.position(), BpttPosition());
  };
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  TruncatedBptt<float> epoch(tokens, {10, 5, Cursor::kEpoch}, {});  // 20 windows
  epoch.restore({7, 19, 95});
  epoch.restore({kMax, 1, 5});
  refused(Cursor::kEpoch, {0, 20, 100});
  refused(Cursor::kEpoch, {0, 1, 0});
  refused(Cursor::kEpoch, {0, 1, 6});
  refused(Cursor::kEpoch, {1, 1, 105});
  refused(Cursor::kEpoch, {0, kMax, kMax});
  TruncatedBptt<float> wrap(tokens, {10, 5, Cursor::kWrap}, {});  // 19 windows
  wrap.restore({7, 18, (7 * 19 + 18) * 5});
  refused(Cursor::kWrap, {7, 18, 90});
  refused(Cursor::kWrap, {0, 19, 95});
  refused(Cursor::kWrap, {1, 0, 0});
  refused(Cursor::kWrap, {kMax, 0, 0});
  refused(Cursor::kWrap, {kMax / 5 / 19 + 1, 0, kMax});
  EXPECT_TRUE(contains(message_of<ValueError>([&] {
                         wrap.restore({1, 0, 100});
                       }),
                       "position (epoch 1, window 0, cursor 100) does not fit 1000 tokens with "
                       "batch 10, bptt 5 and cursor wrap"));
}

TEST(TruncatedBptt, RefusesAShortText) {
  const auto make = [](std::size_t tokens, std::size_t batch, std::size_t steps) {
    const Ids ids = numbered(tokens);
    for (const Cursor cursor : {Cursor::kEpoch, Cursor::kWrap}) {
      TruncatedBptt<float>(ids, {batch, steps, cursor}, {});
    }
  };
  make(701, 20, 35);
  EXPECT_EQ(message_of<ValueError>([&] { make(700, 20, 35); }),
            "the text has 700 tokens, and at least batch 20 × bptt 35 + 1 = 701 are wanted; make "
            "batch or bptt smaller, or use a longer text");
  EXPECT_THROW(make(0, 1, 1), ValueError);
  EXPECT_THROW(make(1, 1, 1), ValueError);
  constexpr std::size_t kHuge = std::numeric_limits<std::size_t>::max();
  EXPECT_THROW(make(10, kHuge, kHuge), ValueError);
  EXPECT_THROW(make(10, 2, kHuge / 2 + 1), ValueError);
  EXPECT_EQ(message_of<ValueError>([&] { make(10, 0, 1); }), "batch is 0; it must be at least 1");
  EXPECT_EQ(message_of<ValueError>([&] { make(10, 1, 0); }), "bptt is 0; it must be at least 1");
}

TEST(TruncatedBptt, RefusesAStateOfAnotherBatch) {
  const Ids tokens = numbered(100);
  EXPECT_TRUE(contains(message_of<ShapeError>([&] {
                         TruncatedBptt<float>(tokens, {2, 5, Cursor::kEpoch}, {Shape{1, 3, 4}});
                       }),
                       "shape (1, 3, 4), wanted (layers·directions, 2, hidden)"));
  EXPECT_THROW(TruncatedBptt<float>(tokens, {2, 5, Cursor::kEpoch}, {Shape{2, 2}}), ShapeError);
}

TEST(TruncatedBptt, CursorsHaveNames) {
  for (const Cursor cursor : {Cursor::kEpoch, Cursor::kWrap}) {
    EXPECT_EQ(parse_cursor(cursor_name(cursor)), cursor);
  }
  EXPECT_EQ(message_of<ValueError>([] { parse_cursor("warp"); }),
            "unknown cursor 'warp'; did you mean 'wrap'? Known: epoch, wrap");
}

}  // namespace
}  // namespace unroll
