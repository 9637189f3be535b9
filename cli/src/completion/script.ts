import { completeWord } from './candidates.ts'
import type { Shell } from './shells.ts'

/** The script of a shell. It asks the program at each key, so it remains valid when the program is replaced by a newer one. */
export function script(shell: Shell): string {
  return scripts[shell]
}

/** In bash, `=` ends a word, so `--output=json` arrives as three words, of which only the last is replaced. */
const bash = `# bash: source <(ecr-anywhere completion bash)
_ecr_anywhere() {
  local directive=4 line prefix='' word
  local -a words=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( $word == '=' || \${words[-1]} == --*= ) ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
  done
  if [[ \${words[-1]} == --*=* ]]; then prefix="\${words[-1]%%=*}="; fi
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      directive=\${line#:}
    else
      line=\${line%%$'\\t'*}
      COMPREPLY+=("\${line#"$prefix"}")
    fi
  done < <("\${COMP_WORDS[0]}" ${completeWord} "\${words[@]}" 2>/dev/null)
  if [[ $directive == 0 ]]; then compopt -o default; fi
}
complete -F _ecr_anywhere ecr-anywhere
`

const zsh = `#compdef ecr-anywhere
# zsh: source <(ecr-anywhere completion zsh), after compinit; or as the file _ecr-anywhere in a folder of $fpath
_ecr_anywhere() {
  local line directive=4
  local -a candidates
  for line in "\${(@f)$("\${words[1]}" ${completeWord} "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :* ]]; then
      directive=\${line#:}
    else
      line=\${line//:/\\\\:}
      candidates+=("\${line/$'\\t'/:}")
    fi
  done
  if [[ $directive == 0 ]]; then
    _files
  else
    _describe ecr-anywhere candidates
  fi
}
if [[ \${funcstack[1]} == _ecr-anywhere ]]; then
  _ecr_anywhere "$@"
else
  compdef _ecr_anywhere ecr-anywhere
fi
`

const fish = `# fish: ecr-anywhere completion fish | source
function __ecr_anywhere_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l lines ($words[1] ${completeWord} $words[2..-1] "$current" 2>/dev/null)
  if test "$lines[-1]" = ':0'
    __fish_complete_path "$current"
  else
    string match --invert --entire --regex '^:' -- $lines
  end
end
complete -c ecr-anywhere -f -a '(__ecr_anywhere_complete)'
`

/** https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/ */
const kubectl = `#!/bin/sh
# kubectl: save it as kubectl_complete-ecr_anywhere in a folder of PATH, and make it executable
exec kubectl-ecr_anywhere ${completeWord} "$@"
`

const scripts: Record<Shell, string> = { bash, zsh, fish, kubectl }
