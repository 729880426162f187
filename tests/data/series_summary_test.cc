#include "unroll/data/series_summary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "temporary_folder.h"

namespace unroll {
namespace {

TEST(SeriesSummary, SaysWhatWasRead) {
  const TemporaryFolder folder;
  const std::string path =
      folder.write("a.csv",
                   ",day,y,z,note\n0,2024-01-01,1,,a\n1,2024-01-02,NA,,b\n2,2024-01-05,6,,c\n"
                   "3,2024-01-06,2,,d\n4,2024-01-08,3,,e\n5,2024-01-09,3,,f\n");
  const SeriesSummary s = summarize(read_series(path));
  EXPECT_EQ(s.file, path);
  EXPECT_EQ(s.steps, 6u);
  ASSERT_EQ(s.columns.size(), 2u);
  EXPECT_EQ(s.columns[0].name, "y");
  EXPECT_EQ(s.columns[0].least, 1);
  EXPECT_EQ(s.columns[0].mean, 3);
  EXPECT_EQ(s.columns[0].most, 6);
  EXPECT_EQ(s.columns[0].missing, 1u);
  EXPECT_TRUE(std::isnan(s.columns[1].mean));
  EXPECT_EQ(s.columns[1].missing, 6u);
  EXPECT_EQ(s.time_name, "day");
  EXPECT_EQ(s.time_format, "%Y-%m-%d");
  EXPECT_EQ(s.first, "2024-01-01");
  EXPECT_EQ(s.last, "2024-01-09");
  EXPECT_EQ(s.step, "daily");
  EXPECT_EQ(s.absent, 3u);
  EXPECT_EQ(s.first_absent, "2024-01-03");
  EXPECT_EQ(s.notes.left_out.size(), 2u);
  EXPECT_TRUE(s.notes.header);
  const SeriesSummary whole = summarize(read_series(path, {.insert_missing = true}));
  EXPECT_EQ(whole.absent, 0u);
  EXPECT_EQ(whole.notes.inserted, 3u);
}

TEST(SeriesSummary, NoticesWhatMayBeTimes) {
  const auto evenly = [](const std::vector<double>& values) {
    return summarize({.column_names = {"y"}, .values = values}).columns[0].rises_evenly;
  };
  EXPECT_TRUE(evenly({5, 6, 7}));
  EXPECT_TRUE(evenly({0, 3600, 7200, 10800}));
  for (const std::vector<double>& values : {std::vector<double>{1, 2},
                                            {1, 2, 4},
                                            {7, 7, 7},
                                            {3, 2, 1},
                                            {1, 2, std::numeric_limits<double>::quiet_NaN()}}) {
    EXPECT_FALSE(evenly(values));
  }
}

// The mean of large numbers does not overflow.
TEST(SeriesSummary, LargeNumbers) {
  const double big = std::numeric_limits<double>::max();
  const SeriesSummary s = summarize({.column_names = {"y"}, .values = {big, big, big}});
  EXPECT_EQ(s.columns[0].mean, big);
  EXPECT_EQ(s.time_name, "");
  EXPECT_EQ(s.absent, 0u);
}

}  // namespace
}  // namespace unroll
