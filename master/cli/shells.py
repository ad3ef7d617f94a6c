"""How bash, zsh, fish and PowerShell ask for what a word may go on with, and how each is answered.

A shell sets ``_WATCHKEEPER_COMPLETE`` to ``<shell>_complete`` and hands over the words so far. The answer is one line a
choice: what it is (``plain``, ``file``, ``dir``), the value, a sentence about it; between them a tab.
"""

import os
from typing import Any, ClassVar, Final

from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, split_arg_string

from master.cli.output import one_line

# Names have spaces: what is offered is quoted as it would be typed, unless a quote was begun.
_BASH: Final = r"""_watchkeeper() {
    local IFS=$'\n' line kind value word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    while IFS=$'\t' read -r kind value _; do
        case $kind in
            file) compopt -o default 2>/dev/null ;;
            dir) compopt -o dirnames 2>/dev/null ;;
            plain)
                case $word in
                    [\"\']*) COMPREPLY+=("$value") ;;
                    *) COMPREPLY+=("$(printf '%q' "$value")") ;;
                esac ;;
        esac
    done < <(_WATCHKEEPER_COMPLETE=bash_complete COMP_CWORD=$COMP_CWORD \
        COMP_WORDS="${COMP_WORDS[*]:0:COMP_CWORD+1}" "$1" 2>/dev/null)
    case ${COMPREPLY[0]-} in
        *=) [[ ${#COMPREPLY[@]} -eq 1 ]] && compopt -o nospace 2>/dev/null ;;
    esac
    return 0
}

complete -o nosort -F _watchkeeper watchkeeper 2>/dev/null || complete -F _watchkeeper watchkeeper
"""

_ZSH: Final = r"""#compdef watchkeeper

_watchkeeper() {
    local -a plain described fields
    local line tab=$'\t'
    (( $+commands[$words[1]] )) || [[ -x $words[1] ]] || return 1
    for line in "${(@f)$(_WATCHKEEPER_COMPLETE=zsh_complete COMP_CWORD=$((CURRENT-1)) \
        COMP_WORDS="${(pj:\n:)words[1,CURRENT]}" $words[1] 2>/dev/null)}"; do
        fields=("${(@ps:\t:)line}")
        case $fields[1] in
            file) _files ;;
            dir) _files -/ ;;
            plain)
                if [[ -n $fields[3] ]]; then
                    described+=("${fields[2]//:/\\:}:$fields[3]")
                else
                    plain+=("$fields[2]")
                fi ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described -U
    (( $#plain )) && compadd -U -V unsorted -a plain
    return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _watchkeeper "$@"
else
    compdef _watchkeeper watchkeeper
fi
"""

_FISH: Final = r"""function _watchkeeper_complete
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
"""

_POWERSHELL: Final = r"""Register-ArgumentCompleter -Native -CommandName watchkeeper, watchkeeper-cli -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text })
    if (-not $wordToComplete) { $words += '""' }
    $before = $env:_WATCHKEEPER_COMPLETE, $env:COMP_WORDS, $env:COMP_CWORD, [Console]::OutputEncoding
    try {
        $env:_WATCHKEEPER_COMPLETE = 'powershell_complete'
        $env:COMP_WORDS = $words -join "`n"
        $env:COMP_CWORD = $words.Count - 1
        [Console]::OutputEncoding = [Text.Encoding]::UTF8
        $lines = @(& $commandAst.CommandElements[0].Value 2>$null)
    } finally {
        $env:_WATCHKEEPER_COMPLETE, $env:COMP_WORDS, $env:COMP_CWORD = $before[0..2]
        [Console]::OutputEncoding = $before[3]
    }
    foreach ($line in $lines) {
        $kind, $value, $about = $line -split "`t", 3
        if ($kind -eq 'plain') {
            $typed = if ($value -match '[\s''"$`;&|(){}]') { "'" + $value.Replace("'", "''") + "'" } else { $value }
            $told = if ($about) { $about } else { $value }
            [Management.Automation.CompletionResult]::new($typed, $value, 'ParameterValue', $told)
        } elseif ($kind -in 'file', 'dir') {
            [Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
        }
    }
}
"""

SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH, "powershell": _POWERSHELL}
"""What a person has the shell read."""


class _Shell(ShellComplete):
    """Words come one a line as they were typed, with their quotes; choices go one a line."""

    source_template: ClassVar[str] = ""

    def source(self) -> str:
        return SCRIPTS[self.name]

    def get_completion_args(self) -> tuple[list[str], str]:
        try:
            position = int(os.environ.get("COMP_CWORD", ""))
        except ValueError:
            return [], ""
        words = [self.unquoted(word) for word in os.environ.get("COMP_WORDS", "").split("\n")]
        return words[1:position], words[position] if 0 < position < len(words) else ""

    def unquoted(self, word: str) -> str:
        """Return a word as the command would get it; a quote that was begun may be open."""
        return next(iter(split_arg_string(word)), "")

    def format_completion(self, item: CompletionItem[Any]) -> str:
        about = one_line(item.help or "")
        return f"{item.type}\t{one_line(str(item.value))}\t{about}"


class _Bash(_Shell):
    name: ClassVar[str] = "bash"

    def get_completion_args(self) -> tuple[list[str], str]:
        # bash parts --option=value into three words.
        args, word = super().get_completion_args()
        joined = [one for before, one in zip(["", *args], args, strict=False) if one != "=" or before[:2] != "--"]
        return joined, "" if word == "=" and args[-1:] and args[-1][:2] == "--" else word


class _Zsh(_Shell):
    name: ClassVar[str] = "zsh"


class _Fish(_Shell):
    name: ClassVar[str] = "fish"


class _PowerShell(_Shell):
    name: ClassVar[str] = "powershell"

    def unquoted(self, word: str) -> str:
        # A backslash is a part of a path here.
        quote = word[:1]
        if quote not in ("'", '"'):
            return word
        inner = word[1:-1] if len(word) > 1 and word.endswith(quote) else word[1:]
        return inner.replace(quote * 2, quote)


def register() -> None:
    """Let these answer in the place of the library's own."""
    for one in (_Bash, _Zsh, _Fish, _PowerShell):
        add_completion_class(one)
