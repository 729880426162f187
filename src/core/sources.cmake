target_sources(unroll_objects PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/core/arena.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/core/names.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/core/processors.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/core/random.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/core/range.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/core/suggest.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/core/tensor.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/core/threads.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/core/version.cc
)
