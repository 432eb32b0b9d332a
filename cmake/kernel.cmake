# The kernel: one ELF from everything in kernel/ and the floors below that it uses.

add_library(skerry_privileged INTERFACE)
target_link_libraries(skerry_privileged INTERFACE skerry_guest)
target_compile_options(skerry_privileged INTERFACE
    --target=x86_64-unknown-none-elf -mno-red-zone -mcmodel=kernel -fno-pic -momit-leaf-frame-pointer -mstack-alignment=8
    $<$<COMPILE_LANGUAGE:CXX>:-ffreestanding;-fno-threadsafe-statics;-fno-use-cxa-atexit>
    $<$<COMPILE_LANGUAGE:CXX>:-mno-mmx;-mno-sse;-mretpoline;-fno-jump-tables>
    $<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -target-feature -Xclang +soft-float>
    $<$<COMPILE_LANGUAGE:CXX>:-Werror=global-constructors;-nostdinc++;-nostdlibinc>
    $<$<COMPILE_LANGUAGE:CXX>:-isystem${PROJECT_SOURCE_DIR}/cmake/shim/cxx>
    $<$<COMPILE_LANGUAGE:CXX>:-isystem/usr/lib/llvm-19/include/c++/v1>
    $<$<COMPILE_LANGUAGE:CXX>:-isystem${PROJECT_SOURCE_DIR}/cmake/shim/c>)

# skerry_kernel(): build/guest/kernel.elf, and kernel-audited.elf, which looks at itself while it runs
# and is only made when asked for.
function(skerry_kernel)
    skerry_sources(sources kernel abi base)
    list(FILTER sources EXCLUDE REGEX "/kernel/(arch/host|testing)/")
    # What calls `audit` is compiled twice, all else once. <hardware.hpp> is the chosen architecture's.
    set(auditing ${PROJECT_SOURCE_DIR}/kernel/call/dispatch.cpp)
    list(REMOVE_ITEM sources ${auditing})
    set(testing ${PROJECT_SOURCE_DIR}/kernel/testing)
    add_library(kernel.objects OBJECT ${sources})
    target_link_libraries(kernel.objects PUBLIC skerry_privileged)
    target_include_directories(kernel.objects PUBLIC ${PROJECT_SOURCE_DIR}/kernel/arch/x86_64)
    add_executable(kernel.elf ${auditing})
    target_include_directories(kernel.elf PRIVATE ${testing}/audit_off)
    file(GLOB invariants CONFIGURE_DEPENDS ${testing}/invariants/*.cpp ${testing}/audit_on/*.cpp)
    add_executable(kernel-audited.elf EXCLUDE_FROM_ALL ${auditing} ${invariants})
    target_include_directories(kernel-audited.elf PRIVATE ${testing}/audit_on)
    target_compile_options(kernel-audited.elf PRIVATE -fno-access-control)

    # What messages go through counts its instructions, and does without a frame pointer.
    set_source_files_properties(${PROJECT_SOURCE_DIR}/kernel/call/dispatch.cpp PROPERTIES
        COMPILE_OPTIONS "-fomit-frame-pointer")
    set(script ${PROJECT_SOURCE_DIR}/kernel/arch/x86_64/kernel.ld)
    foreach(kernel kernel.elf kernel-audited.elf)
        target_link_libraries(${kernel} PRIVATE kernel.objects)
        target_link_options(${kernel} PRIVATE
            "SHELL:-T ${script}" -static -znoexecstack -zmax-page-size=4096
            --gc-sections --fatal-warnings --no-undefined)
        set_target_properties(${kernel} PROPERTIES
            LINK_DEPENDS ${script} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
    endforeach()
endfunction()
