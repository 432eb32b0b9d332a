# Runs parts of the suite where it lies, in the guest or in a tree like the guest's:
# `run.sh applets NAME...`, `run.sh ash FOLDER...`. What failed is told at length.
here=$(cd "${0%/*}" && pwd)
kind=$1
shift
unset PS1 MAIL
export LANG=C.UTF-8 LC_ALL=C.UTF-8 SHELL=/bin/sh
export SKIP_KNOWN_BUGS=y SKIP_INTERNET_TESTS=y
case $kind in
applets)
    cd "$here/testsuite"
    exec ./runtest -v "$@"
    ;;
ash)
    cd "$here/shell/ash_test"
    ./run-all "$@"
    for file in *.fail; do
        [ -e "$file" ] || continue
        echo "@@@ $file"
        cat "$file"
    done
    ;;
esac
