# Read by CMake right after llama.cpp's project() line (CMAKE_PROJECT_<name>_INCLUDE); it makes the build shorter.
# Nothing of llama.cpp's "common" library is used from Python, and its 150 small files about model architectures
# compile faster many at a time. docs/decisions/0001-compiling-llama-cpp.md has the figures.
set(LLAMA_BUILD_COMMON OFF)
cmake_language(DEFER CALL set_target_properties llama PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)

# AMX is left out, whatever the compiler: those before GCC 13.3 drop most of the tile configuration that llama.cpp gives
# to it, since their intrinsic does not say that it is read, and the first answer ends in a segmentation fault
# (llama.cpp issue 20824).
include(CheckCCompilerFlag)
check_c_compiler_flag(-mno-amx-tile FOOTNOTE_KNOWS_AMX)
if(FOOTNOTE_KNOWS_AMX)
  # Deferred to the end, for it must come after -march=native.
  cmake_language(DEFER CALL target_compile_options ggml-cpu PRIVATE -mno-amx-tile -mno-amx-int8 -mno-amx-bf16)
endif()
