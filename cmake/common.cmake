# What every piece of Skerry is compiled with, and how its sources are found.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE None) # our own flags say everything
endif()

# A designated initialiser that leaves members at their defaults is what we want of it.
set(skerry_warnings
    -Wall -Wextra -Wconversion -Wshadow -Wthread-safety -Wthread-safety-beta -Werror
    -Wno-missing-designated-field-initializers)

# Our own code: the include root is the repository, and a path in a message is one in the repository.
add_library(skerry_house INTERFACE)
target_include_directories(skerry_house INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(skerry_house INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:${skerry_warnings}>
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)

# Code that runs in the guest, privileged or not.
add_library(skerry_guest INTERFACE)
target_link_libraries(skerry_guest INTERFACE skerry_house)
target_compile_options(skerry_guest INTERFACE
    -g $<$<COMPILE_LANGUAGE:CXX>:-O2;-fno-exceptions;-fno-rtti;-fno-omit-frame-pointer>
    $<$<COMPILE_LANGUAGE:CXX>:-ffunction-sections;-fdata-sections>
    $<$<COMPILE_LANGUAGE:C>:-O2;-fno-omit-frame-pointer;-ffunction-sections;-fdata-sections>)

# The sources below some folders, tests and fuzz targets left out.
function(skerry_sources result)
    set(found)
    foreach(folder ${ARGN})
        file(GLOB_RECURSE here CONFIGURE_DEPENDS
            ${PROJECT_SOURCE_DIR}/${folder}/*.cpp ${PROJECT_SOURCE_DIR}/${folder}/*.S)
        list(APPEND found ${here})
    endforeach()
    list(FILTER found EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
    set(${result} ${found} PARENT_SCOPE)
endfunction()

# The tests below some folders.
function(skerry_test_sources result)
    set(found)
    foreach(folder ${ARGN})
        file(GLOB_RECURSE here CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*_test.cpp)
        list(APPEND found ${here})
    endforeach()
    set(${result} ${found} PARENT_SCOPE)
endfunction()
