#include "data/gzip.h"

#include <algorithm>
#include <new>
#include <utility>

#include "support/quote.h"
#include "unroll/core/error.h"

namespace unroll::detail {
namespace {

constexpr std::size_t kInputBytes = std::size_t{1} << 16;
constexpr int kGzipOnly = 16 + MAX_WBITS;  // as zlib's inflateInit2 has it

}  // namespace

bool has_gzip_name(std::string_view name) { return name.ends_with(".gz"); }

GzipStream::GzipStream(std::string name, ReadBytes stored)
    : name_(std::move(name)), stored_(std::move(stored)), input_(kInputBytes) {
  if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
}

GzipStream::~GzipStream() { inflateEnd(&stream_); }

void GzipStream::refill() {
  // What is left moves to the front: the first bytes of a member are looked at together.
  const std::size_t left = stream_.avail_in;
  std::copy_n(reinterpret_cast<const char*>(stream_.next_in), left, input_.data());
  const std::size_t got = stored_(input_.data() + left, input_.size() - left);
  input_ended_ = got < input_.size() - left;
  read_ += got;
  stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
  stream_.avail_in = static_cast<uInt>(left + got);
}

void GzipStream::begin_member() {
  if (stream_.avail_in < 2 && !input_ended_) refill();
  if (stream_.avail_in < 2 || stream_.next_in[0] != 0x1F || stream_.next_in[1] != 0x8B) {
    if (any_member_) fail("bytes that are no gzip follow its end");
    throw FormatError(name_ +
                      ": has a name that ends in .gz, but is not compressed by gzip; rename it");
  }
  inflateReset(&stream_);
  in_member_ = any_member_ = true;
}

std::size_t GzipStream::read(char* to, std::size_t count) {
  std::size_t got = 0;
  while (got < count) {
    if (stream_.avail_in == 0 && !input_ended_) refill();
    if (stream_.avail_in == 0 && !in_member_ && any_member_) break;
    if (!in_member_) begin_member();
    if (stream_.avail_in == 0) fail("it is cut off");
    const uInt room = static_cast<uInt>(std::min<std::size_t>(count - got, 1u << 30));
    stream_.next_out = reinterpret_cast<Bytef*>(to + got);
    stream_.avail_out = room;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    got += room - stream_.avail_out;
    if (status == Z_STREAM_END) {
      in_member_ = false;
    } else if (status == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      fail(stream_.msg != nullptr ? printable(stream_.msg) : "a dictionary is missing");
    }
  }
  return got;
}

void GzipStream::fail(const std::string& what) const {
  throw FormatError(name_ + ": damaged gzip at compressed byte " +
                    std::to_string(read_ - stream_.avail_in) + ": " + what);
}

}  // namespace unroll::detail
