#include "unroll/infer/session.h"

namespace unroll {

template <class T>
Session<T>::Session(LanguageModel<T>& model, int threads)
    : model_(model),
      team_(threads),
      state_(model.zero_states(1)),
      logits_(model.options().vocabulary_size) {}

template <class T>
void Session<T>::reset() {
  for (Tensor<T>& state : state_) state.fill(T(0));
}

template <class T>
std::span<const T> Session<T>::step(std::uint32_t token) {
  model_.step(team_, &token, 1, state_, logits_.data());
  return logits_;
}

template class Session<float>;
template class Session<double>;

}  // namespace unroll
