target_sources(unroll PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/models/language_model_file.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/models/text_loss.cc
)
