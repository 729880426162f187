#include "unroll/infer/session.h"

namespace unroll {

template <class T>
Session<T>::Session(const LanguageModel<T>& model, int threads)
    : team_(threads),
      own_(std::make_unique<const PackedLanguageModel<T>>(team_, model)),
      pass_(*own_),
      state_(pass_.zero_states(1)),
      logits_(model.options().vocabulary_size) {
  pass_.reserve(1, 1);
}

template <class T>
Session<T>::Session(const PackedLanguageModel<T>& packed, int threads)
    : team_(threads),
      pass_(packed),
      state_(pass_.zero_states(1)),
      logits_(packed.options().vocabulary_size) {
  pass_.reserve(1, 1);
}

template <class T>
void Session<T>::reset() {
  for (Tensor<T>& state : state_) state.fill(T(0));
}

template <class T>
std::span<const T> Session<T>::step(std::uint32_t token) {
  pass_.step(team_, &token, 1, state_, logits_.data());
  return logits_;
}

template class Session<float>;
template class Session<double>;

}  // namespace unroll
