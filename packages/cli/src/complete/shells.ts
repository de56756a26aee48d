/**
 * What each shell is told. The scripts know nothing of commands: at every press of the key they hand the words of the line to
 * `jot completion SHELL -`, on stdin, so that a secret among them is in no list of processes, and show the lines that come back.
 */

import type { Candidate } from "./candidates.ts"

/** A shell: its script, how it hands over the words of a line, how it takes candidates. */
export interface Shell {
  readonly script: string
  readonly read: (input: string) => readonly string[]
  readonly write: (candidate: Candidate) => string
}

const BASH = `_jot() {
  local line=\${COMP_LINE:0:COMP_POINT} breaks=\${COMP_WORDBREAKS//[^=:@]/} word cut= one
  # Bash replaces only what stands behind the last of these characters.
  word=\${line##* }
  [ -n "$breaks" ] && cut=\${word%"\${word##*[$breaks]}"}
  COMPREPLY=()
  while IFS= read -r one; do
    COMPREPLY+=("\${one#"$cut"}")
  done < <(printf %s "$line" | "$1" completion bash - 2>/dev/null)
}
complete -o nospace -F _jot jot
`

const ZSH = `#compdef jot
_jot() {
  local value about
  local -a whole open
  while IFS=$'\\t' read -r value about; do
    if [[ $value == *[/=:@] ]]; then
      open+=("\${value//:/\\\\:}\${about:+:$about}")
    else
      whole+=("\${value//:/\\\\:}\${about:+:$about}")
    fi
  done < <(print -rl -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" | jot completion zsh - 2>/dev/null)
  (( $#whole )) && _describe jot whole
  (( $#open )) && _describe jot open -S ''
  return 0
}
if [[ $funcstack[1] == _jot ]]; then
  _jot "$@"
else
  compdef _jot jot
fi
`

const FISH = `function __jot_complete
    set -l words (commandline -opc)
    printf '%s\\n' $words[2..-1] (commandline -ct) | jot completion fish - 2>/dev/null
end
complete -c jot -f -a '(__jot_complete)'
`

const POWERSHELL = `Register-ArgumentCompleter -Native -CommandName jot -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $quotes = [char[]]("'", '"')
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString().Trim($quotes) })
    $words + $wordToComplete.Trim($quotes) | jot completion powershell - 2>$null | ForEach-Object {
        $value, $about = $_ -split "\`t", 2
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    }
}
`

const NUSHELL = `let jot_others = $env.config.completions.external.completer?
$env.config.completions.external.enable = true
$env.config.completions.external.completer = {|spans|
  if $spans.0 == "jot" {
    $spans | skip 1 | each {|word| $word + (char newline) } | str join | ^jot completion nushell - | complete | get stdout | lines | split column "\\t" value description
  } else if $jot_others != null {
    do $jot_others $spans
  }
}
`

const ELVISH = `use re
use str
set edit:completion:arg-completer[jot] = {|@words|
  try {
    each $echo~ $words[1..] | jot completion elvish - 2>/dev/null | from-lines | each {|line|
      var value about = (str:split "\\t" $line)
      var space = ' '
      if (re:match '[/=:@]$' $value) { set space = '' }
      var shown = $value
      if (not-eq $about '') { set shown = $value'  '$about }
      edit:complex-candidate $value &code-suffix=$space &display=$shown
    }
  } catch {
    nop
  }
}
`

/** The shells by name. */
export const SHELLS: Readonly<Record<string, Shell>> = {
  bash: {
    script: BASH,
    read: wordsOfLine,
    write: ({ value }) => value.replaceAll(/[^\w./:=@%+,~-]/gu, "\\$&") + space(value),
  },
  zsh: { script: ZSH, read: lines, write: described },
  fish: { script: FISH, read: lines, write: described },
  powershell: {
    script: POWERSHELL,
    read: lines,
    // To PowerShell the curly ones end a text as well.
    write: (one) => described(quoted(one, (text) => `'${text.replaceAll(/['\u2018-\u201b]/g, "$&$&")}'`)),
  },
  nushell: { script: NUSHELL, read: lines, write: (one) => described(quoted(one, (text) => JSON.stringify(text))) },
  elvish: { script: ELVISH, read: lines, write: described },
}

function described({ value, about = "" }: Candidate): string {
  return `${value}\t${about}`
}

function quoted(candidate: Candidate, quote: (text: string) => string): Candidate {
  return /^[\w./:=%+,~-]+$/.test(candidate.value) ? candidate : { ...candidate, value: quote(candidate.value) }
}

function space(value: string): string {
  return /[/=:@]$/.test(value) ? "" : " "
}

/** A word on each line; the last one is being typed. */
function lines(input: string): string[] {
  return input.replace(/\r?\n$/, "").split(/\r?\n/)
}

/** One piece of a word: quoted in one of two ways, or bare, where a backslash takes the next letter. */
const PIECE = /'([^']*)'?|"((?:[^"\\]|\\[\s\S]?)*)"?|((?:[^\s'"\\]|\\[\s\S]?)+)|(\s+)/g

/** The words of a line as bash reads it, without expansions; the first one is the program. */
function wordsOfLine(line: string): string[] {
  const words = [""]
  for (const [, single, double, bare, gap] of line.matchAll(PIECE)) {
    if (gap !== undefined) words.push("")
    else words.push(`${words.pop() ?? ""}${single ?? (double ?? bare ?? "").replaceAll(/\\([\s\S])/g, "$1")}`)
  }
  return words.slice(1)
}
