target_sources(unroll_objects PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/adagrad.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/adam.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/adamw.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/clip.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/gradient_sum.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/momentum.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/nesterov.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/optimizer.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/options.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/registry.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/rmsprop.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/rprop.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/schedule.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/optim/sgd.cc
)
