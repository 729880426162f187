target_sources(unroll_objects PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/infer/sampler.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/infer/session.cc
)
