#include <lzma.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <vector>

#include "baselines.h"
#include "unroll/core/error.h"
#include "unroll/io/file.h"

namespace unroll {
namespace {

// Compresses bytes in memory of fixed size and only counts what comes out.
class Compressor {
 public:
  // xz -9e with a dictionary of at least `bytes` bytes, which are all that will come. The preset's
  // own 64 MiB would cost 700 MB of memory, however short the text is.
  explicit Compressor(std::uint64_t bytes) {
    lzma_options_lzma options;
    if (lzma_lzma_preset(&options, 9 | LZMA_PRESET_EXTREME))
      throw Error("liblzma has no preset 9e");
    constexpr std::uint64_t kMaxDictionary = std::uint64_t{3} << 29;
    options.dict_size = static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(bytes, LZMA_DICT_SIZE_MIN, kMaxDictionary));
    const lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
    check(lzma_stream_encoder(&stream_, filters, LZMA_CHECK_CRC64));
  }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  ~Compressor() { lzma_end(&stream_); }

  void add(const InputFile& file) {
    std::vector<std::uint8_t> block(1 << 16);
    for (std::uint64_t offset = 0; offset < file.size();) {
      const auto count =
          static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), file.size() - offset));
      file.read_at(offset, block.data(), count);
      offset += count;
      stream_.next_in = block.data();
      stream_.avail_in = count;
      while (stream_.avail_in > 0) check(code(LZMA_RUN));
    }
  }

  // Bytes of the compressed file.
  std::uint64_t finish() {
    lzma_ret result = LZMA_OK;
    while (result != LZMA_STREAM_END) {
      result = code(LZMA_FINISH);
      if (result != LZMA_STREAM_END) check(result);
    }
    return stream_.total_out;
  }

 private:
  lzma_ret code(lzma_action action) {
    stream_.next_out = output_.data();
    stream_.avail_out = output_.size();
    return lzma_code(&stream_, action);
  }
  static void check(lzma_ret result) {
    if (result == LZMA_OK) return;
    throw Error(result == LZMA_MEM_ERROR
                    ? "not enough memory for xz -9e; shorten the training text"
                    : "liblzma failed with error " + std::to_string(static_cast<int>(result)));
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  std::array<std::uint8_t, 1 << 16> output_;
};

std::uint64_t compressed_size(std::initializer_list<const InputFile*> files, std::uint64_t bytes) {
  Compressor compressor(bytes);
  for (const InputFile* file : files) compressor.add(*file);
  return compressor.finish();
}

}  // namespace

double xz_bits(const std::string& train, const std::string& test) {
  const std::uint64_t characters = count_characters(test);
  const InputFile train_file(train);
  const InputFile test_file(test);
  const std::uint64_t bytes = train_file.size() + test_file.size();
  const std::uint64_t alone = compressed_size({&train_file}, bytes);
  const std::uint64_t both = compressed_size({&train_file, &test_file}, bytes);
  return 8 * (static_cast<double>(both) - static_cast<double>(alone)) /
         static_cast<double>(characters);
}

}  // namespace unroll
