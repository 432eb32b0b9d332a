# The checks of build.sh on what it made. Sourced, not run.

# No instruction in a finished archive or program may match.
forbid() {
    local what=$1 pattern=$2
    shift 2
    llvm-objdump-19 -d --no-show-raw-insn --no-leading-addr "$@" >"$work/listing" 2>"$work/objdump.err"
    # An empty listing would pass everything.
    [ "$(wc -l <"$work/listing")" -gt 100 ]
    if grep -nE "$pattern" "$work/listing" >"$work/found"; then
        echo "$* holds $what:"
        head -n 20 "$work/found"
        return 1
    fi
}

smoke() {
    local lib=$root/usr/lib program=$work/smoke-$variant
    forbid "a system call" '^\s*(syscall|sysenter|int\s+\$0x80)' "$lib"/lib{c,c++,c++abi,unwind}.a
    if [ "$variant" = native-nosse ]; then
        forbid "a floating-point register" '%[xyz]?mm[0-9]|%st\b|^\s*(f[a-z0-9]+|v?(ld|st)mxcsr|emms|xsave|xrstor|wait)\b' \
            "$lib"/*.a "$lib"/*.o
    fi

    # A program as CMake makes them, over a stub that runs it on the host's Linux. The stub itself
    # stands for the runtime, so the linker tells what the library wants from it.
    clang++-19 --target=x86_64-linux-musl --sysroot="$root" -fno-pic -std=c++23 -O2 -fno-exceptions \
        -fno-rtti -fno-omit-frame-pointer -ffunction-sections -fdata-sections "${variant_flags[@]}" \
        -nostdinc++ -isystem"$root/usr/include/c++/v1" -c "$here/smoke.cpp" -o "$program.o"
    clang++-19 --target=x86_64-linux-musl --sysroot="$root" -fno-pic -std=c++23 -O2 -fno-exceptions \
        -fno-rtti -ffunction-sections -fdata-sections "${variant_flags[@]}" \
        -nostdinc++ -isystem"$root/usr/include/c++/v1" -c "$here/smoke_stub.cpp" -o "$program.stub.o"
    ld.lld-19 -static --image-base=0x200000 -zmax-page-size=4096 -znoexecstack --gc-sections \
        --fatal-warnings --no-undefined -o "$program" -L"$lib" "$lib/crt1.o" "$lib/crti.o" \
        "$program.o" "$program.stub.o" --start-group -lc++ -lc++abi -lunwind -lc -lclang_rt.builtins \
        --end-group "$lib/crtn.o"
    if [ "$variant" = native-nosse ]; then
        forbid "a floating-point register" '%[xyz]?mm[0-9]|%st\b|^\s*(f[a-z0-9]+|v?(ld|st)mxcsr|emms|xsave|xrstor|wait)\b' \
            "$program"
    fi
    "$program" >"$program.out"
    diff "$here/smoke.expected" "$program.out"
}
