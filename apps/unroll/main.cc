#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "command_line/help.h"
#include "command_line/parser.h"
#include "errors.h"
#include "output/print.h"
#include "signals.h"
#include "unroll/core/error.h"
#include "verbs/verbs.h"
#include "version.h"

namespace unroll::app {
namespace {

int run(const std::vector<std::string>& words) {
  const std::vector<DeclaredVerb> declared = declare(verbs());
  const Request request = parse_command_line(words, declared);
  switch (request.kind) {
    case Request::Kind::kHelp:
      print(help_page(declared, request.help_of));
      return kSuccess;
    case Request::Kind::kVersion:
      print(version_text());
      return kSuccess;
    default:
      return request.verb->run();
  }
}

// Error messages are one line, whatever is in the names that they quote.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return "unroll: " + text + "\n";
}

}  // namespace
}  // namespace unroll::app

int main(int argc, char** argv) {
  using namespace unroll::app;
  try {
    ignore_closed_pipes();
    return run({argv + 1, argv + argc});
  } catch (const ClosedOutput&) {
    return kSuccess;
  } catch (const UsageError& error) {
    print_error(one_line(error.what()));
    return kUsage;
  } catch (const unroll::EnvironmentError& error) {
    print_error(one_line(error.what()));
    return kUsage;
  } catch (const std::bad_alloc&) {
    print_error("unroll: out of memory; try a smaller model, batch or bptt\n");
    return kFailure;
  } catch (const std::exception& error) {
    print_error(one_line(error.what()));
    return kFailure;
  }
}
