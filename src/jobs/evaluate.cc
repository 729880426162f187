#include "unroll/jobs/evaluate.h"

#include "unroll/core/error.h"
#include "unroll/evaluation/text_loss.h"
#include "unroll/jobs/forecast.h"
#include "unroll/models/sequence_predictions.h"

namespace unroll {

template <class T>
Figures evaluate(const TextModel<T>& model, const EncodedText& text, const std::string& source,
                 const ThreadTeam& team) {
  const TextLoss loss = text_loss(model.model, team, text.tokens, start_token(model.vocabulary));
  if (loss.tokens == 0) {
    throw FormatError(source + ": has one token alone, and nothing to predict it from");
  }
  return {{"perplexity", loss.perplexity()},
          {"bits_per_token", loss.bits_per_token()},
          {"tokens", loss.tokens},
          {"unknown_tokens", std::uint64_t{text.unknown_tokens}}};
}

void add_figures(Figures& figures, const std::string& prefix, const SequenceEvaluation& evaluation,
                 const Preprocessing& preprocessing) {
  for (const auto& [name, value] : evaluation.metrics) figures.emplace_back(prefix + name, value);
  if (!evaluation.confusion) return;
  figures.emplace_back(prefix + "confusion",
                       Confusion{preprocessing.classes(), *evaluation.confusion});
}

template <class T>
Figures evaluate(const TrainedSequenceModel<T>& model, const Sequences& sequences,
                 const ThreadTeam& team) {
  const Preprocessing& preprocessing = model.description.preprocessing;
  const EncodedSequences data = preprocessing.encode(sequences);
  const std::vector<T> predictions = predict(model.model, data, team);
  Figures figures;
  add_figures(figures, "",
              evaluate<T>(model.description, data, predictions, model.model.head_values()),
              preprocessing);
  figures.emplace_back("sequences", std::uint64_t{data.size()});
  figures.emplace_back("steps", std::uint64_t{data.begin.back()});
  if (!preprocessing.classes().empty()) {
    figures.emplace_back("unknown_labels", std::uint64_t{data.unknown_labels().count});
    figures.emplace_back("unknown_label_names", data.unknown_labels().names);
  }
  if (preprocessing.vocabulary_size() > 0) {
    figures.emplace_back("unknown_tokens", std::uint64_t{data.unknown_tokens});
  }
  return figures;
}

template <class T>
Figures evaluate(const TrainedSequenceModel<T>& model, const Series& series,
                 const ThreadTeam& team) {
  const Forecasts forecasts = forecast(model, series, ForecastSteps::kAll, team);
  Figures figures;
  for (const auto& [name, value] :
       evaluate_forecasts(*model.description.forecast, series, forecasts.origins, forecasts.values,
                          model.description.options.head.quantiles)) {
    figures.emplace_back(name, value);
  }
  figures.emplace_back("forecasts", std::uint64_t{forecasts.origins.size()});
  return figures;
}

template Figures evaluate(const TextModel<float>&, const EncodedText&, const std::string&,
                          const ThreadTeam&);
template Figures evaluate(const TextModel<double>&, const EncodedText&, const std::string&,
                          const ThreadTeam&);
template Figures evaluate(const TrainedSequenceModel<float>&, const Sequences&, const ThreadTeam&);
template Figures evaluate(const TrainedSequenceModel<double>&, const Sequences&, const ThreadTeam&);
template Figures evaluate(const TrainedSequenceModel<float>&, const Series&, const ThreadTeam&);
template Figures evaluate(const TrainedSequenceModel<double>&, const Series&, const ThreadTeam&);

}  // namespace unroll
