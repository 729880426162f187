# The standard headers that most files include, compiled once for a target: reading them again for
# every file takes a third of a build. A file still includes what it uses: .ci/run builds with
# clang++ and CMAKE_DISABLE_PRECOMPILE_HEADERS.
set(UNROLL_STANDARD_HEADERS
    <algorithm> <array> <cmath> <cstddef> <cstdint> <cstring> <filesystem> <functional> <limits> <map>
    <memory> <numeric> <optional> <set> <span> <sstream> <string> <string_view> <utility> <variant>
    <vector>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ccache recognises a precompiled header of g++ by the line that this leaves in preprocessed text.
  add_compile_options(-fpch-preprocess)
endif()
