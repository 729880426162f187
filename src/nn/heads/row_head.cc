#include "nn/heads/row_head.h"

#include <cassert>
#include <cmath>

#include "unroll/core/error.h"

namespace unroll {

Head::~Head() = default;
HeadOptions Head::options() const { return {.name = name()}; }
std::optional<HeadParameter> Head::parameter(std::size_t) const { return {}; }
std::optional<double> Head::interval_factor() const { return {}; }

template <class T>
void check_loss_rows(const Head& head, const LossRows<T>& rows) {
  const HeadTargets kind = head.targets();
  const std::size_t predictions = head.width(1);
  if (rows.width == 0) throw ValueError("the loss '" + head.name() + "' has rows of width 0");
  if (rows.width % predictions != 0) {
    throw ValueError("the loss '" + head.name() + "' has " + std::to_string(rows.width) +
                     " predictions a row; wanted " + std::to_string(predictions) +
                     " for every target");
  }
  if (kind == HeadTargets::kClass ? rows.classes == nullptr : rows.targets == nullptr) {
    throw ValueError("the loss '" + head.name() + "' has no targets; set LossRows::" +
                     (kind == HeadTargets::kClass ? "classes" : "targets"));
  }
  const auto refuse = [&](std::size_t row, const std::string& what) {
    throw ValueError("row " + std::to_string(row) + " of the loss '" + head.name() + "' has " +
                     what);
  };
  for (std::size_t r = 0; r < rows.rows; ++r) {
    if (rows.mask != nullptr && !(rows.mask[r] >= 0 && std::isfinite(rows.mask[r]))) {
      refuse(r, "the mask " + std::to_string(rows.mask[r]) + "; wanted a finite number >= 0");
    }
    if (!counts(rows, r)) continue;
    if (kind == HeadTargets::kClass && rows.classes[r] >= rows.width) {
      refuse(r, "the target class " + std::to_string(rows.classes[r]) + "; wanted 0 to " +
                    std::to_string(rows.width - 1));
    }
    for (std::size_t c = 0; kind == HeadTargets::kClassSet && c < rows.width; ++c) {
      const T t = rows.targets[r * rows.width + c];
      if (!(t >= 0 && t <= 1)) {
        refuse(r, "the target " + std::to_string(t) + " in column " + std::to_string(c) +
                      "; wanted 0 to 1");
      }
    }
  }
  assert(rows.rows == 0 || rows.predictions != nullptr);
}

template <class T>
double loss_scale(const Head& head, const LossRows<T>& rows, Reduction reduction) {
  if (reduction == Reduction::kSum) return 1;
  double count = rows.mask == nullptr ? static_cast<double>(rows.rows) : 0;
  for (std::size_t r = 0; rows.mask != nullptr && r < rows.rows; ++r) {
    count += static_cast<double>(rows.mask[r]);
  }
  if (head.targets() != HeadTargets::kClass) {
    count *= static_cast<double>(rows.width / head.width(1));
  }
  return count == 0 ? 0 : 1 / count;
}

template void check_loss_rows(const Head&, const LossRows<float>&);
template void check_loss_rows(const Head&, const LossRows<double>&);
template double loss_scale(const Head&, const LossRows<float>&, Reduction);
template double loss_scale(const Head&, const LossRows<double>&, Reduction);

}  // namespace unroll
