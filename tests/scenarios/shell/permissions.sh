# What another user may do.
chmod 755 .; echo secret > s; chmod 600 s; echo public > p; chmod 644 p; mkdir d; chmod 700 d; mkdir open; chmod 1777 open; echo mine > open/root
su nobody -s /bin/sh -c '
id -u; cat p; cat s; echo $?; (echo x > p); echo $?; ls d; echo $?; cd d; echo $?; mkdir new; echo $?
echo ok > open/f; cat open/f; stat -c %u open/f; rm -f open/root; echo $?; mv open/root open/x; echo $?
chmod 777 s; echo $?; chown 0 open/f; echo $?; kill -0 1; echo $?; kill -9 1; echo $?; mknod x c 1 3; echo $?; mount -t tmpfs x /mnt 2>/dev/null; test $? != 0; echo $?
echo "#!/bin/sh" > open/noexec; open/noexec; echo $?; chmod 700 open/noexec; open/noexec; echo $?
hostname other; echo $?; renice -n -5 $$ 2>/dev/null; echo $?; ulimit -n 100; ulimit -n; ulimit -n 200 2>/dev/null; echo $?'
cat open/f; stat -c %a s
chown 65534:65534 p; stat -c %u:%g p; chmod 4755 p; chown 0:0 p; stat -c %a p
chmod 000 s; cat s; test -x s; echo $?
