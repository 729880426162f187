#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <utility>
#include <vector>

namespace unroll::benchmarks {

// Google Benchmark's results as one line a row.
class Table : public benchmark::BenchmarkReporter {
 public:
  // `begin` is called before the first row, if there is one.
  explicit Table(std::function<void()> begin) : begin_(std::move(begin)) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  bool failed() const { return failed_; }  // a row ended with an error

 private:
  std::function<void()> begin_;
  bool failed_ = false;
};

}  // namespace unroll::benchmarks
