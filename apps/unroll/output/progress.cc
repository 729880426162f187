#include "output/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "output/print.h"

namespace unroll::app {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::chrono::milliseconds kRedrawEvery{100};

ProgressStyle progress_style = ProgressStyle::kFull;

std::size_t terminal_width() {
  winsize size = {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kWidth;
  return std::min<std::size_t>(kWidth, size.ws_col);
}

}  // namespace

void set_progress_style(ProgressStyle style) { progress_style = style; }

std::string thousands(std::uint64_t number) {
  if (number < 1000) return fmt::format("{}", number);
  return fmt::format("{},{:03}", thousands(number / 1000), number % 1000);
}

std::string duration(double seconds) {
  const auto s = static_cast<std::uint64_t>(std::clamp(seconds, 0.0, 1e9));
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

std::string progress_line(const TrainingProgress& p, std::uint64_t updates, const ItemStyle& items,
                          std::size_t width) {
  const double done =
      p.batches == 0 ? 0 : static_cast<double>(p.batch) / static_cast<double>(p.batches);
  const std::string head =
      fmt::format("epoch {}/{} {:3}%", p.epoch, p.epochs, static_cast<int>(100 * done));
  std::string tail;
  if (p.seconds > 0 && updates > 0) {
    const std::uint64_t left = (p.epochs - p.epoch) * p.batches + (p.batches - p.batch);
    tail += fmt::format(
        " {} {}/s", thousands(static_cast<std::uint64_t>(static_cast<double>(p.items) / p.seconds)),
        items.name);
    tail += fmt::format(", {} left", duration(p.seconds / static_cast<double>(updates) *
                                              static_cast<double>(left)));
  }
  if (p.epoch_loss.items > 0) {
    const double loss = p.epoch_loss.sum / static_cast<double>(p.epoch_loss.items);
    tail += items.perplexity ? fmt::format(", perplexity {:.4g}", std::exp(loss))
                             : fmt::format(", loss {:.4g}", loss);
  }
  std::string bar;
  if (head.size() + tail.size() + 6 < width) {
    const std::size_t cells = std::min<std::size_t>(width - head.size() - tail.size() - 4, 24);
    const auto filled = static_cast<std::size_t>(done * static_cast<double>(cells));
    bar = fmt::format(" [{:#<{}}{:.<{}}]", "", filled, "", cells - filled);
  }
  return (head + bar + tail).substr(0, width - 1);
}

Progress::Progress(bool shown, std::uint64_t total_epochs, ItemStyle items)
    : shown_(shown && progress_style != ProgressStyle::kNone),
      terminal_(::isatty(STDERR_FILENO) == 1),
      total_epochs_(total_epochs),
      items_(std::move(items)) {}

void Progress::update(const TrainingProgress& progress) {
  ++updates_;
  if (!shown_ || !terminal_) return;
  const Clock::time_point now = Clock::now();
  if (drawn_ > 0 && now - last_drawn_ < kRedrawEvery) return;
  last_drawn_ = now;
  std::string line = progress_line(progress, updates_, items_, terminal_width());
  const std::size_t columns = line.size();
  if (columns < drawn_) line.append(drawn_ - columns, ' ');
  drawn_ = columns;
  print_error(fmt::format("\r{}", line));
}

void Progress::clear() {
  if (drawn_ == 0) return;
  print_error(fmt::format("\r{:{}}\r", "", drawn_));
  drawn_ = 0;
}

void Progress::epoch(const EpochRecord& record) {
  if (!shown_ || progress_style != ProgressStyle::kFull) return;
  clear();
  const auto shown = [&](double loss) {
    return items_.perplexity ? fmt::format("{:.2f}", std::exp(loss)) : fmt::format("{:.4f}", loss);
  };
  std::string line = fmt::format("epoch {:{}}/{}  train {}", record.epoch,
                                 fmt::formatted_size("{}", total_epochs_), total_epochs_,
                                 shown(record.train_loss));
  if (record.valid_loss) line += "  valid " + shown(*record.valid_loss);
  line += fmt::format("  rate {:.4g}", record.learning_rate);
  if (record.seconds > 0) {
    line += fmt::format(
        "  {} {}/s",
        thousands(static_cast<std::uint64_t>(static_cast<double>(record.items) / record.seconds)),
        items_.name);
  }
  print_error(line + "\n");
}

}  // namespace unroll::app
