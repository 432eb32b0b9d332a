# Sources of build.sh: where musl and LLVM's runtimes come from. Sourced, not run.

# apt with its own lists and cache, so that it needs no root and leaves the machine's set-up alone:
# the machine's own Debian entries, read as deb-src.
prepare_apt() {
    local apt=$work/apt
    mkdir -p "$apt"/{lists/partial,cache/archives/partial,sources}
    python3 - "$apt/sources" <<'EOF'
import glob, os, re, sys
release = dict(line.rstrip().split("=", 1) for line in open("/etc/os-release") if "=" in line)
codename = release.get("VERSION_CODENAME", "").strip('"')
# A third party's repository may lack sources and is of no use here: only the release's own suites.
ours = {codename + suffix for suffix in ("", "-updates", "-security", "/updates")}
found = 0
for path in sorted(glob.glob("/etc/apt/sources.list.d/*.sources")):
    stanzas = []
    for stanza in re.split(r"\n\s*\n", open(path).read()):
        suites = re.search(r"(?im)^Suites:(.*(?:\n[ \t].*)*)", stanza)
        if suites and ours & set(suites[1].split()) and re.search(r"(?im)^Types:.*\bdeb\b", stanza) \
                and re.search(r"(?im)^Components:.*\bmain\b", stanza) \
                and not re.search(r"(?im)^Enabled:\s*no", stanza):
            stanzas.append(re.sub(r"(?im)^Types:.*$", "Types: deb-src", stanza.strip()))
    if stanzas:
        found += 1
        open(f"{sys.argv[1]}/{os.path.basename(path)}", "w").write("\n\n".join(stanzas) + "\n")
for path in ["/etc/apt/sources.list", *sorted(glob.glob("/etc/apt/sources.list.d/*.list"))]:
    if not os.path.exists(path):
        continue
    lines = []
    for line in open(path):
        # deb [options] URI SUITE COMPONENT...
        entry = re.match(r"\s*deb\s+((?:\[[^]]*\]\s+)?\S+\s+(\S+)\s+.*\bmain\b.*)", line)
        if entry and entry[2] in ours:
            lines.append("deb-src " + entry[1])
    if lines:
        found += 1
        open(f"{sys.argv[1]}/{os.path.basename(path)}", "w").write("\n".join(lines) + "\n")
sys.exit(0 if found else "found no Debian entry below /etc/apt to get sources from")
EOF
    cat >"$apt/conf" <<EOF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt/sources";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "";
EOF
    APT_CONFIG=$apt/conf apt-get -q update
}

# apt checks what it downloads against the archive's signature; we keep only whole files.
fetch() {
    local package=$1 tarball=$2
    if [ -f "$sources/$tarball" ]; then return; fi
    mkdir -p "$work/download" "$sources"
    cd "$work/download"
    APT_CONFIG=$work/apt/conf apt-get -q source --download-only "$package"
    [ -f "$tarball" ] || {
        echo "$package in this Debian is not the version we know ($tarball)"
        return 1
    }
    mv "$tarball" "$sources/.$tarball"
    mv "$sources/.$tarball" "$sources/$tarball"
}

fetch_sources() {
    sources=$cache/sources
    musl_tarball=musl_$musl_version.orig.tar.gz
    llvm_tarball=llvm-toolchain-19_$llvm_version.orig.tar.xz
    if [ ! -f "$sources/$musl_tarball" ] || [ ! -f "$sources/$llvm_tarball" ]; then
        step "reading the lists of source packages" prepare_apt
    fi
    step "getting musl's source" fetch musl "$musl_tarball"
    step "getting llvm's source (164 MB)" fetch llvm-toolchain-19 "$llvm_tarball"
}

unpack_musl() {
    mkdir -p "$work/musl"
    tar -C "$work/musl" --strip-components=1 -xf "$sources/$musl_tarball"
}

unpack_llvm() {
    mkdir -p "$work/llvm"
    local top=llvm-toolchain-19_$llvm_version
    tar -C "$work/llvm" --strip-components=1 -xf "$sources/$llvm_tarball" --exclude='*/test/*' \
        "$top/runtimes" "$top/cmake" "$top/llvm/cmake" "$top/llvm/utils/llvm-lit" \
        "$top/libcxx" "$top/libcxxabi" "$top/libunwind" "$top/compiler-rt/lib/builtins"
}
