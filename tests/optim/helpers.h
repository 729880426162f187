#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "messages.h"
#include "unroll/core/parameter.h"
#include "unroll/core/random.h"

namespace unroll {

// Random numbers in [-1, 1).
template <class T>
void fill_random(Tensor<T>& tensor, std::uint64_t seed) {
  const Random random(seed, RandomUse::kCheck);
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    tensor[i] = static_cast<T>(random.uniform(i, -1, 1));
  }
}

// Parameters "p0", "p1", … with random values and dense gradients.
template <class T>
struct Model {
  std::vector<std::unique_ptr<Parameter<T>>> owned;
  Parameters<T> parameters;

  Model(std::initializer_list<Shape> shapes) {
    for (const Shape& shape : shapes) {
      std::string name = "p";
      name += std::to_string(owned.size());
      owned.push_back(std::make_unique<Parameter<T>>(name, shape));
      fill_random(owned.back()->edit(), owned.size());
      owned.back()->gradient = Tensor<T>(shape);
      parameters.push_back(owned.back().get());
    }
  }
  Parameter<T>& operator[](std::size_t i) { return *owned[i]; }

  // New gradients, a function of `seed` alone.
  void randomize_gradients(std::uint64_t seed) {
    for (std::size_t i = 0; i < owned.size(); ++i) {
      fill_random(owned[i]->gradient, 1000 * seed + i);
    }
  }
  // Makes parameter i sparse with these rows.
  void make_sparse(std::size_t i, const std::vector<std::uint32_t>& rows) {
    owned[i]->sparse = true;
    owned[i]->rows = rows;
  }
};

template <class T>
void expect_same(const Tensor<T>& a, const Tensor<T>& b, const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i], b[i]) << what << ", element " << i;
  }
}

}  // namespace unroll
