echo one > a; echo two >> a; cat a
cat < a > b; cmp a b && echo same
echo err >&2 2>/dev/null
{ echo out; echo err >&2; } > both 2>&1; cat both
ls /nowhere > x 2> y; echo $?; wc -c < x; cat y
cat <<END
a here-document with $((2 + 3)) and `echo more`
END
cat <<'END'
one without $any `of` it
END
cat <<-END
	tabs are gone
		all of them
	END
cat <<A; cat <<B
first
A
second
B
set -C; echo no > a; echo $?; echo yes >| a; cat a; set +C
exec 4< b; read line <&4; echo "$line"; read line <&4; echo "$line"; exec 4<&-
exec 5<> b; echo new >&5; cat b; exec 5>&-
: > empty; test -s empty || echo empty
echo abc > /nowhere/x; echo $?
< /nowhere cat; echo $?
while read l; do echo "<$l>"; done < b
cat - b < a
(echo to a closed one >&-) 2>&1
cat <<END | tr a-z A-Z
piped
END
i=0; while [ $i -lt 2000 ]; do echo "line $i of a long here-document"; i=$((i+1)); done > long
eval "md5sum <<X
$(cat long)
X"
md5sum long
