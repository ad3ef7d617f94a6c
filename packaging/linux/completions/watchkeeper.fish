function _watchkeeper_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -lx _WATCHKEEPER_COMPLETE fish_complete
    set -lx COMP_CWORD (count $words)
    set -lx COMP_WORDS (string join \n -- (string escape -- $words) "$word" | string collect)
    for line in ($words[1] 2>/dev/null)
        set -l fields (string split -m 2 \t -- $line)
        switch $fields[1]
            case file
                __fish_complete_path $word
            case dir
                __fish_complete_directories $word
            case plain
                if test -n "$fields[3]"
                    printf '%s\t%s\n' $fields[2] $fields[3]
                else
                    printf '%s\n' $fields[2]
                end
        end
    end
end

complete --command watchkeeper --no-files --keep-order --arguments '(_watchkeeper_complete)'
