#!/usr/bin/env node
import { exitCode } from '@ecr-anywhere/shared/fault.ts'
import { version } from '@ecr-anywhere/shared/version.ts'
import { Command, CommanderError } from 'commander'
import { failureText, usageText } from './failure.ts'
import { subcommands } from './subcommands.ts'

const usageExitCode = 2

const program = new Command('ecr-anywhere')
  .description('Private Amazon ECR images on any Kubernetes cluster, with credentials that renew themselves.')
  .version(version)
  .showHelpAfterError('Run `ecr-anywhere --help` for the subcommands.')
  .exitOverride()

for (const { name, about, argument, options, load } of subcommands) {
  const command = program.command(name).description(about).allowExcessArguments(false)
  for (const [flags, text] of options) command.option(flags, text)
  if (argument !== undefined) command.argument(`<${argument.name}>`, argument.about)
  command.action(async (first, second) => {
    const { main } = await load()
    process.exitCode = await main(argument === undefined ? first : { ...second, [argument.name]: first })
  })
}

const args = process.argv.slice(2)
try {
  await program.parseAsync(args, { from: 'user' })
} catch (error) {
  const isUsage = error instanceof CommanderError
  const isHelp = isUsage && error.exitCode === 0
  const text = isUsage ? (isHelp ? undefined : usageText(error.message, args)) : failureText(error, args)
  // The last line of stdout is the pod's termination message.
  const { stdoutIsData = false } = subcommands.find(({ name }) => name === args[0]) ?? {}
  if (text !== undefined && !(stdoutIsData && isUsage)) process[stdoutIsData ? 'stderr' : 'stdout'].write(`${text}\n`)
  process.exitCode = isHelp ? 0 : isUsage ? usageExitCode : exitCode(error)
}
