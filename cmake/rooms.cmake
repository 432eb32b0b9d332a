# The rooms of the house. The lower floors are globbed: a new file is found by itself. Every folder
# above that holds a CMakeLists.txt is joined when it appears; the same file serves both
# configurations, since each leaves out the other's functions.

skerry_sources(foundation_sources abi base formats protocols)
if(NOT foundation_sources)
    set(foundation_sources ${PROJECT_SOURCE_DIR}/cmake/empty.cpp)
endif()

if(SKERRY_HOST)
    skerry_host_library(foundation SOURCES ${foundation_sources})
    add_library(foundation.plain STATIC EXCLUDE_FROM_ALL ${foundation_sources})
    target_link_libraries(foundation.plain PUBLIC skerry_house)
    target_compile_options(foundation.plain PRIVATE -O2 -g)

    foreach(room abi base formats protocols)
        skerry_test_sources(tests ${room})
        if(tests)
            skerry_host_test(${room} SOURCES ${tests})
        endif()
    endforeach()

    file(GLOB_RECURSE fuzzers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/formats/*_fuzz.cpp
        ${PROJECT_SOURCE_DIR}/protocols/*_fuzz.cpp ${PROJECT_SOURCE_DIR}/base/*_fuzz.cpp)
    foreach(fuzzer ${fuzzers})
        get_filename_component(name ${fuzzer} NAME_WE)
        string(REGEX REPLACE "_fuzz$" "" name ${name})
        get_filename_component(folder ${fuzzer} DIRECTORY)
        skerry_fuzz_target(${name} SOURCES ${fuzzer} SEEDS ${folder}/${name}_seeds)
    endforeach()
else()
    skerry_library(foundation SOURCES ${foundation_sources})
    if(EXISTS ${PROJECT_SOURCE_DIR}/kernel/arch/x86_64/kernel.ld)
        skerry_kernel()
    endif()
endif()

# The kernel's core on the host, with an arch made for tests.
skerry_test_sources(kernel_tests kernel)
if(SKERRY_HOST AND EXISTS ${PROJECT_SOURCE_DIR}/kernel/arch/host)
    skerry_sources(kernel_sources kernel)
    list(FILTER kernel_sources EXCLUDE REGEX "/kernel/(arch/x86_64|testing/audit_on)/")
    skerry_host_library(kernel_host SOURCES ${kernel_sources} LIBS foundation)
    target_include_directories(kernel_host.checked PUBLIC ${PROJECT_SOURCE_DIR}/kernel/arch/host
        ${PROJECT_SOURCE_DIR}/kernel/testing/audit_off)
    # Tests and the checker of invariants look into everything.
    target_compile_options(kernel_host.checked PUBLIC -fno-access-control)
    if(kernel_tests)
        skerry_host_test(kernel SOURCES ${kernel_tests} LIBS kernel_host)
    endif()
    skerry_fuzz_target(kernel.acpi SOURCES ${PROJECT_SOURCE_DIR}/kernel/start/acpi_fuzz.cpp
        LIBS kernel_host)
    # One run is a world and a hundred calls.
    skerry_fuzz_target(kernel.calls SOURCES ${PROJECT_SOURCE_DIR}/kernel/testing/calls_fuzz.cpp
        LIBS kernel_host RUNS 2000 SEEDS ${PROJECT_SOURCE_DIR}/kernel/testing/calls_seeds)
elseif(SKERRY_HOST AND kernel_tests)
    skerry_host_test(kernel SOURCES ${kernel_tests})
endif()

# The runtime: a glob, unless the room says it in its own words.
if(NOT EXISTS ${PROJECT_SOURCE_DIR}/runtime/CMakeLists.txt)
    skerry_sources(runtime_sources runtime)
    if(runtime_sources)
        skerry_library(runtime SOURCES ${runtime_sources} LIBS foundation)
    endif()
    skerry_test_sources(runtime_tests runtime)
    if(runtime_tests)
        skerry_host_test(runtime SOURCES ${runtime_tests}
            ${PROJECT_SOURCE_DIR}/runtime/device/pci_function.cpp)
    endif()
endif()

file(GLOB rooms CONFIGURE_DEPENDS LIST_DIRECTORIES true RELATIVE ${PROJECT_SOURCE_DIR}
    drivers/*/CMakeLists.txt servers/*/CMakeLists.txt servers/fs/*/CMakeLists.txt
    apps/*/CMakeLists.txt tools/*/CMakeLists.txt)
foreach(room runtime/CMakeLists.txt ${rooms} apps/CMakeLists.txt tests/attack/CMakeLists.txt
        tests/devices/CMakeLists.txt
        tests/machines/CMakeLists.txt
        tests/model/CMakeLists.txt bench/CMakeLists.txt)
    if(EXISTS ${PROJECT_SOURCE_DIR}/${room})
        get_filename_component(folder ${room} DIRECTORY)
        add_subdirectory(${PROJECT_SOURCE_DIR}/${folder})
    endif()
endforeach()
