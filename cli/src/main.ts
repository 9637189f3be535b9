#!/usr/bin/env node
import { inspect } from 'node:util'
import { exitCode } from '@ecr-anywhere/shared/fault.ts'
import { version } from '@ecr-anywhere/shared/version.ts'
import { Command, CommanderError } from 'commander'
import { completeWord, completionText } from './completion/candidates.ts'
import { asksForDocument, failureText, operatorFailureText, usageText } from './failure.ts'
import { programName } from './program-name.ts'
import { subcommands } from './subcommands.ts'

const usageExitCode = 2
/** 128 plus SIGPIPE, as of a program that this signal ends. */
const closedPipeExitCode = 141

const program = new Command(programName(process.argv0))
  .description('Private Amazon ECR images on any Kubernetes cluster, with credentials that renew themselves.')
  .version(version)
  .showHelpAfterError(`Run \`${programName(process.argv0)} --help\` for the subcommands.`)
  .exitOverride()

for (const { name, about, options, argument, load } of subcommands) {
  const command = program
    .command(name)
    .description(about)
    .allowExcessArguments(false)
    .showHelpAfterError(`Run \`${program.name()} ${name} --help\` for its options.`)
  if (argument !== undefined) command.argument(argument[0], argument[1])
  for (const [flags, text, traits] of options) {
    if (traits?.repeated) command.option(flags, text, (value: string, all: string[] = []) => [...all, value])
    else command.option(flags, text)
  }
  command.action(async (...given) => {
    const { main } = await load()
    const [target, values] = argument === undefined ? [undefined, given[0]] : given
    process.exitCode = await main(values, target)
  })
}

const args = process.argv.slice(2)
// `ecr-anywhere status | head` closes the pipe when it has its lines, which is no error of this program.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(closedPipeExitCode)
  })
}
try {
  // These words are not a valid command line yet.
  if (args[0] === completeWord) {
    const { completed } = await import('./completion/kube/completed.ts')
    process.stdout.write(completionText(await completed(args.slice(1), subcommands)))
  } else await program.parseAsync(args, { from: 'user' })
} catch (error) {
  const isUsage = error instanceof CommanderError
  const isHelp = isUsage && error.exitCode === 0
  const { stdoutIsData = false, isForOperators = false } = subcommands.find(({ name }) => name === args[0]) ?? {}
  const failure = isForOperators ? operatorFailureText : failureText
  const text = isUsage ? (isHelp ? undefined : usageText(error.message, args)) : failure(error, args)
  const isOnStderr = stdoutIsData || (isForOperators && !asksForDocument(args))
  if (isForOperators && !isUsage && args.includes('--debug')) process.stderr.write(`${inspect(error)}\n`)
  // The last line of stdout is the pod's termination message.
  if (text !== undefined && !(stdoutIsData && isUsage)) process[isOnStderr ? 'stderr' : 'stdout'].write(`${text}\n`)
  process.exitCode = isHelp ? 0 : isUsage ? usageExitCode : exitCode(error)
}
