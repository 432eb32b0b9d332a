# Programs of the guest: static ELF files on our C and C++ library (the sysroot) and our runtime.

set(SKERRY_SYSROOT "$ENV{SKERRY_SYSROOT}" CACHE PATH "what tools/sysroot/build.sh made")

# The two variants of everything above the kernel: the ordinary one, and one that never touches the
# floating-point registers, for services that answer for others on every call.
foreach(variant native native-nosse)
    set(root ${SKERRY_SYSROOT}/${variant})
    add_library(skerry_${variant} INTERFACE)
    target_link_libraries(skerry_${variant} INTERFACE skerry_guest)
    target_compile_options(skerry_${variant} INTERFACE
        --target=x86_64-linux-musl --sysroot=${root} -fno-pic
        -D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_FAST
        $<$<COMPILE_LANGUAGE:CXX>:-nostdinc++;-isystem${root}/usr/include/c++/v1>)
endforeach()
target_compile_options(skerry_native-nosse INTERFACE
    $<$<COMPILE_LANGUAGE:C,CXX>:-mno-mmx;-mno-sse;-mlong-double-64>
    $<$<COMPILE_LANGUAGE:C,CXX>:SHELL:-Xclang -target-feature -Xclang +soft-float>)

# skerry_library(NAME SOURCES FILE... [LIBS NAME...])
# A static library for programs, in both variants: NAME.native and NAME.native-nosse.
function(skerry_library name)
    if(SKERRY_HOST)
        return()
    endif()
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS;OPTIONS")
    foreach(variant native native-nosse)
        add_library(${name}.${variant} STATIC EXCLUDE_FROM_ALL ${arg_SOURCES})
        target_link_libraries(${name}.${variant} PUBLIC skerry_${variant})
        target_compile_options(${name}.${variant} PRIVATE ${arg_OPTIONS})
        foreach(lib ${arg_LIBS})
            target_link_libraries(${name}.${variant} PUBLIC ${lib}.${variant})
        endforeach()
    endforeach()
endfunction()

# skerry_program(NAME [NOSSE] [BASE ADDRESS] SOURCES FILE... [LIBS NAME...] [OPTIONS FLAG...])
# A program at build/guest/programs/NAME, segments on pages of their own, so that an image is used in
# place; with debug information at build/guest/debug/NAME. LIBS are names given to skerry_library.
function(skerry_program name)
    if(SKERRY_HOST)
        return()
    endif()
    cmake_parse_arguments(PARSE_ARGV 1 arg "NOSSE" "BASE" "SOURCES;LIBS;OPTIONS")
    set(variant native)
    if(arg_NOSSE)
        set(variant native-nosse)
    endif()
    if(NOT arg_BASE)
        set(arg_BASE 0x200000)
    endif()
    set(libraries)
    foreach(lib ${arg_LIBS} runtime foundation)
        list(APPEND libraries ${lib}.${variant})
    endforeach()

    set(target program.${name})
    set(lib ${SKERRY_SYSROOT}/${variant}/usr/lib)
    add_executable(${target} ${arg_SOURCES})
    target_compile_options(${target} PRIVATE ${arg_OPTIONS})
    target_link_libraries(${target} PRIVATE skerry_${variant}
        -L${lib} ${lib}/crt1.o ${lib}/crti.o --start-group ${libraries}
        -lc++ -lc++abi -lunwind -lc -lclang_rt.builtins --end-group ${lib}/crtn.o)
    target_link_options(${target} PRIVATE
        -static --image-base=${arg_BASE} -zmax-page-size=4096 -znoexecstack
        -zseparate-loadable-segments -znorelro
        --gc-sections --fatal-warnings --no-undefined)
    set_target_properties(${target} PROPERTIES
        OUTPUT_NAME ${name} SUFFIX "" RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/debug)
    # The image gets the symbols, for backtraces; gdb reads the rest from build/guest/debug.
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/programs
        COMMAND llvm-objcopy-19 --strip-debug $<TARGET_FILE:${target}>
            ${PROJECT_BINARY_DIR}/programs/${name}
        BYPRODUCTS ${PROJECT_BINARY_DIR}/programs/${name} VERBATIM)
endfunction()

# skerry_linux_program(NAME SOURCES FILE...)
# A program for Linux at build/guest/linux/NAME: static, without any library, the same for every
# kernel that runs it.
function(skerry_linux_program name)
    if(SKERRY_HOST)
        return()
    endif()
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES")
    add_executable(linux.${name} ${arg_SOURCES})
    target_link_libraries(linux.${name} PRIVATE skerry_guest)
    target_compile_options(linux.${name} PRIVATE
        --target=x86_64-linux-gnu -ffreestanding -fno-pic -fno-stack-protector -mno-sse)
    target_link_options(linux.${name} PRIVATE -static --image-base=0x400000 -znoexecstack)
    set_target_properties(linux.${name} PROPERTIES
        OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/linux)
endfunction()
