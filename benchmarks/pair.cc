#include "pair.h"

#include <fmt/format.h>

#include <utility>

#include "agreement.h"
#include "language_model_update.h"
#include "onednn_network.h"
#include "own_network.h"

namespace unroll::benchmarks {
namespace {

struct Counted {
  std::unique_ptr<Timed> timed;
  double operations;
};

Counted make_own(const NetworkShape& shape, int threads) {
  const auto counted = [](auto timed) {
    const double operations = timed->operations();
    return Counted{std::move(timed), operations};
  };
  if (shape.vocabulary > 0) return counted(std::make_unique<LanguageModelUpdate>(shape, threads));
  return counted(std::make_unique<OwnNetwork>(shape, threads));
}

void expect_agreement_of(const NetworkShape& shape, OwnNetwork& own, Network& rival) {
  // Twice, so that a gradient which adds to the one before is seen.
  for (Network* network : {static_cast<Network*>(&own), &rival}) {
    for (int pass = 0; pass < 2; ++pass) network->training_forward(), network->backward();
  }
  expect_agreement(shape, own.results(), rival.results());
  const Arrays trained = own.results();
  own.inference();
  rival.inference();
  const Arrays inferred = own.results(), theirs = rival.results();
  expect_agreement(shape, trained, inferred);
  expect_agreement(shape, inferred, theirs);
}

}  // namespace

Pair make_pair(const Rows& rows, int threads) {
  Pair pair;
  if (rows.reference) {
    Counted own = make_own(rows.shape, threads), reference = make_own(*rows.reference, threads);
    pair.factor = own.operations / reference.operations;
    pair.label = fmt::format("{:.3f} x {}", pair.factor, shape_name(*rows.reference));
    pair.operations = own.operations;
    pair.own = std::move(own.timed);
    pair.rival = std::move(reference.timed);
    return pair;
  }
  auto own = std::make_unique<OwnNetwork>(rows.shape, threads);
  auto rival = std::make_unique<OnednnNetwork>(rows.shape, threads, *own);
  expect_agreement_of(rows.shape, *own, *rival);
  pair.label = OnednnNetwork::version();
  pair.operations = own->operations();
  pair.own = std::move(own);
  pair.rival = std::move(rival);
  return pair;
}

}  // namespace unroll::benchmarks
