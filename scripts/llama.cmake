# Read by CMake right after llama.cpp's project() line (CMAKE_PROJECT_<name>_INCLUDE); it makes the build shorter.
# Nothing of llama.cpp's "common" library is used from Python, and its 150 small files about model architectures
# compile faster many at a time. docs/decisions/0001-compiling-llama-cpp.md has the figures.
set(LLAMA_BUILD_COMMON OFF)
cmake_language(DEFER CALL set_target_properties llama PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
