# The kernel: one ELF from everything in kernel/ and the floors below that it uses.

add_library(skerry_privileged INTERFACE)
target_link_libraries(skerry_privileged INTERFACE skerry_guest)
target_compile_options(skerry_privileged INTERFACE
    --target=x86_64-unknown-none-elf -mno-red-zone -mcmodel=kernel -fno-pic
    $<$<COMPILE_LANGUAGE:CXX>:-ffreestanding;-fno-threadsafe-statics;-fno-use-cxa-atexit>
    $<$<COMPILE_LANGUAGE:CXX>:-mno-mmx;-mno-sse;SHELL:-Xclang -target-feature -Xclang +soft-float>
    $<$<COMPILE_LANGUAGE:CXX>:-Werror=global-constructors;-nostdinc++;-nostdlibinc>
    $<$<COMPILE_LANGUAGE:CXX>:-isystem${PROJECT_SOURCE_DIR}/cmake/shim/cxx>
    $<$<COMPILE_LANGUAGE:CXX>:-isystem/usr/lib/llvm-19/include/c++/v1>
    $<$<COMPILE_LANGUAGE:CXX>:-isystem${PROJECT_SOURCE_DIR}/cmake/shim/c>)

# skerry_kernel(): build/guest/kernel.elf
function(skerry_kernel)
    skerry_sources(sources kernel abi base)
    list(FILTER sources EXCLUDE REGEX "/kernel/(arch/host|testing)/")
    set(script ${PROJECT_SOURCE_DIR}/kernel/arch/x86_64/kernel.ld)
    add_executable(kernel.elf ${sources})
    target_link_libraries(kernel.elf PRIVATE skerry_privileged)
    # <hardware.hpp> is the chosen architecture's.
    target_include_directories(kernel.elf PRIVATE ${PROJECT_SOURCE_DIR}/kernel/arch/x86_64)
    target_link_options(kernel.elf PRIVATE
        "SHELL:-T ${script}" -static -znoexecstack -zmax-page-size=4096
        --gc-sections --fatal-warnings --no-undefined)
    set_target_properties(kernel.elf PROPERTIES
        LINK_DEPENDS ${script} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()
