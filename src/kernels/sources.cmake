target_sources(unroll_objects PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/bf16_pairs.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/caches.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/column_softmax.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/dropout.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/gemm.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/limit_loops.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/machine_limit.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/norm.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/pack.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/packed_layout.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/packed_product_bf16.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/packed_product_f32.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/packed_product_f64.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/rows.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/softmax.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/targets.cc
)
