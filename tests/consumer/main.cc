// The installed library at work: what crosses its border, in small. Each part says what it found.
#include <unroll/unroll.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace {

void require(bool condition, const char* what) {
  if (!condition) throw unroll::Error(std::string("not as wanted: ") + what);
}

// A letter and its successor, over and over; trained, kept in a file, read back and continued.
void language_model(const unroll::ThreadTeam& team) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "abcde";
  const auto reader = [&] {
    return unroll::TextReader::from_memory(text, unroll::Level::kCharacter);
  };
  unroll::TextReader first = reader(), second = reader();
  const unroll::Vocabulary vocabulary = unroll::Vocabulary::build(first);
  const std::vector<std::uint32_t> tokens = vocabulary.encode(second).tokens;
  unroll::LanguageModelTask<float> task(
      {.model = {.embedding_size = 8, .hidden_size = 16}, .bptt = {.batch = 4, .bptt = 10}},
      vocabulary, tokens, tokens);
  unroll::FolderStore store(".");
  unroll::TrainingLoop<float> loop(task,
                                   {.optimizer = {.name = "adam"},
                                    .schedule = {.learning_rate = 0.02},
                                    .clip_norm = 5,
                                    .epochs = 20,
                                    .threads = 2},
                                   store);
  std::size_t epochs = 0;
  require(loop.run({.after_epoch = [&](const unroll::EpochRecord&) { ++epochs; }}), "run()");
  require(epochs == 20 && loop.history().size() == 20, "20 epochs");

  const unroll::Model model = unroll::load_model(".");
  const auto& read = std::get<unroll::TextModel<float>>(model);
  const unroll::TextLoss loss = unroll::text_loss(read.model, team, tokens, {});
  require(loss.perplexity() < 1.2, "the perplexity");
  unroll::Session<float> session(read.model, 2);
  unroll::Sampler sampler({.temperature = 0});
  std::vector<std::uint32_t> continued = {vocabulary.id("a").value()};
  while (continued.size() < 8) continued.push_back(sampler.sample(session.step(continued.back())));
  std::printf("language model: %s\n", read.vocabulary.decode(continued).c_str());
}

// Rising and falling sequences from a CSV file, in double.
void classifier(const unroll::ThreadTeam& team) {
  std::string rows = "a,b,c,d,label\n";
  for (int i = 0; i < 20; ++i) {
    const int begin = i % 7, step = i % 2 == 0 ? 1 : -1;
    for (int t = 0; t < 4; ++t) rows += std::to_string(begin + t * step) + ",";
    rows += i % 2 == 0 ? "up\n" : "down\n";
  }
  unroll::write_file_atomically("sequences.csv", rows);
  const unroll::Sequences sequences =
      unroll::read_sequences("sequences.csv", {.target = unroll::TargetKind::kLabel});
  const unroll::Preprocessing preprocessing = unroll::Preprocessing::learn(sequences, {});
  const unroll::EncodedSequences data = preprocessing.encode(sequences);
  unroll::SequenceTask<double> task(
      {.description = {.options = {.input_size = preprocessing.input_size(),
                                   .hidden_size = 8,
                                   .bidirectional = true,
                                   .cell = {.name = "gru"},
                                   .output_size = preprocessing.classes().size()},
                       .preprocessing = preprocessing}},
      data, data);
  unroll::TrainingTask<double>& base = task;
  require(dynamic_cast<unroll::SequenceTask<double>*>(&base) == &task, "dynamic_cast");
  unroll::Optimizer<double> optimizer({.name = "momentum"}, task.parameters());
  for (std::uint64_t update = 0; update < 60; ++update) {
    base.train_batch(team, update);
    const double norm = unroll::gradient_norm(task.parameters(), team);
    optimizer.step(0.1, unroll::clip_factor(norm, 1), team);
  }
  unroll::save_sequence_model("sequences.safetensors", task.model(), task.options().description);
  unroll::TrainedSequenceModel<double> read =
      unroll::load_sequence_model<double>("sequences.safetensors");
  std::vector<double> predictions = unroll::predict(read.model, data, team);
  const unroll::PredictionLoss loss =
      unroll::prediction_loss<double>(team, read.description.options.head, data, predictions);
  require(loss.sum / static_cast<double>(loss.rows) < 0.3, "the loss");
  const unroll::SequenceEvaluation evaluation =
      unroll::evaluate<double>(read.description, data, predictions);
  std::printf("classifier: %s %.2f\n", evaluation.metrics[0].first.c_str(),
              evaluation.metrics[0].second);
}

void series() {
  std::string rows = "year,value\n";
  for (int i = 0; i < 60; ++i) {
    rows += std::to_string(1900 + i) + "," + std::to_string(100 + 10 * std::sin(i)) + "\n";
  }
  unroll::write_file_atomically("series.csv", rows);
  const unroll::Series read = unroll::read_series("series.csv");
  const auto scheme = unroll::ForecastScheme::learn(read, 50, {.lags = 5});
  std::vector<std::size_t> kept;
  const unroll::Sequences windows = scheme.windows(read, 50, 60, true, kept);
  // sin(i) obeys a recurrence of order 2 without noise.
  const auto model = unroll::fit_autoregression(read.values, 2);
  const double error = model.forecast(read.values, 1)[0] - (100 + 10 * std::sin(60));
  std::printf("series: %s, %zu windows, AR(2) errs by less than 1e-3: %d\n",
              std::string(unroll::frequency_name(read.frequency)).c_str(), windows.size(),
              std::abs(error) < 1e-3);
}

void gradients(const unroll::ThreadTeam& team) {
  unroll::Linear<double> linear({.input_size = 3, .output_size = 2});
  unroll::initialize(unroll::initial_parameters(linear), {.seed = 3});
  const std::vector<double> x = {0.1, -0.4, 0.3}, target = {0.5, -0.5};
  std::vector<double> y(2), dy(2);
  const auto loss = [&](double* d) {
    linear.forward(team, 1, x.data(), y.data());
    return unroll::loss<double>(
        team, unroll::HeadOptions{"squared_error"},
        {.rows = 1, .width = 2, .predictions = y.data(), .targets = target.data()},
        unroll::Reduction::kSum, d);
  };
  const unroll::GradientCheck check = unroll::check_gradients<double>(
      linear.parameters(), [&] { return loss(nullptr); },
      [&] {
        loss(dy.data());
        linear.backward(team, 1, x.data(), dy.data(), nullptr);
      });
  std::printf("gradients: %zu parameters, passed: %d\n", check.parameters.size(), check.passed);
}

// What the library throws is caught by its type here, and by that of its base.
template <class Expected, class Function>
void require_throws(const char* what, const Function& function) {
  try {
    function();
  } catch (const Expected& error) {
    require(dynamic_cast<const unroll::Error*>(&error) != nullptr, what);
    return;
  }
  require(false, what);
}

void exceptions() {
  require_throws<unroll::ValueError>("ValueError", [] { unroll::make_head({.name = "sofmax"}); });
  require_throws<unroll::FileError>("FileError", [] { unroll::read_file("missing", 1); });
  require_throws<unroll::FormatError>("FormatError", [] { unroll::SafetensorsFile("series.csv"); });
  require_throws<unroll::ShapeError>("ShapeError", [] {
    unroll::check_shape("x", {2, 3}, {3, 2});
  });
  std::printf("exceptions\n");
}

// One step of an LSTM whose pre-activations are all 1: h = sigmoid(1)·tanh(sigmoid(1)·tanh(1)).
void step(const unroll::ThreadTeam& team) {
  unroll::Recurrence<float> lstm({.input_size = 2, .hidden_size = 3});
  unroll::RecurrencePass<float> pass(lstm);
  for (unroll::Parameter<float>* parameter : lstm.parameters()) parameter->edit().fill(0.5f);
  unroll::States<float> states = lstm.zero_states(1);
  const float x[] = {1, -1};
  const float* y = pass.forward(team, x, {.steps = 1, .batch = 1, .final = &states});
  std::printf("step: %.4f %.4f %.4f\n", static_cast<double>(y[0]), static_cast<double>(y[1]),
              static_cast<double>(y[2]));
}

}  // namespace

int main() try {
  const unroll::ThreadTeam team(2);
  step(team);
  language_model(team);
  classifier(team);
  series();
  gradients(team);
  exceptions();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "consumer: %s\n", error.what());
  return 1;
}
