# Runs tests of the suite where it lies, in the guest or in a tree like the guest's: `run.sh NAME...`, as an ordinary
# user. A script of the suite prints what bash printed otherwise than it should; warnings go to standard error.
here=$(cd "${0%/*}" && pwd)
if [ "$(id -u)" = 0 ]; then
    chown -R www-data "$here"
    exec su -s /bin/sh www-data -c "sh $here/run.sh $*"
fi
cd "$here/tests" || exit
export THIS_SH=/bin/bash BUILD_DIR=$here TMPDIR=/tmp BASH_TSTOUT=/tmp/printed PATH=$PWD:$PATH HOME=/tmp/home
mkdir $HOME
for name; do
    timeout -s KILL 600 sh ./run-$name > /tmp/compared 2> /dev/null < /dev/null
    if [ $? -lt 128 ] && [ ! -s /tmp/compared ]; then echo "PASS: $name"; else echo "FAIL: $name"; cat /tmp/compared; fi
    rm -f $BASH_TSTOUT
done
