#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>

#include "kernels/packed_product.h"

namespace unroll::kernels {

// What calls on raw pointers ask for, in the form that assert() takes: release builds, which define
// NDEBUG, have nothing of it.

// Without an element an array may be null.
template <class T>
bool is_array(const T* data, std::size_t count) {
  return count == 0 || data != nullptr;
}

// `stride` elements from row to row.
template <class T>
bool is_matrix(const T* data, std::size_t rows, std::size_t columns, std::size_t stride) {
  return is_array(data, rows * columns) && (rows <= 1 || stride >= columns);
}

// No element in common.
template <class A, class B>
bool are_apart(const A* a, std::size_t a_count, const B* b, std::size_t b_count) {
  const auto from_a = reinterpret_cast<std::uintptr_t>(a);
  const auto from_b = reinterpret_cast<std::uintptr_t>(b);
  return from_a + a_count * sizeof(A) <= from_b || from_b + b_count * sizeof(B) <= from_a;
}

template <class T>
bool are_same_or_apart(const T* a, const T* b, std::size_t count) {
  return a == b || are_apart(a, count, b, count);
}

// Packed for the instruction set in use, and aligned to its vectors.
template <class T>
bool is_packed(const PackedLayout& layout, const T* packed) {
  if (layout.size() == 0) return true;
  return packed != nullptr && layout.lanes == vector_lanes<T>() &&
         layout.k_stride % layout.lanes == 0 &&
         (layout.precision == Precision::kFull || sizeof(T) == sizeof(float)) &&
         reinterpret_cast<std::uintptr_t>(packed) % (layout.lanes * sizeof(T)) == 0;
}

// Columns of C that a packed B has.
inline std::size_t output_columns(const PackedLayout& layout) {
  std::size_t columns = 0;
  for (const PackedColumns& v : layout.vectors) {
    if (v.output + v.count > columns) columns = v.output + v.count;
  }
  return columns;
}

// For panels [begin, end).
template <class T>
bool is_product(const PackedProduct<T>& of, std::size_t begin, std::size_t end) {
  if (begin > end || end > of.layout.panels() || !is_packed(of.layout, of.packed)) return false;
  for (std::size_t r = 0; r < of.rows; ++r) {
    if (of.c[r] == nullptr || (of.start != nullptr && of.start[r] == nullptr)) return false;
    if (of.layout.depth > 0 && of.a[r] == nullptr) return false;
  }
  return true;
}

}  // namespace unroll::kernels
