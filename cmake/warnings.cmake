# unroll_options: warnings and sanitizers, for every target of this project and for nobody else's.
add_library(unroll_options INTERFACE)
target_compile_options(unroll_options INTERFACE -Wall -Wextra -Wconversion
                       $<$<BOOL:${UNROLL_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 sees overflows in sums of strings that are not there (gcc.gnu.org/PR105651, PR105329).
  target_compile_options(unroll_options INTERFACE
                         -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
endif()
# A product followed by a sum is one FMA only where the source says so: results then do not depend on
# the compiler's taste.
target_compile_options(unroll_options INTERFACE -ffp-contract=off)
if(UNROLL_SANITIZE)
  target_compile_options(unroll_options INTERFACE -fsanitize=${UNROLL_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(unroll_options INTERFACE -fsanitize=${UNROLL_SANITIZE})
endif()
