# unroll_options: warnings and sanitizers, for every target of this project and for nobody else's.
add_library(unroll_options INTERFACE)
target_compile_options(unroll_options INTERFACE -Wall -Wextra -Wconversion
                       $<$<BOOL:${UNROLL_WERROR}>:-Werror>)
# A product followed by a sum is one FMA only where the source says so: results then do not depend on
# the compiler's taste.
target_compile_options(unroll_options INTERFACE -ffp-contract=off)
if(UNROLL_SANITIZE)
  target_compile_options(unroll_options INTERFACE -fsanitize=${UNROLL_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(unroll_options INTERFACE -fsanitize=${UNROLL_SANITIZE})
endif()
