# Read by the maintainer scripts of the package.
#
# dpkg replaces the files of `bundle` one by one when the package is updated: a program that runs from there would find
# half of itself. So nothing runs from there. Each time that `bundle` was unpacked, a new tree of hard links to it is
# made in `live`, which costs no space, and `current` leads to the newest. A tree goes when nothing runs from it.

base="$ROOT/usr/lib/watchkeeper"
bundle="$base/bundle"
live="$base/live"
current="$base/current"
boot_rules="$ROOT/etc/tmpfiles.d/watchkeeper-live.conf"
link_path=/usr/lib/watchkeeper

# Prints the ids of processes that run from TREE. $2: watchkeeper, watchkeeper-keeper, or empty for both.
processes_of() {
    for program in "$1"/watchkeeper "$1"/keeper-*/watchkeeper-keeper; do
        [ -e "$program" ] || continue
        [ -z "$2" ] || [ "${program##*/}" = "$2" ] || continue
        for process in /proc/[0-9]*; do
            # The same file, not the same name: a container has files of its own by this name.
            if [ "$process/exe" -ef "$program" ]; then echo "${process#/proc/}"; fi
        done
    done
}

# Whether something runs from TREE; where processes cannot be seen, something may.
in_use() {
    [ -e /proc/self/exe ] || return 0
    [ -n "$(processes_of "$1" "")" ]
}

# Makes a new tree of VERSION and lets `current` lead to it. Nothing happens when `bundle` was not unpacked since.
make_current() {
    if [ "$current/watchkeeper" -ef "$bundle/watchkeeper" ]; then return 0; fi
    mkdir -p "$live"
    name="$1"
    number=0
    while [ -e "$live/$name" ]; do
        number=$((number + 1))
        name="$1.$number"
    done
    rm -rf "$live/.new"
    # Some file systems have no hard links: then it is a copy.
    cp -al "$bundle" "$live/.new" 2>/dev/null || {
        rm -rf "$live/.new"
        cp -a "$bundle" "$live/.new"
        # The mark of what was unpacked last must be the same file all the same.
        ln -f "$bundle/watchkeeper" "$live/.new/watchkeeper" 2>/dev/null || true
    }
    mv "$live/.new" "$live/$name"
    ln -sfn "live/$name" "$current.new"
    mv -T "$current.new" "$current"
}

# Deletes the trees that nothing runs from; those that must stay go at the next start of the machine.
clean_up() {
    newest=$(readlink "$current" || true)
    rules=""
    for tree in "$live"/*; do
        [ -d "$tree" ] || continue
        if [ "live/${tree##*/}" = "$newest" ]; then continue; fi
        if in_use "$tree"; then
            rules="${rules}R! $link_path/live/${tree##*/}
"
        else
            rm -rf "$tree"
        fi
    done
    if [ -n "$rules" ]; then
        mkdir -p "${boot_rules%/*}"
        printf '# Made by the package watchkeeper: what programs still ran from when it was updated.\n%sR! %s\n' \
            "$rules" /etc/tmpfiles.d/watchkeeper-live.conf > "$boot_rules"
    else
        rm -f "$boot_rules"
    fi
}

# Asks all programs of all trees to stop in order, but nothing that does a job, and waits up to 25 seconds.
stop_all() {
    for round in masters workers; do
        tries=0
        asked=""
        while [ "$tries" -lt 125 ]; do
            found=""
            for tree in "$live"/*; do
                for pid in $(processes_of "$tree" watchkeeper); do
                    case "$(tr '\0' ' ' 2>/dev/null < "/proc/$pid/cmdline" | cut -d ' ' -f 2,3) " in
                        "shim "* | "worker run-runner ") continue ;;
                        "worker "*) [ "$round" = workers ] || continue ;;
                    esac
                    found="$found $pid"
                    case "$asked " in
                        *" $pid "*) ;;
                        *) kill "$pid" 2>/dev/null || true; asked="$asked $pid" ;;
                    esac
                done
            done
            [ -n "$found" ] || break
            sleep 0.2
            tries=$((tries + 1))
        done
    done
}
