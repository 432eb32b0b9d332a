# The C library of build.sh. Sourced, not run.

common_flags=(--target=x86_64-linux-musl -Os -fno-pic -fno-omit-frame-pointer -ffunction-sections
    -fdata-sections -fno-unwind-tables -fno-asynchronous-unwind-tables -fno-stack-protector)

# libc++ waits by futex and wants its header; servers/linux wants the structures.
install_kernel_headers() {
    local from=/usr/include
    [ -f "$from/linux/futex.h" ] || {
        echo "the kernel's headers are missing (package linux-libc-dev)"
        return 1
    }
    cp -r "$from/linux" "$from/asm-generic" "$from/x86_64-linux-gnu/asm" "$root/usr/include/"
}

build_musl() {
    local source=$work/musl-$variant
    cp -r "$work/musl" "$source"
    for name in "${overlays[@]}"; do cp -r "$overlay/$name/." "$source/"; done
    if [ "$variant" = native-nosse ]; then
        # Assembly and inline assembly on x87 and SSE registers: musl has portable code for all of it.
        rm -r "$source/src/math/x86_64" "$source/src/fenv/x86_64"
        # clang passes a variadic double in an integer register here, yet its va_arg looks for it
        # among the SSE registers; read as the integer it is, printf gets what was meant.
        sed -i 's/va_arg(\*ap, \(long \)\?double)/((union { long i; double f; }){va_arg(*ap, long)}).f/' \
            "$source"/src/stdio/vf{,w}printf.c
    fi
    cd "$source"
    CC=clang-19 AR=llvm-ar-19 RANLIB=llvm-ranlib-19 \
        CFLAGS="${common_flags[*]} ${variant_flags[*]} -Wno-everything" \
        ./configure --target=x86_64-linux-musl --prefix=/usr --disable-shared --disable-wrapper
    make -j "$jobs" AR=llvm-ar-19 RANLIB=llvm-ranlib-19
    make install DESTDIR="$root"
}

# The compiler's helpers. The ordinary variant takes Debian's archive; the other compiles the
# portable sources, all but those that are for formats it does not have.
build_builtins() {
    local archive=$root/usr/lib/libclang_rt.builtins.a
    if [ "$variant" = native ]; then
        cp /usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.builtins-x86_64.a "$archive"
        return
    fi
    local out=$work/builtins-$variant
    mkdir -p "$out"
    cd "$work/llvm/compiler-rt/lib/builtins"
    local objects=() file
    for file in *.c; do
        case $file in
        *xf*.c | *xc*.c | *tf*.c | *tc3.c | *hf*.c | *bf*.c | atomic*.c | crt*.c | \
            gcc_personality_v0.c | emutls.c | enable_execute_stack.c | eprintf.c | clear_cache.c | \
            trampoline_setup.c | apple_versioning.c | os_version_check.c) continue ;;
        esac
        objects+=("$out/${file%.c}.o")
    done
    printf '%s\n' "${objects[@]}" | xargs -P "$jobs" -I{} bash -c '
        object=$1
        shift
        source=$(basename "$object" .o).c
        exec "$@" -c "$source" -o "$object"' - {} \
        clang-19 "${common_flags[@]}" "${variant_flags[@]}" --sysroot="$root" -std=c11 \
        -fno-builtin -ffreestanding -fvisibility=hidden -Wno-everything
    llvm-ar-19 rcs "$archive" "${objects[@]}"
}
