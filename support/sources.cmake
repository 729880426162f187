target_sources(unroll_objects PRIVATE
  ${PROJECT_SOURCE_DIR}/support/json.cc
  ${PROJECT_SOURCE_DIR}/support/quote.cc
  ${PROJECT_SOURCE_DIR}/support/utf8.cc
)
