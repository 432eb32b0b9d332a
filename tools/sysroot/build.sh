#!/bin/bash
# Makes the sysroot of our native programs: musl, libc++, libc++abi, libunwind and the compiler's
# builtins, from Debian's source packages, in two variants. The last line on standard output is the
# folder; progress goes to standard error. README.md says what is in it and how to change it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
overlay=$here/../../runtime/libc/musl
musl_version=1.2.3
llvm_version=19.1.7
jobs=${SKERRY_JOBS:-2}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/skerry
export LC_ALL=C CLICOLOR=0

say() { echo "sysroot: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

# A step's output is kept in a log and shown only if the step fails.
step() {
    local name=$1
    shift
    local log=$work/log/${name//[^a-z0-9-]/-} status
    say "$name"
    # In a subshell of its own, since `set -e` sleeps inside the left side of `||`.
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1
    status=$?
    set -e
    if [ $status -ne 0 ]; then
        tail -n 40 "$log" >&2
        cp "$log" "$cache/sysroot-failed.log"
        fail "$name failed; the whole log is $cache/sysroot-failed.log"
    fi
}

# The cache key: everything that decides what comes out.
content_hash() {
    {
        echo "$musl_version $llvm_version"
        clang-19 --version | head -n 1
        (cd "$here" && find . -type f ! -name '*.md' -print0 | sort -z | xargs -0 sha256sum)
        (cd "$overlay" && find . -type f ! -name '*.md' -print0 | sort -z | xargs -0 sha256sum)
    } | sha256sum | cut -c 1-16
}

command -v clang-19 >/dev/null || fail "clang-19 is missing: ./skerry installs it, or apt-get install clang-19"
result=$cache/sysroot-$(content_hash)
if [ ! -d "$result" ]; then
    for tool in clang++-19 ld.lld-19 llvm-ar-19 llvm-ranlib-19 llvm-objdump-19 llvm-nm-19 cmake ninja make \
        xz flock python3; do
        command -v "$tool" >/dev/null || fail "$tool is missing: ./skerry installs what the build needs"
    done
    mkdir -p "$cache"
    exec 9>"$cache/sysroot.lock"
    flock -n 9 || {
        say "another build is running; waiting for it"
        flock 9
    }
fi
if [ ! -d "$result" ]; then
    begun=$SECONDS
    # What an interrupted build left: nobody else builds while we hold the lock.
    rm -rf "$cache"/sysroot-making.*
    work=$(mktemp -d "$cache/sysroot-making.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM HUP
    mkdir -p "$work/log" "$work/out"

    source "$here/sources.sh"
    source "$here/musl.sh"
    source "$here/libcxx.sh"
    source "$here/smoke.sh"

    fetch_sources
    step "unpacking musl $musl_version" unpack_musl
    step "unpacking the runtimes of llvm $llvm_version" unpack_llvm
    for variant in native native-nosse; do
        source "$here/$variant.flags"
        root=$work/out/$variant
        mkdir -p "$root/usr/include" "$root/usr/lib"
        step "$variant: kernel headers" install_kernel_headers
        step "$variant: musl" build_musl
        step "$variant: builtins" build_builtins
        step "$variant: configuring libc++" configure_libcxx
        step "$variant: libc++" build_libcxx
        step "$variant: checking" smoke
    done
    chmod -R a+rX "$work/out"
    mv -T "$work/out" "$result"
    say "built in $((SECONDS - begun)) s"
fi
echo "$result"
