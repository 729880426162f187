#include "verbs/verbs.h"

namespace unroll::app {

// Each is defined in the file of its name, those of sequences in one.
std::function<int()> declare_train_lm(CommandLine& line);
std::function<int()> declare_train_classify(CommandLine& line);
std::function<int()> declare_train_tag(CommandLine& line);
std::function<int()> declare_train_regress(CommandLine& line);
std::function<int()> declare_train_forecast(CommandLine& line);
std::function<int()> declare_predict(CommandLine& line);
std::function<int()> declare_eval(CommandLine& line);
std::function<int()> declare_generate(CommandLine& line);
std::function<int()> declare_check(CommandLine& line);
std::function<int()> declare_bench(CommandLine& line);
std::function<int()> declare_info(CommandLine& line);
std::function<int()> declare_report(CommandLine& line);
std::function<int()> declare_man(CommandLine& line);
std::function<int()> declare_completions(CommandLine& line);
std::function<int()> declare_demo(CommandLine& line);

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> list = {
      {"demo", "Show what the program does, on data of its own, in less than a minute",
       "unroll demo\n"
       "unroll demo forecast --output runs/demo",
       declare_demo},
      {"train lm", "Train a language model on a text",
       "unroll train lm --train book.txt --output runs/book\n"
       "unroll train lm --config recipes/char-small.toml --train train.txt \\\n"
       "    --valid valid.txt --test test.txt --output runs/char\n"
       "unroll train lm --resume runs/char",
       declare_train_lm},
      {"train classify", "Train a model that gives each sequence a label",
       "unroll train classify --train GunPoint_TRAIN.ts --test GunPoint_TEST.ts \\\n"
       "    --output runs/gun\n"
       "unroll train classify --train mail.csv --target kind --id mail \\\n"
       "    --output runs/mail",
       declare_train_classify},
      {"train tag", "Train a model that gives each step of a sequence a label",
       "unroll train tag --train train.conll --valid dev.conll --test test.conll \\\n"
       "    --output runs/names",
       declare_train_tag},
      {"train regress", "Train a model that predicts numbers of a sequence, or of each step",
       "unroll train regress --train engines.csv --id engine --time cycle \\\n"
       "    --target life --output runs/life",
       declare_train_regress},
      {"train forecast", "Train a model that predicts the next values of a series",
       "unroll train forecast --series co2.csv --column co2 --horizon 12 \\\n"
       "    --missing previous --output runs/co2",
       declare_train_forecast},
      {"predict", "Write what a model says of sequences, as CSV or JSON lines",
       "unroll predict runs/gun new.ts --output predictions.csv --probabilities", declare_predict},
      {"eval", "Measure how well a model predicts a text or labelled sequences",
       "unroll eval runs/book other-book.txt\n"
       "unroll eval runs/gun GunPoint_TEST.ts --json",
       declare_eval},
      {"generate", "Continue a text with what a model finds likely",
       "unroll generate runs/book --prompt \"Once upon\" --length 200 --temperature 0.8",
       declare_generate},
      {"check", "Compare a model's gradients with finite differences",
       "unroll check\n"
       "unroll check --cell gru --reset before --layers 3 --tied\n"
       "unroll check runs/book book.txt",
       declare_check},
      {"bench", "Measure the speed of a recurrent network, and this machine's limit",
       "unroll bench --cell lstm --hidden 200 --batch 20 --steps 35\n"
       "unroll bench --cell gru --hidden 128 --batch 1 --steps 1 --threads 1 --json",
       declare_bench},
      {"info", "Show what a model file holds", "unroll info runs/book", declare_info},
      {"report", "Write an HTML page about a run",
       "unroll report runs/book\n"
       "unroll report runs/gun --output gun.html",
       declare_report},
      {"man", "Print the manual page, for the program man", "unroll man | man -l -", declare_man},
      {"completions", "Print the script that completes command lines in a shell",
       "unroll completions bash > ~/.local/share/bash-completion/completions/unroll",
       declare_completions},
  };
  return list;
}

}  // namespace unroll::app
