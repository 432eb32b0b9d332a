# What runs on the host: unit tests and fuzz targets under sanitizers, and tools without.

if(NOT SKERRY_HOST)
    function(skerry_host_library)
    endfunction()
    function(skerry_host_test)
    endfunction()
    function(skerry_fuzz_target)
    endfunction()
    function(skerry_host_tool)
    endfunction()
    return()
endif()

enable_testing()
include(GoogleTest)
find_package(Threads REQUIRED)

set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all)

# Checked code: what tests and fuzz targets are made of.
add_library(skerry_checked INTERFACE)
target_link_libraries(skerry_checked INTERFACE skerry_house Threads::Threads)
target_compile_definitions(skerry_checked INTERFACE
    _LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_EXTENSIVE)
target_compile_options(skerry_checked INTERFACE -g -O1 -fno-omit-frame-pointer ${sanitizers})
target_link_options(skerry_checked INTERFACE ${sanitizers})

add_library(gtest STATIC EXCLUDE_FROM_ALL /usr/src/googletest/googletest/src/gtest-all.cc
    /usr/src/googletest/googletest/src/gtest_main.cc)
target_include_directories(gtest SYSTEM PUBLIC /usr/src/googletest/googletest/include)
target_include_directories(gtest PRIVATE /usr/src/googletest/googletest)
# Its <cxxabi.h> claims the name `abi` for itself.
target_compile_definitions(gtest PUBLIC GTEST_HAS_CXXABI_H_=0)
target_compile_options(gtest PRIVATE -O1 -g0 ${sanitizers})

# skerry_host_library(NAME SOURCES FILE... [LIBS NAME...])
# Sources that several tests share, compiled with the checks of a test.
function(skerry_host_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
    add_library(${name}.checked STATIC EXCLUDE_FROM_ALL ${arg_SOURCES})
    # Fuzz targets link this too, and steer by the coverage that it records.
    target_compile_options(${name}.checked PRIVATE -fsanitize=fuzzer-no-link)
    target_link_libraries(${name}.checked PUBLIC skerry_checked)
    foreach(lib ${arg_LIBS})
        target_link_libraries(${name}.checked PUBLIC ${lib}.checked)
    endforeach()
endfunction()

# skerry_host_test(NAME SOURCES FILE... [LIBS NAME...])
# A GoogleTest program from *_test.cpp files and the sources they test. Its cases are ctest's.
function(skerry_host_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
    add_executable(test.${name} ${arg_SOURCES})
    target_link_libraries(test.${name} PRIVATE skerry_checked gtest)
    foreach(lib ${arg_LIBS} foundation)
        target_link_libraries(test.${name} PRIVATE ${lib}.checked)
    endforeach()
    set_target_properties(test.${name} PROPERTIES
        OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    gtest_discover_tests(test.${name} TEST_PREFIX ${name}/ DISCOVERY_MODE PRE_TEST
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
        PROPERTIES TIMEOUT 600)
endfunction()

# skerry_fuzz_target(NAME SOURCES FILE... [LIBS NAME...] [SEEDS FOLDER] [RUNS COUNT])
# A libFuzzer program build/host/fuzz/NAME. The tests give it a short run from its seeds, the same
# at every time.
function(skerry_fuzz_target name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "SEEDS;RUNS" "SOURCES;LIBS")
    if(NOT arg_RUNS)
        set(arg_RUNS 20000)
    endif()
    add_executable(fuzz.${name} ${arg_SOURCES})
    target_compile_options(fuzz.${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(fuzz.${name} PRIVATE -fsanitize=fuzzer)
    # Debian's libFuzzer wants the other C++ library; their names do not meet. (The driver would turn
    # a plain -lstdc++ into -lc++.)
    target_link_libraries(fuzz.${name} PRIVATE skerry_checked -l:libstdc++.so.6)
    foreach(lib ${arg_LIBS} foundation)
        target_link_libraries(fuzz.${name} PRIVATE ${lib}.checked)
    endforeach()
    set_target_properties(fuzz.${name} PROPERTIES
        OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    set(seeds)
    if(arg_SEEDS AND EXISTS ${arg_SEEDS})
        file(GLOB seeds CONFIGURE_DEPENDS ${arg_SEEDS}/*)
        list(JOIN seeds "," seeds)
        set(seeds -seed_inputs=${seeds})
    endif()
    add_test(NAME fuzz/${name} COMMAND fuzz.${name} -runs=${arg_RUNS} -seed=1 ${seeds})
    set_tests_properties(fuzz/${name} PROPERTIES TIMEOUT 600)
endfunction()

# skerry_host_tool(NAME SOURCES FILE... [LIBS NAME...])
# A program of the build itself, build/host/tools/NAME: optimised, no sanitizers. LIBS are plain
# CMake targets or linker words; the floors below are compiled in.
function(skerry_host_tool name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
    add_executable(tool.${name} ${arg_SOURCES})
    target_link_libraries(tool.${name} PRIVATE skerry_house foundation.plain ${arg_LIBS})
    target_compile_options(tool.${name} PRIVATE -O2 -g)
    target_compile_definitions(tool.${name} PRIVATE
        _LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_FAST)
    set_target_properties(tool.${name} PROPERTIES
        OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tools/${name})
    add_dependencies(tools tool.${name})
endfunction()
add_custom_target(tools)
