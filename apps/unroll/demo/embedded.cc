#include "demo/embedded.h"

// The bytes of the file at `path` from name_begin up to name_end.
#define UNROLL_EMBED(name, path)                                                          \
  extern "C" const char name##_begin[];                                                   \
  extern "C" const char name##_end[];                                                     \
  __asm__(                                                                                \
      ".pushsection .rodata\n"                                                            \
      ".hidden " #name "_begin\n.hidden " #name                                           \
      "_end\n"                                                                            \
      ".global " #name "_begin\n.global " #name "_end\n" #name "_begin:\n.incbin \"" path \
      "\"\n" #name                                                                        \
      "_end:\n"                                                                           \
      ".byte 0\n"                                                                         \
      ".popsection\n")

UNROLL_EMBED(unroll_demo_text, UNROLL_DEMO_TEXT);
UNROLL_EMBED(unroll_demo_sunspots, UNROLL_DEMO_SUNSPOTS);

namespace unroll::app::demo {

std::string_view demo_text() {
  const std::string_view text(unroll_demo_text_begin, unroll_demo_text_end);
  return text.substr(0, text.rfind('\n') + 1);
}

std::string_view demo_sunspots() { return {unroll_demo_sunspots_begin, unroll_demo_sunspots_end}; }

}  // namespace unroll::app::demo
