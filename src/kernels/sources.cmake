target_sources(unroll PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/targets.cc
)
