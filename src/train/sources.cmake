target_sources(unroll PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/train/gradient_check.cc
)
