# Toolchain of the guest: clang without a system below it. Kernel and programs differ in target and
# flags, which kernel.cmake and program.cmake add; here is what both share. ld.lld links directly,
# since clang's driver would go through gcc on these targets.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER clang-19)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_ASM_COMPILER clang-19)
set(CMAKE_AR llvm-ar-19)
set(CMAKE_RANLIB llvm-ranlib-19)
set(CMAKE_LINKER ld.lld-19)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(link "<CMAKE_LINKER> <LINK_FLAGS> -o <TARGET> <OBJECTS> <LINK_LIBRARIES>")
set(CMAKE_C_LINK_EXECUTABLE "${link}")
set(CMAKE_CXX_LINK_EXECUTABLE "${link}")
set(CMAKE_ASM_LINK_EXECUTABLE "${link}")
