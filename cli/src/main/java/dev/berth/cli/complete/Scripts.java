package dev.berth.cli.complete;

import java.util.Optional;

/**
 * What shells run to complete {@code berth …}: they pass the words so far to {@code berth __complete}, which answers a
 * candidate a line, with a tab and what it is for, and at last a line with a colon: {@code :files} asks for names of files
 * as well, {@code :nospace} for no blank behind the word.
 */
public final class Scripts {
    private static final String BASH = """
            # Completion of berth for bash: source <(berth completion bash)
            _berth() {
                local line="${COMP_LINE:0:COMP_POINT}" words=() cur answer value files="" breaks
                read -r -a words <<<"$line"
                case "$line" in *[[:space:]]) words+=("") ;; esac
                cur="${words[${#words[@]}-1]}"
                COMPREPLY=()
                while IFS= read -r answer; do
                    case "$answer" in
                        :files) files=1 ;;
                        :nospace) compopt -o nospace 2>/dev/null ;;
                        :*) ;;
                        *)
                            value="${answer%%$'\\t'*}"
                            # bash replaces only what stands behind the last of its own word breaks
                            breaks="${cur%"${cur##*[:=]}"}"
                            COMPREPLY+=("${value#"$breaks"}")
                            ;;
                    esac
                done < <("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null)
                if [ -n "$files" ]; then
                    compopt -o filenames 2>/dev/null
                    while IFS= read -r answer; do COMPREPLY+=("$answer"); done < <(compgen -f -- "${cur##*[:=]}")
                fi
            }
            complete -F _berth berth
            """;

    private static final String ZSH = """
            #compdef berth
            # Completion of berth for zsh: source <(berth completion zsh), or a file _berth in $fpath
            _berth() {
                local answer files nospace value
                local -a candidates
                for answer in "${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
                    case "$answer" in
                        :files) files=1 ;;
                        :nospace) nospace=1 ;;
                        :*|'') ;;
                        *)
                            value="${answer%%$'\\t'*}"
                            value="${value//:/\\\\:}"
                            [[ "$answer" == *$'\\t'* ]] && value="$value:${answer#*$'\\t'}"
                            candidates+=("$value")
                            ;;
                    esac
                done
                if (( $#candidates )); then
                    if [[ -n "$nospace" ]]; then _describe berth candidates -S ''; else _describe berth candidates; fi
                fi
                [[ -n "$files" ]] && _files
                return 0
            }
            (( $+functions[compdef] )) && compdef _berth berth
            """;

    private static final String FISH = """
            # Completion of berth for fish: berth completion fish | source
            function __berth_complete
                set -l typed (commandline -opc)
                set -l current (commandline -ct)
                for answer in ($typed[1] __complete -- $typed[2..-1] "$current" 2>/dev/null)
                    switch $answer
                        case ':files'
                            __fish_complete_path "$current"
                        case ':*'
                        case '*'
                            echo $answer
                    end
                end
            end
            complete -c berth -f -a '(__berth_complete)'
            """;

    private Scripts() {}

    /** The script for a shell; empty for one that is not known. */
    public static Optional<String> of(String shell) {
        return switch (shell) {
            case "bash" -> Optional.of(BASH);
            case "zsh" -> Optional.of(ZSH);
            case "fish" -> Optional.of(FISH);
            default -> Optional.empty();
        };
    }
}
