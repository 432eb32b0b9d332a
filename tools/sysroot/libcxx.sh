# The C++ library of build.sh: libc++, libc++abi and libunwind, static, without exceptions (our
# programs have none: an error is a value, and what cannot be one stops the program and says why).
# Sourced, not run.

configure_libcxx() {
    local flags="${common_flags[*]} ${variant_flags[*]}"
    local tool arguments=()
    for tool in C CXX ASM; do
        arguments+=("-DCMAKE_${tool}_COMPILER_TARGET=x86_64-linux-musl" "-DCMAKE_${tool}_FLAGS=$flags")
    done
    cmake -G Ninja -S "$work/llvm/runtimes" -B "$work/libcxx-$variant" "${arguments[@]}" \
        -DCMAKE_BUILD_TYPE=MinSizeRel \
        -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_ASM_COMPILER=clang-19 \
        -DCMAKE_AR="$(command -v llvm-ar-19)" -DCMAKE_RANLIB="$(command -v llvm-ranlib-19)" \
        -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSROOT="$root" -DCMAKE_INSTALL_PREFIX=/usr \
        -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY -DCMAKE_POSITION_INDEPENDENT_CODE=OFF \
        -DLLVM_ENABLE_RUNTIMES="libcxx;libcxxabi;libunwind" -DLLVM_ENABLE_PER_TARGET_RUNTIME_DIR=OFF \
        -DLLVM_INCLUDE_TESTS=OFF \
        -DLIBCXX_HAS_MUSL_LIBC=ON -DLIBCXX_ENABLE_SHARED=OFF -DLIBCXX_CXX_ABI=libcxxabi \
        -DLIBCXX_USE_COMPILER_RT=ON -DLIBCXX_HARDENING_MODE=fast \
        -DLIBCXX_ASSERTION_HANDLER_FILE="$here/assertion_handler.hpp" \
        -DLIBCXX_ENABLE_EXCEPTIONS=OFF -DLIBCXX_ENABLE_FILESYSTEM=OFF -DLIBCXX_ENABLE_RANDOM_DEVICE=OFF \
        -DLIBCXX_INCLUDE_TESTS=OFF -DLIBCXX_INCLUDE_BENCHMARKS=OFF -DLIBCXX_INCLUDE_DOCS=OFF \
        -DLIBCXX_INSTALL_MODULES=OFF \
        -DLIBCXXABI_ENABLE_SHARED=OFF -DLIBCXXABI_ENABLE_EXCEPTIONS=OFF \
        -DLIBCXXABI_SILENT_TERMINATE=ON -DLIBCXXABI_NON_DEMANGLING_TERMINATE=ON \
        -DLIBCXXABI_USE_LLVM_UNWINDER=OFF -DLIBCXXABI_USE_COMPILER_RT=ON -DLIBCXXABI_INCLUDE_TESTS=OFF \
        -DLIBUNWIND_ENABLE_SHARED=OFF -DLIBUNWIND_USE_COMPILER_RT=ON -DLIBUNWIND_INCLUDE_TESTS=OFF
}

build_libcxx() {
    ninja -C "$work/libcxx-$variant" -j "$jobs" cxx cxxabi unwind
    DESTDIR=$root ninja -C "$work/libcxx-$variant" -j "$jobs" install-cxx install-cxxabi install-unwind
}
